//! Keeping order in a room: muting members and taking them out of it.

mod kick;
mod mute;
mod unmute;

use parlor_model::{Action, Actor, Change, Member, Mute, Refusal, RoomId, Target, Timestamp, User, UserId};
use parlor_store::Tx;

use crate::change::RoomChange;
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
    async fn of(tx: &mut Tx<'_>, change: &RoomChange, user: UserId) -> Result<Self, Error> {
        change.may(Action::SeeRoom)?;
        let member = tx.member(change.access.room.id, user).await?.ok_or(Refusal::NotFound("member"))?;
        let user = tx.user(user).await?.ok_or(Refusal::NotFound("member"))?;
        Ok(Self { member, user })
    }

    /// How much they have to say, for the policy.
    fn target(&self) -> Target {
        target(&self.user, Some(&self.member))
    }

    /// How much whoever decided on the mute that lies on them has to say now, if one does.
    async fn decided_by(&self, tx: &mut Tx<'_>, at: Timestamp) -> Result<Option<Target>, Error> {
        let Some(mute) = self.member.mute.as_ref().filter(|mute| mute.holds_at(at)) else {
            return Ok(None);
        };
        let member = tx.member(self.member.room, mute.by).await?;
        let user = tx.user(mute.by).await?;
        Ok(user.map(|user| target(&user, member.as_ref())))
    }
}

fn target(user: &User, member: Option<&Member>) -> Target {
    Target { role: user.role, place: member.filter(|member| member.active).map(|member| member.role) }
}

impl Core {
    /// Replaces the mute that lies on somebody. Nothing in the place of nothing is no change, and takes no place.
    ///
    /// Neither does a mute of somebody who is not in the room: there is nobody to be told. Their row keeps the place at
    /// which they went, by which connections that are behind learn of it.
    async fn replace_mute(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
        decide: impl FnOnce(&RoomChange) -> Option<Mute> + Send + 'static,
    ) -> Result<(Member, User), Error> {
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let mut change = RoomChange::open(tx, &core, &actor, room).await?;
                let subject = Subject::of(tx, &change, user).await?;
                let decided_by = subject.decided_by(tx, change.at()).await?;
                change.may(Action::Mute { target: subject.target(), decided_by })?;
                let Subject { member, user } = subject;
                let mute = decide(&change);
                let lies = member.mute.as_ref().is_some_and(|mute| mute.holds_at(change.at()));
                if !lies && mute.is_none() {
                    return Ok(((member, user), Vec::new()));
                }
                if !member.active {
                    let member = Member { mute, ..member };
                    tx.save_member(&member).await?;
                    return Ok(((member, user), Vec::new()));
                }
                let seq = change.next_seq();
                let member = Member { mute, changed_seq: seq, ..member };
                tx.save_member(&member).await?;
                // Whatever was checked before this and has no place yet is checked again.
                change.room().access_seq = seq;
                change.record(Change::MemberUpdated(member.clone(), user.clone()));
                Ok(((member, user), change.close(tx).await?))
            })
        })
        .await
    }
}
