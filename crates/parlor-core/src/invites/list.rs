//! Lists and withdraws a room's invitations.

use parlor_model::{Action, Actor, Invite, InviteId, Refusal, RoomId, may};

use crate::change::{RoomChange, RoomWork};
use crate::{Core, Error};

impl Core {
    /// A page of the invitations of a room: of all for its owner, of one's own for other members. The newest first;
    /// `after` is the last of the page before.
    pub async fn invites(
        &self,
        actor: &Actor,
        room: RoomId,
        after: Option<InviteId>,
        limit: usize,
    ) -> Result<Vec<Invite>, Error> {
        let access = self.room_for(actor, room, Action::Invite).await;
        let (access, all) = match access {
            Ok(access) => {
                let all = may(actor, Action::ManageInvites, &access).is_ok();
                (access, all)
            }
            Err(_) => (self.room_for(actor, room, Action::ManageInvites).await?, true),
        };
        let room = access.room.id;
        let by = (!all).then_some(actor.id());
        self.store()
            .read(move |tx| Box::pin(async move { Ok(tx.invites_of(room, by, after, limit).await?) }))
            .await
    }

    /// Withdraws an invitation: one's own, or any if one owns the room. Withdrawing twice changes nothing.
    pub async fn revoke_invite(&self, actor: &Actor, room: RoomId, invite: InviteId) -> Result<(), Error> {
        self.change_room(actor, room, RevokeInvite(invite)).await
    }
}

struct RevokeInvite(InviteId);

impl RoomWork for RevokeInvite {
    type Done = ();

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(), Error> {
        change.may(Action::SeeRoom)?;
        let room = change.access.room.id;
        let found = change.tx.invite(room, self.0).await?.filter(|found| {
            found.created_by == change.actor.id() || change.may(Action::ManageInvites).is_ok()
        });
        let found = found.ok_or(Refusal::NotFound("invitation"))?;
        change.tx.revoke_invite(room, found.id).await?;
        Ok(())
    }
}
