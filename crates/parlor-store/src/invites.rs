//! Invitation links, found by the hash of their code.

use parlor_model::{Invite, InviteId, RoomId, Timestamp, UserId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{Columns, params};

/// The columns of an invitation, in the order in which [`read`] takes them.
macro_rules! invite_columns {
    () => {
        "id, workspace_id, room_id, created_by, created_at, expires_at, max_uses, uses, revoked"
    };
}

statements! {
    INSERT_INVITE = portable(
        "INSERT INTO invites (id, workspace_id, room_id, created_by, created_at, expires_at, max_uses, uses, revoked, code_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    INVITE_BY_CODE = portable(concat!("SELECT ", invite_columns!(), " FROM invites WHERE code_hash = $1"));
    INVITE = portable(concat!("SELECT ", invite_columns!(), " FROM invites WHERE room_id = $1 AND id = $2"));
    INVITES_OF = portable(concat!("SELECT ", invite_columns!(), " FROM invites
        WHERE room_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"));
    INVITES_BY = portable(concat!("SELECT ", invite_columns!(), " FROM invites
        WHERE room_id = $1 AND id < $2 AND created_by = $3 ORDER BY id DESC LIMIT $4"));
    USE_INVITE = portable(
        "UPDATE invites SET uses = uses + 1
         WHERE id = $1 AND NOT revoked AND (expires_at IS NULL OR expires_at > $2) AND (max_uses IS NULL OR uses < max_uses)"
    );
    REVOKE_INVITES_BY = portable(
        "UPDATE invites SET revoked = TRUE WHERE room_id = $1 AND created_by = $2 AND NOT revoked"
    );
    REVOKE_INVITE = portable("UPDATE invites SET revoked = TRUE WHERE room_id = $1 AND id = $2 AND NOT revoked");
}

fn read(columns: &mut Columns<'_>) -> Result<Invite, Error> {
    Ok(Invite {
        id: columns.id()?,
        workspace: columns.id()?,
        room: columns.id()?,
        created_by: columns.id()?,
        created_at: columns.time()?,
        expires_at: columns.optional_time()?,
        max_uses: columns.optional_number()?,
        uses: columns.number()?,
        revoked: columns.flag()?,
    })
}

impl Tx<'_> {
    /// Adds an invitation.
    pub async fn insert_invite(&mut self, invite: &Invite, code_hash: &[u8; 32]) -> Result<(), Error> {
        let params = params![
            &invite.id,
            &invite.workspace,
            &invite.room,
            &invite.created_by,
            invite.created_at,
            invite.expires_at,
            invite.max_uses,
            invite.uses,
            invite.revoked,
            code_hash
        ];
        self.execute(&INSERT_INVITE, params).await.map(drop)
    }

    /// The invitation of a code, open or not.
    pub async fn invite_by_code(&mut self, code_hash: &[u8; 32]) -> Result<Option<Invite>, Error> {
        self.row(&INVITE_BY_CODE, params![code_hash], read).await
    }

    /// An invitation to a room.
    pub async fn invite(&mut self, room: RoomId, id: InviteId) -> Result<Option<Invite>, Error> {
        self.row(&INVITE, params![&room, &id], read).await
    }

    /// Invitations to a room, or those that one user made, the newest first: at most `limit`, those older than `after`.
    pub async fn invites_of(
        &mut self,
        room: RoomId,
        by: Option<UserId>,
        after: Option<InviteId>,
        limit: usize,
    ) -> Result<Vec<Invite>, Error> {
        let after = after.unwrap_or(InviteId::from_bytes([0xff; 16]));
        match by {
            None => self.rows(&INVITES_OF, params![&room, &after, limit], read).await,
            Some(by) => self.rows(&INVITES_BY, params![&room, &after, &by, limit], read).await,
        }
    }

    /// Counts one use of an invitation. False if it is not open at `now`; nothing is counted then.
    pub async fn use_invite(&mut self, invite: InviteId, now: Timestamp) -> Result<bool, Error> {
        Ok(self.execute(&USE_INVITE, params![&invite, now]).await? > 0)
    }

    /// Withdraws all invitations to a room that somebody made.
    pub async fn revoke_invites_by(&mut self, room: RoomId, user: UserId) -> Result<(), Error> {
        self.execute(&REVOKE_INVITES_BY, params![&room, &user]).await.map(drop)
    }

    /// Withdraws an invitation to a room. False if there is none that isn't withdrawn already.
    pub async fn revoke_invite(&mut self, room: RoomId, invite: InviteId) -> Result<bool, Error> {
        Ok(self.execute(&REVOKE_INVITE, params![&room, &invite]).await? > 0)
    }
}
