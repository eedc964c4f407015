//! Appending messages: the hot path. What is asked of the store, what becomes of it, and what the two engines share.
//! How a group is decided and written stands in one file for each engine.

pub(crate) mod caller;
pub(crate) mod postgres;
pub(crate) mod settle;
pub(crate) mod sqlite;

use parlor_model::{
    Body, Change, Message, MessageId, MessageKind, Nonce, RoomEvent, RoomId, Seq, Timestamp, UserId,
};

use crate::error::AppendError;
use crate::messages::message_columns;
use crate::statement::statements;

statements! {
    KNOWN_NONCE = only_sqlite(concat!("SELECT ", message_columns!(), " FROM messages WHERE author_id = $1 AND nonce = $2"));
    KNOWN_NONCES = only_postgres(concat!("SELECT ", message_columns!(), " FROM messages
        JOIN unnest($1::BYTEA[], $2::TEXT[]) AS asked (author_id, nonce)
          ON messages.author_id = asked.author_id AND messages.nonce = asked.nonce"));
    KNOWN_ROOM = only_sqlite("SELECT head, access_seq FROM rooms WHERE id = $1");
    // In the order of their ids, so that two groups never wait for each other.
    LOCK_ROOMS = only_postgres("SELECT id, head, access_seq FROM rooms WHERE id = ANY($1) ORDER BY id FOR UPDATE");
    KNOWN_REPLY = only_sqlite("SELECT 1 FROM messages WHERE id = $1 AND room_id = $2");
    KNOWN_REPLIES = only_postgres("SELECT room_id, id FROM messages WHERE id = ANY($1)");
    // A nonce that is known writes nothing: the index that keeps the promise is also what looks.
    INSERT_MESSAGE = only_sqlite(
        "INSERT INTO messages (id, room_id, seq, changed_seq, author_id, kind, body, nonce, reply_to, sent_at)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
    );
    INSERT_MESSAGES = only_postgres(
        "INSERT INTO messages (id, room_id, seq, changed_seq, author_id, kind, body, nonce, reply_to, sent_at)
         SELECT id, room_id, seq, seq, author_id, kind, body, nonce, reply_to, sent_at
         FROM unnest($1::BYTEA[], $2::BYTEA[], $3::BIGINT[], $4::BYTEA[], $5::TEXT[], $6::TEXT[], $7::TEXT[], $8::BYTEA[],
             $9::BIGINT[]) AS new (id, room_id, seq, author_id, kind, body, nonce, reply_to, sent_at)"
    );
    PUT_HEAD = only_sqlite("UPDATE rooms SET head = $1 WHERE id = $2");
    PUT_HEADS = only_postgres(
        "UPDATE rooms SET head = new.head FROM unnest($1::BYTEA[], $2::BIGINT[]) AS new (id, head) WHERE rooms.id = new.id"
    );
}

/// A message that wants to be appended to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Where.
    pub room: RoomId,
    /// The state of access that the sender's right to write was checked at: see `Access::version`.
    pub access_version: Seq,
    /// What.
    pub message: NewMessage,
}

/// A message before it has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Who says it.
    pub author: UserId,
    /// What sort it is.
    pub kind: MessageKind,
    /// What is said.
    pub body: Body,
    /// The sender's own name for the send. A second send of the author with it gives the first one's result.
    pub nonce: Option<Nonce>,
    /// The message this answers, which must be in the room.
    pub reply_to: Option<MessageId>,
    /// When the server took it.
    pub sent_at: Timestamp,
}

/// A message that has its place, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The message: if it is repeated, in its present state.
    pub message: Message,
    /// True if the nonce was known: this is what the first send led to, and nothing was written.
    pub repeated: bool,
}

/// The same, lent to the callback of [`crate::Store::submit`], which copies what it needs of it.
#[derive(Debug, Clone, Copy)]
pub struct Landed<'m> {
    /// The message: if it is repeated, in its present state.
    pub message: &'m Message,
    /// True if the nonce was known.
    pub repeated: bool,
}

/// An append that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub error: AppendError,
    /// The append itself, to be tried again without a copy, unless it was lost on the way.
    pub append: Option<Box<Append>>,
}

impl From<Landed<'_>> for Appended {
    fn from(landed: Landed<'_>) -> Self {
        Self { message: landed.message.clone(), repeated: landed.repeated }
    }
}

/// Where a room stands while a group is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomState {
    pub(crate) head: Seq,
    pub(crate) access_seq: Seq,
}

/// An append on its way: the message, and what has been decided about it so far.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) access_version: Seq,
    /// Without a place until it is [`Fate::New`].
    pub(crate) message: Message,
    pub(crate) fate: Fate,
}

/// What becomes of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nobody has looked yet.
    Undecided,
    /// It takes its place.
    New,
    /// Its nonce is known: this is what the first send led to.
    Repeated(Box<Message>),
    /// It is not appended.
    Refused(AppendError),
}

impl From<Append> for Pending {
    fn from(append: Append) -> Self {
        let new = append.message;
        let message = Message {
            id: new.id,
            room: append.room,
            seq: 0,
            changed_seq: 0,
            author: new.author,
            kind: new.kind,
            body: new.body,
            nonce: new.nonce,
            reply_to: new.reply_to,
            sent_at: new.sent_at,
            edited_at: None,
            deleted_at: None,
        };
        Self { access_version: append.access_version, message, fate: Fate::Undecided }
    }
}

impl From<Pending> for Append {
    fn from(pending: Pending) -> Self {
        let Message { id, room, author, kind, body, nonce, reply_to, sent_at, .. } = pending.message;
        let message = NewMessage { id, author, kind, body, nonce, reply_to, sent_at };
        Self { room, access_version: pending.access_version, message }
    }
}

impl Pending {
    /// What its caller hears if it comes to nothing.
    pub(crate) fn rejected(self, error: AppendError) -> Rejected {
        Rejected { error, append: Some(Box::new(self.into())) }
    }

    /// The memory that it holds while it waits, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.message.body.as_str().len()
    }

    /// Takes a place.
    pub(crate) fn place(&mut self, seq: Seq) {
        self.message.seq = seq;
        self.message.changed_seq = seq;
        self.fate = Fate::New;
    }

    /// Why a room does not take it at the moment, whatever its nonce.
    pub(crate) fn refused_by(&self, room: Option<RoomState>) -> Option<AppendError> {
        match room {
            None => Some(AppendError::RoomGone),
            Some(room) if room.access_seq != self.access_version => Some(AppendError::AccessChanged),
            Some(_) => None,
        }
    }

    /// What the caller of a work hears, which has the message for itself.
    pub(crate) fn into_outcome(self) -> Result<Appended, AppendError> {
        match self.fate {
            Fate::New => Ok(Appended { message: self.message, repeated: false }),
            Fate::Repeated(message) => Ok(Appended { message: *message, repeated: true }),
            Fate::Refused(error) => Err(error),
            Fate::Undecided => Err(undecided()),
        }
    }
}

/// What is told of a new message.
pub(crate) fn created(message: Message) -> RoomEvent {
    let (room, seq, at) = (message.room, message.seq, message.sent_at);
    RoomEvent { room, seq, at, change: Change::MessageCreated(message) }
}

/// Of an append that nobody decided, which would be a mistake of this crate.
pub(crate) fn undecided() -> AppendError {
    AppendError::Store(crate::error::Error::Database("an append had no outcome".into()))
}
