//! Takes somebody out of a room, with the invitation links that they made. They may come back where they could come in
//! before: a kick is no ban.

use parlor_model::{Action, Actor, Refusal, RoomId, Seq, UserId};

use super::Subject;
use crate::change::{RoomChange, RoomWork};
use crate::rooms::depart;
use crate::{Core, Error};

impl Core {
    /// Takes a member out of a room. Returns the place of the change.
    ///
    /// Their connections hear nothing more of the room, and the links that they made to it let nobody in any more. If they were its last owner, it passes on as if they had left.
    pub async fn kick_member(&self, actor: &Actor, room: RoomId, user: UserId) -> Result<Seq, Error> {
        self.change_room(actor, room, Kick { user }).await
    }
}

struct Kick {
    user: UserId,
}

impl RoomWork for Kick {
    type Done = Seq;

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<Seq, Error> {
        let subject = Subject::of(change, self.user).await?;
        if !subject.member.active {
            return Err(Refusal::NotFound("member").into());
        }
        change.may(Action::Kick { target: subject.target() })?;
        change.tx.revoke_invites_by(change.access.room.id, self.user).await?;
        depart(change, subject.member, subject.user).await
    }
}
