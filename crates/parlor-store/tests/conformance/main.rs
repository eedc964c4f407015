//! What a store promises, on both engines: every case runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at its first surprise")]

mod appends;
mod changes;
mod invites;
mod members;
mod messages;
mod old_rows;
mod postgres_only;
mod queues;
mod rooms;
mod runs;
mod sessions;
mod settings;
mod silence;
mod sqlite_only;
mod support;
mod users;
mod works;
mod workspaces;
