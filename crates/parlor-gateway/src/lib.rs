//! Live sockets: upgrades, sessions, the dispatch table, fan-out, resume and presence.
//!
//! An edge: it decodes, asks who speaks, hands over to `parlor-core`, and encodes. It has no rules of its own about who
//! may do what. Who gets a room's events follows from membership alone, read through the actor or from the room's own
//! sequence.

mod accepted;
mod admission;
pub mod codec;
mod commands;
#[doc(hidden)]
pub mod counted;
mod credential;
mod data;
mod dispatch;
mod encode;
mod failure;
mod gateway;
mod hub;
mod metrics;
mod options;
mod presence;
mod session;
mod shard;
mod upgrade;
mod vital;
mod wire;

pub use accepted::{Accepted, Answering, Patience, Turn};
pub use gateway::Gateway;
pub use options::Options;
pub use presence::PresenceView;
