//! Appending messages: the hot path. A whole group is decided at once from what the database knows; how that is
//! fetched and written differs between the engines, what is decided does not.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::collections::{HashMap, HashSet};

use parlor_model::{Body, Message, MessageId, MessageKind, Nonce, RoomId, Seq, Timestamp, UserId};

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
    INSERT_MESSAGE = only_sqlite(
        "INSERT INTO messages (id, room_id, seq, changed_seq, author_id, kind, body, nonce, reply_to, sent_at)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)"
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

/// The outcome of one append.
pub(crate) type Outcome = Result<Appended, AppendError>;

/// Where a room stands while a group is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomState {
    head: Seq,
    access_seq: Seq,
}

/// What the database knows of a group of appends.
#[derive(Debug, Default)]
pub(crate) struct Known {
    nonces: HashMap<(UserId, Nonce), Message>,
    rooms: HashMap<RoomId, RoomState>,
    replies: HashSet<(RoomId, MessageId)>,
}

/// What becomes of a group of appends: the outcome of each, and the new head of each room that got messages.
#[derive(Debug)]
pub(crate) struct Decision {
    outcomes: Vec<Outcome>,
    heads: Vec<(RoomId, Seq)>,
}

impl Decision {
    /// The messages that have to be written.
    fn new_messages(&self) -> impl Iterator<Item = &Message> {
        self.outcomes.iter().flatten().filter(|appended| !appended.repeated).map(|appended| &appended.message)
    }
}

/// Decides a group of appends in the order in which they came.
fn decide(appends: &[Append], mut known: Known, ignore_nonces: bool) -> Decision {
    let mut heads: HashMap<RoomId, Seq> = HashMap::new();
    let mut decide_one = |append: &Append| {
        let new = &append.message;
        let name = new.nonce.clone().filter(|_| !ignore_nonces).map(|nonce| (new.author, nonce));
        // The nonce comes first: a repeat is answered even if the sender has lost their place since.
        if let Some(message) = name.as_ref().and_then(|name| known.nonces.get(name)) {
            return Ok(Appended { message: message.clone(), repeated: true });
        }
        let room = known.rooms.get_mut(&append.room).ok_or(AppendError::RoomGone)?;
        if room.access_seq != append.access_version {
            return Err(AppendError::AccessChanged);
        }
        if new.reply_to.is_some_and(|reply| !known.replies.contains(&(append.room, reply))) {
            return Err(AppendError::ReplyNotFound);
        }
        room.head += 1;
        heads.insert(append.room, room.head);
        let message = placed(append, room.head);
        known.replies.insert((append.room, message.id));
        if let Some(name) = name {
            known.nonces.insert(name, message.clone());
        }
        Ok(Appended { message, repeated: false })
    };
    let outcomes = appends.iter().map(&mut decide_one).collect();
    let mut heads: Vec<_> = heads.into_iter().collect();
    heads.sort_unstable();
    Decision { outcomes, heads }
}

fn placed(append: &Append, seq: Seq) -> Message {
    let new = append.message.clone();
    Message {
        id: new.id,
        room: append.room,
        seq,
        changed_seq: seq,
        author: new.author,
        kind: new.kind,
        body: new.body,
        nonce: new.nonce,
        reply_to: new.reply_to,
        sent_at: new.sent_at,
        edited_at: None,
        deleted_at: None,
    }
}

#[cfg(test)]
mod tests;
