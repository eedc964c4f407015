//! What can go wrong: while opening, and afterwards. Every opening error says what the operator can do about it.

use std::path::PathBuf;
use std::time::Duration;

use parlor_model::Refusal;

/// Why a request to the store failed. Nothing of what it wanted to write is kept, except where a variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The queue is full, or the database broke a deadlock: nothing was done, and the same request may succeed in a moment.
    #[error("the store is busy")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A commit could not be made durable earlier. Nothing is acknowledged any more until the server is restarted.
    #[error(
        "an earlier write could not be made durable; the store refuses all others until the server is restarted"
    )]
    NotDurable,
    /// The disk, or the space that the database may use, is full. Writes succeed again once there is room.
    #[error("there is no space left for the database: {0}")]
    Full(String),
    /// The database server does not answer. The outcome of a write that was on its way is not known; repeating a send
    /// with its nonce is safe.
    #[error("the database does not answer: {0}")]
    Unreachable(String),
    /// A name, an address or a key that must be unique is taken. On PostgreSQL the transaction can't go on after it:
    /// the work must end with this error.
    #[error("a value that must be unique is taken: {0}")]
    Taken(String),
    /// A text holds a NUL, which no text of PostgreSQL may, so none of ours does.
    #[error("a text holds a NUL")]
    Nul,
    /// A row holds something that this program never writes.
    #[error("a row holds an unexpected value: {0}")]
    Row(String),
    /// Something in the database is not as it was written. What does not need it goes on.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The work panicked, so nothing of it was kept.
    #[error("the work panicked; nothing of it was kept")]
    Panicked,
    /// Anything else that the database refused.
    #[error("the database refused: {0}")]
    Database(String),
}

/// Why a store acknowledges nothing any more, until the server is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fatal {
    /// A commit or a sync failed: nobody can say what the disk holds.
    NotDurable,
    /// Another server has taken the database over.
    TakenOver,
    /// A thread that the store can't do without panicked.
    Panicked,
}

impl Error {
    /// What to tell the person who asked, if it is worth their trying again. `None`: a fault, which is for the log.
    pub fn as_refusal(&self) -> Option<Refusal> {
        match self {
            Self::Busy => Some(Refusal::Busy { retry_after: Duration::from_secs(1) }),
            Self::Closed | Self::NotDurable | Self::Full(_) | Self::Unreachable(_) => {
                Some(Refusal::Unavailable { retry_after: Duration::from_secs(5) })
            }
            // All that people can choose and must be unique are names; two of them chose at the same moment.
            Self::Taken(_) => Some(Refusal::NameTaken),
            // What is written was checked before; so it is something that was asked for, and nothing is called so.
            Self::Nul => Some(Refusal::NotFound("name")),
            Self::Row(_) | Self::Damaged(_) | Self::Panicked | Self::Database(_) => None,
        }
    }
}

impl OpenError {
    /// True if the database is there, but not as it was written.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Other(Error::Damaged(_)))
    }
}

/// Why a message was not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// There is no such room.
    #[error("the room is gone")]
    RoomGone,
    /// Who may do what in the room changed since the caller checked: check again, then repeat.
    #[error("access to the room changed since it was checked")]
    AccessChanged,
    /// The message that this one answers is not in the room.
    #[error("the message that this one answers is not in the room")]
    ReplyNotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Why a store could not be opened. The text says what to do. A refused database is left exactly as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server holds this database.
    #[error(
        "This database is already in use by {who}. Several servers on one database are not supported yet: stop the \
         other server, or give this one a database of its own."
    )]
    Locked {
        /// Who holds it, as well as can be told.
        who: String,
    },
    /// A newer Parlor has migrated this database.
    #[error(
        "This database has schema version {found}, but this Parlor knows only versions up to {known}. Install the \
         newer Parlor again, or restore a backup from before the upgrade."
    )]
    Newer {
        /// The version of the database.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The file is not a database, or is broken.
    #[error(
        "The database {} is damaged: {detail}. It was not touched. Restore a backup; or keep a copy of the folder, and see \
         \"Damage\" in docs/backup.md for what can be saved.", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The database belongs to another program.
    #[error(
        "This database is not Parlor's: {detail}. It was not touched. Give Parlor an empty one of its own."
    )]
    Foreign {
        /// How that shows.
        detail: String,
    },
    /// The folder or a file in it can't be used.
    #[error("Cannot use {}: {detail}. Check that it exists and belongs to the user that Parlor runs as.", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The database's address is not usable.
    #[error(
        "The database address cannot be used: {detail}. It looks like postgres://user:password@host:5432/parlor."
    )]
    Address {
        /// What is wrong with it. Never holds the password.
        detail: String,
    },
    /// The address demands TLS.
    #[error(
        "The database address asks for sslmode=require, but TLS to the database is not built in yet. Use \
         sslmode=disable over a private network or a Unix socket, or put a TLS tunnel in between."
    )]
    TlsUnsupported,
    /// The database server does not answer or does not let us in.
    #[error(
        "Cannot reach the database: {detail}. Check the address, the password and that the server is running."
    )]
    Unreachable {
        /// What happened.
        detail: String,
    },
    /// The database works in a way in which Parlor's promises can't be kept.
    #[error("This database cannot be used: {detail}.")]
    Unsuitable {
        /// Which property is missing.
        detail: String,
    },
    /// A migration failed. The database is as it was before it.
    #[error(
        "Migration {name} failed: {detail}. The database is as it was before; restore nothing, report this."
    )]
    Migration {
        /// The migration.
        name: String,
        /// What the database said.
        detail: String,
    },
    /// Something else failed.
    #[error("Opening the database failed: {0}.")]
    Other(#[from] Error),
}
