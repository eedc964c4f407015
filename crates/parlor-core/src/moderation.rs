//! Keeping order in a room: muting members and taking them out of it.

mod kick;
mod mute;
mod unmute;

use std::time::Duration;

use parlor_model::{
    Action, Actor, Change, Member, Mute, MuteReason, Refusal, RoomId, Target, Timestamp, User, UserId,
};

use crate::change::{RoomChange, RoomWork};
use crate::{Core, Error};

pub use mute::MuteMember;

/// A member whom somebody wants to lay a hand on.
struct Subject {
    /// Their row in the room, in which they may be no longer.
    member: Member,
    /// Who they are.
    user: User,
}

impl Subject {
    /// Reads whom `change` is about.
    async fn of(change: &mut RoomChange<'_, '_>, user: UserId) -> Result<Self, Error> {
        change.may(Action::SeeRoom)?;
        let room = change.access.room.id;
        let member = change.tx.member(room, user).await?.ok_or(Refusal::NotFound("member"))?;
        let user = change.tx.user(user).await?.ok_or(Refusal::NotFound("member"))?;
        Ok(Self { member, user })
    }

    /// How much they have to say, for the policy.
    fn target(&self) -> Target {
        target(&self.user, Some(&self.member))
    }

    /// How much whoever decided on the mute that lies on them has to say now, if one does.
    async fn decided_by(&self, change: &mut RoomChange<'_, '_>) -> Result<Option<Target>, Error> {
        let Some(mute) = self.member.mute.as_ref().filter(|mute| mute.holds_at(change.at())) else {
            return Ok(None);
        };
        let member = change.tx.member(self.member.room, mute.by).await?;
        let user = change.tx.user(mute.by).await?;
        Ok(user.map(|user| target(&user, member.as_ref())))
    }
}

fn target(user: &User, member: Option<&Member>) -> Target {
    Target { role: user.role, place: member.filter(|member| member.active).map(|member| member.role) }
}

impl Core {
    /// Replaces the mute that lies on somebody by one that begins now, or ends it. Returns the member as they are then.
    async fn replace_mute(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
        mute: Option<NewMute>,
    ) -> Result<(Member, User), Error> {
        self.change_room(actor, room, ReplaceMute { user, mute }).await
    }
}

/// A mute that is to begin.
struct NewMute {
    /// How long it lasts; until somebody ends it, if absent.
    duration: Option<Duration>,
    reason: MuteReason,
}

impl NewMute {
    fn begin(self, at: Timestamp, by: UserId) -> Mute {
        Mute { at, until: self.duration.map(|duration| at.after(duration)), by, reason: self.reason }
    }
}

/// Nothing in the place of nothing is no change, and takes no place.
///
/// Neither does a mute of somebody who is not in the room: there is nobody to be told. Their row keeps the place at which
/// they went, by which connections that are behind learn of it.
struct ReplaceMute {
    user: UserId,
    mute: Option<NewMute>,
}

impl RoomWork for ReplaceMute {
    type Done = (Member, User);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Member, User), Error> {
        let subject = Subject::of(change, self.user).await?;
        let decided_by = subject.decided_by(change).await?;
        change.may(Action::Mute { target: subject.target(), decided_by })?;
        let Subject { member, user } = subject;
        let mute = self.mute.map(|mute| mute.begin(change.at(), change.actor.id()));
        let is_muted = member.mute.as_ref().is_some_and(|mute| mute.holds_at(change.at()));
        if !is_muted && mute.is_none() {
            return Ok((member, user));
        }
        if !member.active {
            let member = Member { mute, ..member };
            change.tx.save_member(&member).await?;
            return Ok((member, user));
        }
        let seq = change.next_seq();
        let member = Member { mute, changed_seq: seq, ..member };
        change.tx.save_member(&member).await?;
        // Whatever was checked before this and has no place yet is checked again.
        change.room().access_seq = seq;
        change.record(Change::MemberUpdated(member.clone(), user.clone()));
        Ok((member, user))
    }
}
