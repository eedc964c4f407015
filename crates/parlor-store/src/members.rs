//! Members: users in rooms. A row stays when its user leaves, so that whoever was away learns of it.

use parlor_model::{Member, MemberRole, Mute, MuteReason, RoomId, Seq, User, UserId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::users::user_columns;
use crate::value::{Columns, params};

/// The columns of a member, in the order in which [`read`] takes them.
macro_rules! member_columns {
    () => {
        "members.room_id, members.user_id, members.role, members.active, members.changed_seq, members.joined_at, \
         members.muted_at, members.muted_until, members.muted_by, members.mute_reason, members.read_seq"
    };
}
pub(crate) use member_columns;

statements! {
    MEMBER = portable(concat!("SELECT ", member_columns!(), " FROM members WHERE room_id = $1 AND user_id = $2"));
    SAVE_MEMBER = portable(
        "INSERT INTO members (room_id, user_id, role, active, changed_seq, joined_at, muted_at, muted_until, muted_by,
             mute_reason, read_seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role, active = excluded.active,
             changed_seq = excluded.changed_seq, joined_at = excluded.joined_at, muted_at = excluded.muted_at,
             muted_until = excluded.muted_until, muted_by = excluded.muted_by, mute_reason = excluded.mute_reason,
             read_seq = CASE WHEN members.read_seq IS NULL OR excluded.read_seq > members.read_seq
                 THEN excluded.read_seq ELSE members.read_seq END"
    );
    MARK_READ = portable(
        "UPDATE members SET read_seq = $1 WHERE room_id = $2 AND user_id = $3 AND active
             AND (read_seq IS NULL OR read_seq < $1)"
    );
    FIRST_MEMBERS = portable(concat!("SELECT ", member_columns!(), ", ", user_columns!(), " FROM members
        JOIN users ON users.id = members.user_id
        WHERE members.room_id = $1 AND members.active ORDER BY members.user_id LIMIT $2"));
    NEXT_MEMBERS = portable(concat!("SELECT ", member_columns!(), ", ", user_columns!(), " FROM members
        JOIN users ON users.id = members.user_id
        WHERE members.room_id = $1 AND members.user_id > $2 AND members.active ORDER BY members.user_id LIMIT $3"));
    HEIR = portable(concat!("SELECT ", member_columns!(), " FROM members
        JOIN users ON users.id = members.user_id
        WHERE members.room_id = $1 AND members.user_id <> $2 AND members.active AND users.role <> 'guest'
        ORDER BY members.joined_at, members.user_id LIMIT 1"));
    HAS_OTHER_OWNER = portable(
        "SELECT 1 FROM members WHERE room_id = $1 AND user_id <> $2 AND active AND role = 'owner' LIMIT 1"
    );
}

/// Reads the columns of [`member_columns`].
pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Member, Error> {
    Ok(Member {
        room: columns.id()?,
        user: columns.id()?,
        role: columns.word(MemberRole::parse)?,
        active: columns.flag()?,
        changed_seq: columns.number()?,
        joined_at: columns.time()?,
        mute: read_mute(columns)?,
        read: columns.optional_number()?,
    })
}

fn read_mute(columns: &mut Columns<'_>) -> Result<Option<Mute>, Error> {
    let (at, until) = (columns.optional_time()?, columns.optional_time()?);
    let (by, reason) = (columns.optional_id()?, columns.optional_text()?);
    match (at, by) {
        (None, None) => Ok(None),
        (Some(at), Some(by)) => {
            Ok(Some(Mute { at, until, by, reason: MuteReason::stored(reason.unwrap_or_default()) }))
        }
        _ => Err(Error::Row("a mute without a time or without somebody who decided it".into())),
    }
}

/// Reads the columns of [`member_columns`], then those of a user.
pub(crate) fn read_with_user(columns: &mut Columns<'_>) -> Result<(Member, User), Error> {
    Ok((read(columns)?, crate::users::read(columns)?))
}

impl Tx<'_> {
    /// A user's row in a room, if they were ever in it.
    pub async fn member(&mut self, room: RoomId, user: UserId) -> Result<Option<Member>, Error> {
        self.row(&MEMBER, params![&room, &user], read).await
    }

    /// Moves forward how far a member has read. False if they have read as far already, or are not in the room.
    pub async fn mark_read(&mut self, room: RoomId, user: UserId, seq: Seq) -> Result<bool, Error> {
        Ok(self.execute(&MARK_READ, params![seq, &room, &user]).await? > 0)
    }

    /// Adds or replaces a member's row. How far they have read never goes back.
    pub async fn save_member(&mut self, member: &Member) -> Result<(), Error> {
        let mute = member.mute.as_ref();
        let params = params![
            &member.room,
            &member.user,
            member.role.as_str(),
            member.active,
            member.changed_seq,
            member.joined_at,
            mute.map(|mute| mute.at),
            mute.and_then(|mute| mute.until),
            mute.map(|mute| &mute.by),
            mute.map(|mute| mute.reason.as_str()),
            member.read
        ];
        self.execute(&SAVE_MEMBER, params).await.map(drop)
    }

    /// Those who are in a room, in the order of their ids, those after `after`, at most `limit`.
    pub async fn members(
        &mut self,
        room: RoomId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<(Member, User)>, Error> {
        match after {
            None => self.rows(&FIRST_MEMBERS, params![&room, limit], read_with_user).await,
            Some(after) => self.rows(&NEXT_MEMBERS, params![&room, &after, limit], read_with_user).await,
        }
    }

    /// Who inherits a room: of those in it with an account, except one, the one who joined first.
    pub async fn heir(&mut self, room: RoomId, except: UserId) -> Result<Option<Member>, Error> {
        self.row(&HEIR, params![&room, &except], read).await
    }

    /// True if somebody else in the room owns it too.
    pub async fn has_other_owner(&mut self, room: RoomId, except: UserId) -> Result<bool, Error> {
        self.exists(&HAS_OTHER_OWNER, params![&room, &except]).await
    }
}
