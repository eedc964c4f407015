//! Looks at an invitation, and uses it.

use parlor_model::{Actor, Invite, Member, MemberRole, Refusal, Room, User};
use parlor_store::Tx;

use crate::accounts::{any_invite, open_invite};
use crate::change::{Admit, RoomChange, RoomWork, Work};
use crate::{Core, Error};

/// Where an invitation leads. Whoever holds the code may know this much.
#[derive(Debug, Clone)]
pub struct InvitePreview {
    /// The room.
    pub room: Room,
    /// Who invites.
    pub invited_by: User,
}

impl Core {
    /// Says where an invitation leads, without using it.
    pub async fn inspect_invite(&self, code: &str) -> Result<InvitePreview, Error> {
        let (core, code) = (self.clone(), code.to_owned());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let invite = open_invite(tx, &core, &code).await?;
                    let room = tx.room(invite.workspace, invite.room).await?.ok_or(Refusal::InviteInvalid)?;
                    let invited_by = tx.user(invite.created_by).await?.ok_or(Refusal::InviteInvalid)?;
                    Ok(InvitePreview { room, invited_by })
                })
            })
            .await
    }

    /// Joins the room of an invitation. Somebody who is in the room already uses nothing up, and is led there by one that
    /// lets in nobody else any more, too: it may be the one they came by.
    pub async fn accept_invite(&self, actor: &Actor, code: &str) -> Result<(Room, Member), Error> {
        self.commit(Accept { actor: actor.clone(), code: code.to_owned() }).await
    }
}

struct Accept {
    actor: Actor,
    code: String,
}

impl Work for Accept {
    type Done = (Room, Member);

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<(Room, Member), Error> {
        let invite = any_invite(tx, core, &self.code).await?;
        RoomChange::run(tx, core, &self.actor, invite.room, Use(invite)).await
    }
}

/// Uses an invitation for whoever is not in its room.
struct Use(Invite);

impl RoomWork for Use {
    type Done = (Room, Member);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Room, Member), Error> {
        let (invite, now) = (self.0, change.at());
        if change.access.role().is_none()
            && (!invite.is_open(now) || !change.tx.use_invite(invite.id, now).await?)
        {
            return Err(Refusal::InviteInvalid.into());
        }
        Admit(MemberRole::Member).run(change).await
    }
}
