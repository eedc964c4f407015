//! Looks at an invitation, and uses it.

use parlor_model::{Actor, Member, MemberRole, Refusal, Room, User};

use crate::accounts::{any_invite, open_invite};
use crate::change::RoomChange;
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
        let (core, actor, code) = (self.clone(), actor.clone(), code.to_owned());
        self.commit(move |tx| {
            Box::pin(async move {
                let invite = any_invite(tx, &core, &code).await?;
                let mut change = RoomChange::open(tx, &core, &actor, invite.room).await?;
                let now = core.env().now();
                if change.access.role().is_none()
                    && (!invite.is_open(now) || !tx.use_invite(invite.id, now).await?)
                {
                    return Err(Refusal::InviteInvalid.into());
                }
                let place = change.admit(tx, MemberRole::Member).await?;
                let joined = (change.access.room.clone(), place);
                Ok((joined, change.close(tx).await?))
            })
        })
        .await
    }
}
