//! `room.join`, `room.leave`, `room.open`, `room.close`, `room.read`. What follows from them for this connection comes as events, like for any other.

use parlor_core::limits::Kind;
use parlor_model::RoomId;
use parlor_protocol::commands::{Changed, RoomOpen, RoomRead, RoomTarget};
use parlor_protocol::{Error, ReadPosition, Room};

use crate::data::{self, Data};
use crate::dispatch::{Context, Lane, Prepared, Step};
use crate::failure;

/// Becomes a member of a public room.
pub(crate) fn join(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let room = target(data)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let joined = context.shared.core.join_room(&context.actor, room).await;
        joined.map(|(room, place)| Room::new(&room, Some(&place))).map_err(failure::of_core)
    }))
}

/// Stops being a member.
pub(crate) fn leave(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let room = target(data)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let left = context.shared.core.leave_room(&context.actor, room).await;
        left.map(|seq| Changed { seq }).map_err(failure::of_core)
    }))
}

/// From now on, a room's events come.
pub(crate) fn open(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: RoomOpen = data.read()?;
    let room = data::id("room", &data.room)?;
    context.count(Kind::Read)?;
    let from = data.seq.map(|seq| (seq, data.epoch));
    Ok(Prepared::Step(Step::Open { room, from }))
}

/// No more events of a room come: only word of how far it is.
pub(crate) fn close(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let room = target(data)?;
    context.count(Kind::Read)?;
    Ok(Prepared::Step(Step::Close { room }))
}

/// Keeps how far one has read.
pub(crate) fn read(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: RoomRead = data.read()?;
    let room = data::id("room", &data.room)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(None, async move {
        let read = context.shared.core.mark_read(&context.actor, room, data.seq).await;
        read.map(|seq| ReadPosition { seq }).map_err(failure::of_core)
    }))
}

/// The room that a command names.
pub(super) fn target(data: Data<'_>) -> Result<RoomId, Error> {
    let data: RoomTarget = data.read()?;
    data::id("room", &data.room)
}
