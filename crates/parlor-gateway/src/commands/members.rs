//! `member.mute`, `member.unmute`, `member.kick`: what those do who keep order.

use parlor_core::MuteMember;
use parlor_core::limits::Kind;
use parlor_model::{RoomId, UserId};
use parlor_protocol::Error;
use parlor_protocol::commands::{Changed, MemberMute, MemberTarget};

use crate::data::{self, Data};
use crate::dispatch::{Context, Lane, Prepared};
use crate::failure;

/// Lets a member read and not write.
pub(crate) fn mute(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MemberMute = data.read()?;
    let (room, user) = ids(&data.room, &data.user)?;
    let input = MuteMember { duration: data.duration, reason: data.reason };
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let muted = context.shared.core.mute_member(&context.actor, room, user, input).await;
        muted.map(|(member, _)| Changed { seq: member.changed_seq }).map_err(failure::of_core)
    }))
}

/// Ends a mute.
pub(crate) fn unmute(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MemberTarget = data.read()?;
    let (room, user) = ids(&data.room, &data.user)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let unmuted = context.shared.core.unmute_member(&context.actor, room, user).await;
        unmuted.map(|(member, _)| Changed { seq: member.changed_seq }).map_err(failure::of_core)
    }))
}

/// Takes a member out of the room.
pub(crate) fn kick(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MemberTarget = data.read()?;
    let (room, user) = ids(&data.room, &data.user)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let kicked = context.shared.core.kick_member(&context.actor, room, user).await;
        kicked.map(|seq| Changed { seq }).map_err(failure::of_core)
    }))
}

fn ids(room: &str, user: &str) -> Result<(RoomId, UserId), Error> {
    Ok((data::id("room", room)?, data::id("user", user)?))
}
