//! `room.join`, `room.leave`. What follows from them for this connection comes as events, like for any other.

use parlor_model::RoomId;
use parlor_protocol::commands::{Changed, RoomTarget};
use parlor_protocol::{Error, Room};

use crate::data::{self, Data};
use crate::dispatch::{Context, Job, Lane};
use crate::failure;

/// Becomes a member of a public room.
pub(crate) fn join(context: &Context, data: Data<'_>) -> Result<Job, Error> {
    let room = target(data)?;
    let context = context.clone();
    Ok(Job::new(Lane::Room(room), async move {
        let joined = context.shared.core.join_room(&context.actor, room).await;
        joined.map(|(room, role)| Room::new(&room, Some(role))).map_err(failure::of_core)
    }))
}

/// Stops being a member.
pub(crate) fn leave(context: &Context, data: Data<'_>) -> Result<Job, Error> {
    let room = target(data)?;
    let context = context.clone();
    Ok(Job::new(Lane::Room(room), async move {
        let left = context.shared.core.leave_room(&context.actor, room).await;
        left.map(|seq| Changed { seq }).map_err(failure::of_core)
    }))
}

/// The room that a command names.
pub(super) fn target(data: Data<'_>) -> Result<RoomId, Error> {
    let data: RoomTarget = data.read()?;
    data::id("room", &data.room)
}
