//! The gateway over real sockets, with the real core on a fresh SQLite store.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may fail like tests, but clippy knows only the tests themselves"
)]

mod commands;
mod delivery;
mod encodings;
mod ending;
mod heads;
mod moderation;
mod opening;
mod presence;
mod resume;
mod rooms;
mod socket;
mod world;
