//! Users: people and guests.

use parlor_model::{DisplayName, NameKey, Role, User, UserId, Username, WorkspaceId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, Columns, params};

/// The columns of a user, in the order in which [`read`] takes them.
macro_rules! user_columns {
    () => {
        "users.id, users.workspace_id, users.username, users.display_name, users.role, users.invited, users.created_at"
    };
}
pub(crate) use user_columns;

statements! {
    INSERT_USER = portable(
        "INSERT INTO users (id, workspace_id, username, username_key, display_name, role, invited, created_at, password_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
    );
    UPDATE_USER = portable(
        "UPDATE users SET username_key = CASE WHEN username = $1 THEN username_key ELSE $2 END, username = $1, display_name = $3, role = $4, invited = $5,
             password_hash = COALESCE($6, password_hash)
         WHERE id = $7 AND workspace_id = $8"
    );
    EVERY_USER = portable(concat!("SELECT ", user_columns!(), " FROM users WHERE id > $1 ORDER BY id LIMIT $2"));
    RENEW_USERNAME_KEY = portable("UPDATE users SET username_key = $1 WHERE id = $2 AND username_key <> $1");
    USER = portable(concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1"));
    USERS = split(
        concat!("SELECT ", user_columns!(), " FROM users
             WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id"),
        concat!("SELECT ", user_columns!(), " FROM users WHERE id = ANY($1) ORDER BY id"),
    );
    EVERYBODY = portable(concat!("SELECT ", user_columns!(), " FROM users
        WHERE workspace_id = $1 AND username_key > $2 ORDER BY username_key LIMIT $3"));
    USER_BY_KEY = portable(concat!("SELECT ", user_columns!(), " FROM users WHERE workspace_id = $1 AND username_key = $2"));
    CREDENTIALS = portable(concat!("SELECT ", user_columns!(), ", users.password_hash FROM users
        WHERE workspace_id = $1 AND username = $2"));
    PASSWORD_HASH = portable("SELECT password_hash FROM users WHERE id = $1");
    PUT_PASSWORD_HASH = portable("UPDATE users SET password_hash = $1 WHERE id = $2");
    HAS_OWNER = portable("SELECT 1 FROM users WHERE workspace_id = $1 AND role = 'owner' LIMIT 1");
    USERS_SHARING_ROOM = split(
        "SELECT DISTINCT theirs.user_id FROM members theirs
         JOIN members mine ON mine.room_id = theirs.room_id
         WHERE theirs.user_id IN (SELECT unhex(value) FROM json_each($1)) AND mine.user_id = $2 AND mine.active
           AND (theirs.active OR EXISTS (
                SELECT 1 FROM messages INDEXED BY messages_nonce
                WHERE messages.room_id = theirs.room_id AND messages.author_id = theirs.user_id))
         ORDER BY theirs.user_id",
        "SELECT DISTINCT theirs.user_id FROM members theirs
         JOIN members mine ON mine.room_id = theirs.room_id
         WHERE theirs.user_id = ANY($1) AND mine.user_id = $2 AND mine.active
           AND (theirs.active OR EXISTS (
                SELECT 1 FROM messages WHERE messages.room_id = theirs.room_id AND messages.author_id = theirs.user_id))
         ORDER BY theirs.user_id",
    );
}

/// Reads the columns of [`user_columns`].
pub(crate) fn read(columns: &mut Columns<'_>) -> Result<User, Error> {
    Ok(User {
        id: columns.id()?,
        workspace: columns.id()?,
        username: Username::stored(columns.text()?),
        display_name: DisplayName::stored(columns.text()?),
        role: columns.word(Role::parse)?,
        invited: columns.flag()?,
        created_at: columns.time()?,
    })
}

impl Tx<'_> {
    /// Adds a user. False if the username, or one that looks like it, is taken; nothing is added then.
    pub async fn insert_user(&mut self, user: &User, password_hash: Option<&str>) -> Result<bool, Error> {
        let key = user.username.key();
        let params = params![
            &user.id,
            &user.workspace,
            user.username.as_str(),
            key.as_str(),
            user.display_name.as_str(),
            user.role.as_str(),
            user.invited,
            user.created_at,
            password_hash
        ];
        Ok(self.execute(&INSERT_USER, params).await? > 0)
    }

    /// Saves a user as given; without a password hash the present one stays. False if there is no such user or the
    /// username, or one that looks like it, is taken; nothing is changed then.
    pub async fn update_user(&mut self, user: &User, password_hash: Option<&str>) -> Result<bool, Error> {
        let key = user.username.key();
        let params = params![
            user.username.as_str(),
            key.as_str(),
            user.display_name.as_str(),
            user.role.as_str(),
            user.invited,
            password_hash,
            &user.id,
            &user.workspace
        ];
        Ok(self.execute_unless_taken(&UPDATE_USER, params).await?.is_some_and(|count| count > 0))
    }

    /// A user.
    pub async fn user(&mut self, id: UserId) -> Result<Option<User>, Error> {
        self.row(&USER, params![&id], read).await
    }

    /// Those of these users who exist, in the order of their ids.
    pub async fn users(&mut self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        self.rows(&USERS, params![ids], read).await
    }

    /// The users of a workspace by the key of their username, those after `after`, at most `limit`.
    pub async fn everybody(
        &mut self,
        workspace: WorkspaceId,
        after: Option<&NameKey>,
        limit: usize,
    ) -> Result<Vec<User>, Error> {
        // Every key is longer than the empty text.
        let after = after.map_or("", NameKey::as_str);
        self.rows(&EVERYBODY, params![&workspace, after, limit], read).await
    }

    /// Users, up to `limit`, by id after `after`.
    pub(crate) async fn every_user(&mut self, after: UserId, limit: u32) -> Result<Vec<User>, Error> {
        self.rows(&EVERY_USER, params![&after, limit], read).await
    }

    /// Gives a user the key that their name has today. One that somebody else has already is left as it was.
    pub(crate) async fn renew_key(&mut self, user: &User) -> Result<(), Error> {
        let key = user.username.key();
        self.execute_unless_taken(&RENEW_USERNAME_KEY, params![key.as_str(), &user.id]).await.map(drop)
    }

    /// The user whose username looks like this.
    pub async fn user_by_key(
        &mut self,
        workspace: WorkspaceId,
        key: &NameKey,
    ) -> Result<Option<User>, Error> {
        self.row(&USER_BY_KEY, params![&workspace, key.as_str()], read).await
    }

    /// The user of exactly this name, and the hash of their password if they have one.
    pub async fn credentials(
        &mut self,
        workspace: WorkspaceId,
        username: &Username,
    ) -> Result<Option<(User, Option<String>)>, Error> {
        let read = |columns: &mut Columns<'_>| Ok((read(columns)?, columns.optional_text()?));
        self.row(&CREDENTIALS, params![&workspace, username.as_str()], read).await
    }

    /// The hash of a user's password, if the user exists and has one.
    pub async fn password_hash(&mut self, user: UserId) -> Result<Option<String>, Error> {
        Ok(self.row(&PASSWORD_HASH, params![&user], value::optional_text).await?.flatten())
    }

    /// Replaces the hash of a user's password.
    pub async fn put_password_hash(&mut self, user: UserId, hash: &str) -> Result<(), Error> {
        self.execute(&PUT_PASSWORD_HASH, params![hash, &user]).await.map(drop)
    }

    /// True if somebody owns the workspace.
    pub async fn has_owner(&mut self, workspace: WorkspaceId) -> Result<bool, Error> {
        self.exists(&HAS_OWNER, params![&workspace]).await
    }

    /// Those of `among` whom `user` may know from a room: they are in one that the user is in, or wrote in it before
    /// they left.
    pub async fn users_sharing_room(&mut self, user: UserId, among: &[UserId]) -> Result<Vec<UserId>, Error> {
        self.rows(&USERS_SHARING_ROOM, params![among, &user], value::id).await
    }
}
