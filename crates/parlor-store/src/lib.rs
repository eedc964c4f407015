//! Durable rows on SQLite or PostgreSQL behind one interface.
//!
//! [`Store::write`] and [`Store::read`] run a work in a transaction, [`Store::append`] appends a message. A [`Tx`] has
//! one method for each thing that can be asked or changed, in one file a noun. No rule of the product stands here: who
//! may do what is decided by the callers, and the one exception is that an append holds only against the state of
//! access that it was checked with.

mod append;
mod changes;
mod database;
mod error;
mod health;
mod inspect;
mod invites;
mod members;
mod messages;
mod metrics;
mod migrations;
mod name_keys;
mod postgres;
mod rooms;
mod runs;
mod sessions;
mod settings;
mod shared;
mod sort_keys;
mod sqlite;
mod statement;
mod store;
mod tx;
mod users;
mod value;
mod work;
mod workspaces;
mod written_keys;

pub use append::{Append, Appended, Landed, NewMessage, Rejected};
pub use changes::Changes;
pub use database::{Database, Options, Planted, Secret};
pub use error::{AppendError, Error, Fatal, OpenError};
pub use futures_util::future::BoxFuture;
pub use inspect::Inspection;
pub use messages::{Cursor, Excerpt, PAGE_BYTES, Page};
pub use metrics::Metrics;
pub use runs::Runs;
pub use store::Store;
pub use tx::Tx;
pub use workspaces::Counts;
