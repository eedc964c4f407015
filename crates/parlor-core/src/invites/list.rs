//! Lists and withdraws a room's invitations.

use parlor_model::{Action, Actor, Invite, InviteId, Refusal, RoomId, may};

use crate::change::RoomChange;
use crate::{Core, Error};

impl Core {
    /// The invitations of a room: all for its owner, one's own for other members. The newest first.
    pub async fn invites(&self, actor: &Actor, room: RoomId) -> Result<Vec<Invite>, Error> {
        let access = self.room_for(actor, room, Action::Invite).await;
        let (access, all) = match access {
            Ok(access) => {
                let all = may(actor, Action::ManageInvites, &access).is_ok();
                (access, all)
            }
            Err(_) => (self.room_for(actor, room, Action::ManageInvites).await?, true),
        };
        let room = access.room.id;
        let invites: Vec<Invite> = self
            .store()
            .read(move |tx| Box::pin(async move { Ok::<_, Error>(tx.invites_of(room).await?) }))
            .await?;
        Ok(invites.into_iter().filter(|invite| all || invite.created_by == actor.id()).collect())
    }

    /// Withdraws an invitation: one's own, or any if one owns the room. Withdrawing twice changes nothing.
    pub async fn revoke_invite(&self, actor: &Actor, room: RoomId, invite: InviteId) -> Result<(), Error> {
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let change = RoomChange::open(tx, &core, &actor, room).await?;
                change.may(Action::SeeRoom)?;
                let found = tx.invites_of(room).await?.into_iter().find(|found| found.id == invite);
                let found = found.filter(|found| {
                    found.created_by == actor.id() || change.may(Action::ManageInvites).is_ok()
                });
                let found = found.ok_or(Refusal::NotFound("invitation"))?;
                tx.revoke_invite(room, found.id).await?;
                Ok(((), Vec::new()))
            })
        })
        .await
    }
}
