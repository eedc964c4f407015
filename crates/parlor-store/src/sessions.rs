//! Sessions: signed-in devices, found by the hash of their token.

use parlor_model::{Session, SessionId, Timestamp, User, UserId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::users::user_columns;
use crate::value::{self, Columns, params};

/// The columns of a session, in the order in which [`read`] takes them.
macro_rules! session_columns {
    () => {
        "sessions.id, sessions.user_id, sessions.label, sessions.created_at, sessions.last_seen_at, sessions.expires_at"
    };
}

statements! {
    INSERT_SESSION = portable(
        "INSERT INTO sessions (id, user_id, label, created_at, last_seen_at, expires_at, token_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    SESSION_BY_TOKEN = portable(concat!("SELECT ", session_columns!(), ", ", user_columns!(), " FROM sessions
        JOIN users ON users.id = sessions.user_id WHERE sessions.token_hash = $1"));
    SESSIONS_OF = portable(concat!("SELECT ", session_columns!(), " FROM sessions
        WHERE sessions.user_id = $1 AND sessions.id < $2 AND sessions.expires_at > $3
        ORDER BY sessions.id DESC LIMIT $4"));
    SESSION_LIVES = portable("SELECT 1 FROM sessions WHERE user_id = $1 AND id = $2 AND expires_at > $3");
    DELETE_SESSION = portable("DELETE FROM sessions WHERE user_id = $1 AND id = $2");
    DELETE_SESSION_BY_TOKEN = portable("DELETE FROM sessions WHERE token_hash = $1 RETURNING id");
    DELETE_SESSIONS_OF = portable("DELETE FROM sessions WHERE user_id = $1 RETURNING id");
    DELETE_OTHER_SESSIONS_OF = portable("DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id");
    TOUCH_SESSION = portable("UPDATE sessions SET last_seen_at = $1, expires_at = $2 WHERE id = $3");
    DELETE_EXPIRED_SESSIONS = portable("DELETE FROM sessions WHERE expires_at <= $1 RETURNING id");
}

fn read(columns: &mut Columns<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: columns.id()?,
        user: columns.id()?,
        label: columns.text()?,
        created_at: columns.time()?,
        last_seen_at: columns.time()?,
        expires_at: columns.time()?,
    })
}

impl Tx<'_> {
    /// Adds a session.
    pub async fn insert_session(&mut self, session: &Session, token_hash: &[u8; 32]) -> Result<(), Error> {
        let params = params![
            &session.id,
            &session.user,
            session.label.as_str(),
            session.created_at,
            session.last_seen_at,
            session.expires_at,
            token_hash
        ];
        self.execute(&INSERT_SESSION, params).await.map(drop)
    }

    /// The session of a token, and its user. It may have expired: the caller knows the time.
    pub async fn session_by_token(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Session, User)>, Error> {
        let read = |columns: &mut Columns<'_>| Ok((read(columns)?, crate::users::read(columns)?));
        self.row(&SESSION_BY_TOKEN, params![token_hash], read).await
    }

    /// A user's sessions that have not expired at `now`, the newest first: at most `limit`, those older than `after`.
    pub async fn sessions_of(
        &mut self,
        user: UserId,
        after: Option<SessionId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Session>, Error> {
        let after = after.unwrap_or(SessionId::from_bytes([0xff; 16]));
        self.rows(&SESSIONS_OF, params![&user, &after, now, limit], read).await
    }

    /// True if a user has this session, and it has not expired at `now`.
    pub async fn session_lives(
        &mut self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.exists(&SESSION_LIVES, params![&user, &session, now]).await
    }

    /// Ends one session of a user. False if the user has no such session.
    pub async fn delete_session(&mut self, user: UserId, session: SessionId) -> Result<bool, Error> {
        Ok(self.execute(&DELETE_SESSION, params![&user, &session]).await? > 0)
    }

    /// Ends the session of a token, and returns which it was.
    pub async fn delete_session_by_token(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<SessionId>, Error> {
        self.row(&DELETE_SESSION_BY_TOKEN, params![token_hash], value::id).await
    }

    /// Ends all sessions of a user, or all but one, and returns which ended.
    pub async fn delete_sessions_of(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<Vec<SessionId>, Error> {
        match except {
            None => self.rows(&DELETE_SESSIONS_OF, params![&user], value::id).await,
            Some(except) => self.rows(&DELETE_OTHER_SESSIONS_OF, params![&user, &except], value::id).await,
        }
    }

    /// Notes that a session was seen, and when it ends by itself now.
    pub async fn touch_session(
        &mut self,
        session: SessionId,
        last_seen_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        self.execute(&TOUCH_SESSION, params![last_seen_at, expires_at, &session]).await.map(drop)
    }

    /// Ends every session whose time is over, and returns which.
    pub async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<Vec<SessionId>, Error> {
        self.rows(&DELETE_EXPIRED_SESSIONS, params![now], value::id).await
    }
}
