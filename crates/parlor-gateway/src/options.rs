//! What the gateway can be told: limits and times, each with a default that is on. Not where it listens.

use std::time::Duration;

use parlor_edge::Edge;

/// How the gateway behaves. The binary fills it from the configuration; tests make times short.
#[derive(Debug, Clone)]
pub struct Options {
    /// How requests reach the server.
    pub edge: Edge,
    /// How many threads own sockets. One a processor is best.
    pub shards: usize,
    /// Whether messages may be compressed, if a client asks for it. Costs time for every message; what there is to save
    /// depends on how long messages are.
    pub deflate: bool,
    /// The largest frame a client may send, in bytes. A frame of up to twice the size is refused with an error; a
    /// larger one ends the connection.
    pub max_frame_bytes: usize,
    /// How many commands of one connection may be on their way. When they are, nothing more is read from it.
    pub max_in_flight: usize,
    /// How many connections one address may have.
    pub max_connections_per_address: usize,
    /// How many connections one user may have.
    pub max_connections_per_user: usize,
    /// How many frames of a room are kept for connections that are a little behind.
    pub ring_frames: usize,
    /// How many bytes such frames may take per room, as JSON. What is asked for in other forms comes on top, and is
    /// shorter.
    pub ring_bytes: usize,
    /// How far behind a client may be, in changes, before it is told to read a room anew.
    pub max_behind: u64,
    /// How many resume positions a client may name.
    pub max_resume: usize,
    /// How many reads of the store may go on at once for clients that catch up.
    pub max_reads: usize,
    /// Within what time the first frame must come.
    pub hello_within: Duration,
    /// How often a client is asked whether it is there. When the next time comes without any sign of life, the connection
    /// ends: 2.2 times this after the last sign, in the longest case.
    pub ping_every: Duration,
    /// How long to wait for a change that was overtaken before the store is asked for it.
    pub repair_after: Duration,
    /// How often the heads of rooms are compared with the store, in case the bus lost the newest change.
    pub heads_every: Duration,
    /// How often presence is told at most.
    pub presence_every: Duration,
    /// How often a connection makes sure that its session is still there, in case the bus lost its end.
    pub session_check_every: Duration,
    /// How long the closing of a connection may take.
    pub close_within: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            edge: Edge::default(),
            shards: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            deflate: false,
            max_frame_bytes: 64 * 1024,
            max_in_flight: 32,
            max_connections_per_address: 256,
            max_connections_per_user: 64,
            ring_frames: 256,
            ring_bytes: 256 * 1024,
            max_behind: 1_000,
            max_resume: 2_000,
            max_reads: 16,
            hello_within: Duration::from_secs(5),
            ping_every: Duration::from_secs(18),
            repair_after: Duration::from_millis(50),
            heads_every: Duration::from_secs(5),
            presence_every: Duration::from_secs(1),
            session_check_every: Duration::from_mins(5),
            close_within: Duration::from_secs(2),
        }
    }
}
