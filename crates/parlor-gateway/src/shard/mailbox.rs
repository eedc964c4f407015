//! What other threads leave for a shard: answers, news of rooms, new connections. It never blocks, and is emptied at
//! each turn of the shard.
//!
//! What can wait here is bounded by what brings it: a connection has a bounded number of commands under way and one
//! read; a room is told once until the shard looks; a new connection has passed the door.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use mio::{Registry, Token, Waker};
use parlor_model::{RoomId, Seq, User};
use parlor_protocol::CloseCode;

use super::ConnectionId;
use super::newcomer::Newcomer;
use crate::hub::feed::Feed;
use crate::presence::Difference;
use crate::session::Opened;
use crate::session::lanes::Answered;
use crate::session::reads::Read;

/// Something for a shard.
pub(crate) enum Letter {
    /// A connection that begins.
    Newcomer(Box<Newcomer>),
    /// What became of a connection's `hello`.
    Opened(ConnectionId, Box<Opened>),
    /// Commands of a connection that are done.
    Answered(ConnectionId, Answered),
    /// What the store answered a connection.
    Read(ConnectionId, Box<Read>),
    /// Something that a connection must know.
    Note(ConnectionId, Note),
    /// Something that every connection must know.
    Everybody(Note),
    /// There is more in a room.
    Moved(Arc<Feed>),
    /// Nothing comes any more.
    Stop,
}

/// Something that a connection must know.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// The user joined a room, at this place.
    Joined(RoomId, Seq),
    /// The user changed.
    Profile(Arc<User>),
    /// The hub lost track: sessions and memberships must be compared with the store.
    Recheck,
    /// The user has read a room up to this place, on some device.
    Read(RoomId, Seq),
    /// Who came and went in the watched room.
    Presence(Arc<Difference>),
    /// The connection must end.
    End(CloseCode),
}

/// Where other threads leave things for a shard.
#[derive(Debug)]
pub(crate) struct Mailbox {
    letters: Mutex<Vec<Letter>>,
    waker: Waker,
}

impl Mailbox {
    /// An empty mailbox. Whoever polls `registry` sees `token` when something comes.
    pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        Ok(Self { letters: Mutex::default(), waker: Waker::new(registry, token)? })
    }

    /// Leaves something, and wakes the shard unless it has been woken for what was there before.
    pub(crate) fn post(&self, letter: Letter) {
        let first = {
            let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
            letters.push(letter);
            letters.len() == 1
        };
        if first && let Err(error) = self.waker.wake() {
            tracing::error!(%error, "a shard could not be woken; it looks at its next turn");
        }
    }

    /// Takes everything that is there, in the order in which it came.
    pub(crate) fn take(&self, into: &mut Vec<Letter>) {
        debug_assert!(into.is_empty(), "what was taken before has been read");
        std::mem::swap(&mut *self.letters.lock().unwrap_or_else(PoisonError::into_inner), into);
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Newcomer(_) => "Newcomer",
            Self::Opened(..) => "Opened",
            Self::Answered(..) => "Answered",
            Self::Read(..) => "Read",
            Self::Note(..) => "Note",
            Self::Everybody(_) => "Everybody",
            Self::Moved(_) => "Moved",
            Self::Stop => "Stop",
        })
    }
}
