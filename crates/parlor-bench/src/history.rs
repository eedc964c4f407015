//! Histories and their verdicts: what every client did, what every reader saw, and whether the two agree.
//!
//! The checker knows nothing of servers and sockets. It is given [`Attempt`]s and [`Reading`]s and answers with
//! [`Finding`]s. A send whose outcome is unknown may be there or not; everything else has to be exactly right.

mod check;
mod facts;
mod told;

#[cfg(test)]
mod planted_tests;
#[cfg(test)]
mod property_tests;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

pub use check::check;
pub use facts::{Fact, Facts, MessageFact};
pub use told::Told;

/// A message that somebody tried to send, however often.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `rm_…`
    pub room: Arc<str>,
    /// `usr_…`, who sent it.
    pub author: Arc<str>,
    /// The sender's name for it.
    pub nonce: String,
    /// True for `/me` actions.
    pub action: bool,
    /// What has to stand in the room.
    pub body: String,
    /// When it was first sent, on the run's logical clock.
    pub invoked: u64,
    /// Every acknowledgement, in the order in which they came; none if the outcome is unknown.
    pub answers: Vec<Answer>,
    /// True if the server certainly did not take it.
    pub refused: bool,
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The place in the room.
    pub seq: u64,
    /// `msg_…`
    pub id: String,
    /// When it came, on the run's logical clock.
    pub at: u64,
}

/// What one reader saw of one room, in the order in which it came.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Whose eyes.
    pub reader: String,
    /// `rm_…`
    pub room: Arc<str>,
    /// The position at which it began: everything after it has to come.
    pub from: u64,
    /// Where it has to end.
    pub end: End,
    /// What came.
    pub entries: Vec<Entry>,
}

/// Where a reading has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Here or later: the reader stayed.
    AtLeast(u64),
    /// Not after this: the reader left the room with this change, which it may or may not see itself.
    LeftAt(u64),
}

/// Something that a reader was given.
#[derive(Debug, Clone)]
pub enum Entry {
    /// One event.
    Live {
        /// Its place.
        seq: u64,
        /// What it said.
        fact: Arc<Fact>,
    },
    /// Everything after `from`, up to `to`, as it was when the page was made. Holds messages only.
    Page {
        /// The position that it continues.
        from: u64,
        /// The position after it.
        to: u64,
        /// Its messages by place.
        messages: Vec<(u64, Arc<Fact>)>,
    },
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Acknowledged or seen, and not there.
    Lost,
    /// There twice, or delivered twice.
    Duplicated,
    /// Two readers differ, or a later send stands before an earlier one.
    Order,
    /// There, and nobody sent it, or it was refused.
    Phantom,
    /// There, and not as it was sent.
    Unequal,
    /// A reader missed a place of the sequence.
    Gap,
    /// A reader saw something of a room that it was not in.
    Leak,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub verdict: Verdict,
    /// `rm_…`
    pub room: String,
    /// Where exactly, in words.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = format!("{:?}", self.verdict).to_lowercase();
        write!(formatter, "{verdict} in {}: {}", self.room, self.detail)
    }
}

impl Reading {
    /// How many events and messages it holds.
    pub fn deliveries(&self) -> usize {
        let count = |entry: &Entry| match entry {
            Entry::Live { .. } => 1,
            Entry::Page { messages, .. } => messages.len(),
        };
        self.entries.iter().map(count).sum()
    }
}
