//! Flows through the real program: its command line, its life from start to stop, and the contract that clients outside
//! this repository rely on.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at its first surprise")]

mod both_databases;
mod command_line;
mod contract;
mod doctor;
mod ending;
mod guarded;
mod hostile;
mod lifecycle;
mod limits;
mod metrics;
mod proxies;
mod refused;
mod restore;
mod resume;
mod secrets;
mod sessions;
mod setup;
mod socket;
mod support;
