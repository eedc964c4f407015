//! What ends a server by itself, and with which exit code.

use anyhow::Result;
use parlor_testkit::{Database, Server};

use crate::support::server;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_database_was_taken_over_ends_and_says_so_once() -> Result<()> {
    let mut server = Server::start(server().database(Database::Postgres)).await?;
    let owner = server.owner().await?;
    let _other = server.lose_database().await?;
    let ended = server.ended().await?;
    assert_eq!(ended.code(), Some(75), "{}", server.log());
    let log = server.log();
    assert_eq!(log.matches("another server has taken the database over").count(), 1, "{log}");
    drop(owner);
    Ok(())
}
