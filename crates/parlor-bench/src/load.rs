//! The load generator: thousands of connections on one thread, every delivery checked, and never slower than what it
//! measures.
//!
//! A [`worker`] owns an epoll loop ([`pool`]) with its connections, and is told what to do in [`orders`]; it runs as a
//! thread, or as a process of its own where one process may not hold enough descriptors ([`crew`]). Frames are not
//! parsed as JSON: [`words`] finds the few words that matter, and [`ledger`] judges each place in each room.
//!
//! It is for servers that it can trust to speak the contract: it does not judge whether a frame is well formed.

pub mod codec;
pub mod connection;
pub mod crew;
pub mod dialect;
pub mod ledger;
pub mod orders;
pub mod pool;
pub mod schedule;
pub mod sending;
pub mod socket;
pub mod times;
pub mod words;
pub mod worker;
pub mod xmpp;

use rustix::time::{ClockId, clock_gettime};

/// Now, in nanoseconds on a clock that all processes of the machine share and that is never set.
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let (seconds, nanoseconds) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    seconds * 1_000_000_000 + nanoseconds
}
