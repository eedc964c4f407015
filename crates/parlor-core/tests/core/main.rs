//! The use cases, on a real SQLite store.

#![expect(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

mod accounts;
mod messages;
mod moderation;
mod outbox;
mod renderings;
mod rooms;
mod send_many;
mod world;
