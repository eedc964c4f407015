//! Makes an invitation link.

use std::time::Duration;

use parlor_model::{Action, Actor, Field, Invite, InviteId, Refusal, RoomId};

use crate::change::{RoomChange, RoomWork};
use crate::{Core, Error, secret};

/// How long an invitation may live, in seconds: a minute to a year.
const LIFE: std::ops::RangeInclusive<u32> = 60..=31_536_000;
/// How many people an invitation may let in.
const USES: std::ops::RangeInclusive<u32> = 1..=100_000;

impl Core {
    /// Makes an invitation. The code is returned this once.
    pub async fn create_invite(
        &self,
        actor: &Actor,
        room: RoomId,
        expires_in: Option<u32>,
        max_uses: Option<u32>,
    ) -> Result<(Invite, String), Error> {
        if expires_in.is_some_and(|seconds| !LIFE.contains(&seconds)) {
            return Err(Refusal::invalid(Field::ExpiresIn, "it must be 60 to 31536000 seconds").into());
        }
        if max_uses.is_some_and(|uses| !USES.contains(&uses)) {
            return Err(Refusal::invalid(Field::MaxUses, "it must be 1 to 100000").into());
        }
        let code = secret::generate(self.env());
        let now = self.env().now();
        let invite = Invite {
            id: InviteId::generate(self.env()),
            workspace: actor.workspace(),
            room,
            created_by: actor.id(),
            created_at: now,
            expires_at: expires_in.map(|seconds| now.after(Duration::from_secs(seconds.into()))),
            max_uses,
            uses: 0,
            revoked: false,
        };
        let work = InsertInvite { invite: invite.clone(), hash: secret::hash(&code) };
        self.change_room(actor, room, work).await?;
        Ok((invite, code))
    }
}

struct InsertInvite {
    invite: Invite,
    hash: [u8; 32],
}

impl RoomWork for InsertInvite {
    type Done = ();

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(), Error> {
        change.may(Action::Invite)?;
        Ok(change.tx.insert_invite(&self.invite, &self.hash).await?)
    }
}
