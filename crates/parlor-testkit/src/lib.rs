//! A whole Parlor server in a test: the real binary on a temporary folder or a fresh database, with people in it.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use parlor_testkit::{Options, Server, message_created};
//!
//! // In tests of the package `parlor`: Options::new(env!("CARGO_BIN_EXE_parlor")).
//! let server = Server::start(Options::new("target/debug/parlor")).await?;
//! let owner = server.owner().await?;
//! let room = owner.room("general").await?;
//! let guest = server.guest("Ada").await?;
//! let (sender, mut events) = guest.join(&room.id).await?.split();
//! sender.say(&room.id, "hello").await?;
//! let (_seq, message) = parlor_testkit::expect_event(&mut events, "Ada's hello", message_created).await?;
//! assert_eq!(message.body, "hello");
//! server.stop().await
//! # }
//! ```

mod backup;
mod database;
mod events;
mod fill;
mod log;
mod people;
mod server;

pub use backup::Backup;
pub use database::Database;
pub use events::{DEADLINE, expect_event, expect_event_within, message_created};
pub use fill::fill;
pub use people::Person;
pub use server::{Options, Server};
