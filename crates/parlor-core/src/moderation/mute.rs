//! Mutes a member: they go on reading, and are not heard.

use std::ops::RangeInclusive;
use std::time::Duration;

use parlor_model::{Actor, Field, Member, MuteReason, Refusal, RoomId, User, UserId};

use super::NewMute;
use crate::{Core, Error};

/// How long a mute that ends by itself may last, in seconds: up to ten years.
const DURATION: RangeInclusive<u32> = 1..=315_360_000;

/// How somebody is muted.
#[derive(Debug, Clone, Default)]
pub struct MuteMember {
    /// For how many seconds; until somebody ends it, if absent.
    pub duration: Option<u32>,
    /// Why, as typed.
    pub reason: Option<String>,
}

impl Core {
    /// Mutes somebody who is or was in a room, from this moment on; a mute that lies on them already is replaced.
    /// Returns the member, whose `changed_seq` is the place of the change, or of their leaving if they are not in the
    /// room: then nobody is told, and they are muted when they come back.
    ///
    /// What they said stays. A send that was checked before and has no place yet is refused like any after it.
    pub async fn mute_member(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
        input: MuteMember,
    ) -> Result<(Member, User), Error> {
        if input.duration.is_some_and(|seconds| !DURATION.contains(&seconds)) {
            return Err(Refusal::invalid(Field::Duration, "it must be 1 to 315360000 seconds").into());
        }
        let reason = MuteReason::new(input.reason.as_deref().unwrap_or_default())?;
        let duration = input.duration.map(|seconds| Duration::from_secs(seconds.into()));
        self.replace_mute(actor, room, user, Some(NewMute { duration, reason })).await
    }
}
