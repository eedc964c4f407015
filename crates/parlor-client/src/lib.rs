//! Rust client for Parlor: bots, tests and the load generator.
//!
//! [`Client`] speaks HTTP, one method a route; [`Connection`] speaks WebSocket: commands in, answers and events out.
//! Neither reconnects nor retries by itself: whoever uses them knows what a lost answer means to them. Every queue
//! is bounded. Plain `http://` only: a bot on another machine goes through the reverse proxy beside it.

mod client;
mod connection;
mod error;
mod routes;

pub use client::Client;
pub use connection::{Closed, Connection, Encoding, Events, Options, PendingReply, Sender};
pub use error::Error;
pub use parlor_protocol as protocol;
pub use routes::HistoryCursor;

/// What the client's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
