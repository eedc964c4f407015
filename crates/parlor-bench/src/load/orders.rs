//! What a worker is told to do, and what it tells: lines of JSON, the same to a thread and to a process.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::ledger::Findings;
use super::times::Counted;

/// Who a worker is to be: the first line that it reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spec {
    /// The server.
    pub address: SocketAddr,
    /// Its language.
    pub dialect: Dialect,
    /// The number of the worker's first connection within the run.
    pub first: usize,
    /// The ids of all rooms of the run; elsewhere rooms are numbers into this list.
    pub rooms: Vec<String>,
    /// The worker's connections.
    pub seats: Vec<Seat>,
}

/// A connection to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seat {
    /// Who it is.
    pub token: String,
    /// The rooms that they are in.
    pub rooms: Vec<u32>,
    /// True if it will stop reading one day.
    pub small: bool,
}

/// What to do next.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open all connections.
    Open(Open),
    /// Send, and judge what comes.
    Run(Run),
    /// Wait until every connection has seen these places of these rooms.
    Settle {
        /// Rooms and places.
        heads: Vec<(u32, u64)>,
        /// How long that may take, in nanoseconds.
        within: u64,
    },
    /// Stop reading on all connections with [`Seat::small`], or begin again.
    Stall(bool),
    /// Cut all connections.
    Cut,
}

/// How to open connections.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Open {
    /// How many may be on their way at once.
    pub at_once: usize,
    /// When to begin, in nanoseconds on the clock of all.
    pub at: u64,
    /// Come back with the positions reached before, and be done only when these places of these rooms were seen.
    pub resume: Option<Vec<(u32, u64)>>,
    /// Open no more than this part of all connections, 0 to 1. Those that are open already stay.
    pub portion: f64,
}

impl Open {
    /// A few at a time, from now on, as new ones.
    pub fn unhurried(portion: f64) -> Self {
        Self { at_once: 200, at: super::now(), resume: None, portion }
    }

    /// How many of so many connections are to be open.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of a small positive number"
    )]
    pub fn part_of(&self, connections: usize) -> usize {
        ((connections as f64 * self.portion).ceil() as usize).min(connections)
    }
}

/// A run: sends from now on until `end`; what happens from `start` on counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// When counting begins, in nanoseconds on the clock of all.
    pub start: u64,
    /// When counting and sending end.
    pub end: u64,
    /// Bytes of a body.
    pub body: usize,
    /// True to take the time from each send to each of its deliveries to others.
    pub timed: bool,
    /// Who sends, and when.
    pub traffic: Traffic,
}

/// Who sends, and when. Senders are numbers of the worker's own connections, each with the room that it sends to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// Each sender has so many sends on their way at all times.
    Windowed {
        /// Sends on their way.
        window: usize,
        /// The senders.
        senders: Vec<(usize, u32)>,
    },
    /// So many sends a second by all of them, as a [`super::schedule::Schedule`] has it.
    Scheduled {
        /// Decides who and when.
        seed: u64,
        /// Sends a second.
        per_second: f64,
        /// The senders.
        senders: Vec<(usize, u32)>,
    },
}

impl Traffic {
    /// The senders.
    pub fn senders(&self) -> &[(usize, u32)] {
        match self {
            Self::Windowed { senders, .. } | Self::Scheduled { senders, .. } => senders,
        }
    }
}

/// What a worker tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// All connections are open, or have caught up.
    Opened(Opened),
    /// The run is over and every send was answered.
    Ran(Box<Outcome>),
    /// Everybody has seen everything, or the time is up.
    Settled(Findings),
    /// It was done.
    Done,
    /// The worker can't go on.
    Failed(String),
}

/// How opening went.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Opened {
    /// When the last connection was done, in nanoseconds on the clock of all.
    pub last: u64,
    /// How many connections are open now.
    pub connected: u64,
    /// From the beginning until each connection was done.
    pub times: Counted,
    /// What was wrong.
    pub findings: Findings,
    /// How many connections had to begin again.
    pub again: u64,
    /// How many changes came to those who came back, live or in pages.
    pub changes: u64,
}

/// What came of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Deliveries while it counted.
    pub deliveries: u64,
    /// Acknowledgements while it counted.
    pub acknowledged: u64,
    /// Answers “busy” in the whole run.
    pub busy: u64,
    /// Refusals in the whole run; there should be none.
    pub refused: u64,
    /// Sends that were never answered.
    pub unanswered: u64,
    /// Connections that the server ended.
    pub lost: u64,
    /// Bytes that were read while it counted.
    pub bytes: u64,
    /// Reads that it took.
    pub reads: u64,
    /// From a send to its acknowledgement.
    pub acks: Counted,
    /// From a send to each delivery to another.
    pub deliveries_took: Counted,
    /// How late the generator itself was with scheduled sends.
    pub lateness: Counted,
    /// What was wrong.
    pub findings: Findings,
    /// The newest place of each room that was acknowledged.
    pub heads: Vec<(u32, u64)>,
}
