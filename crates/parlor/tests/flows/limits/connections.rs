//! Connections: who only holds them gives way to who asks for something.

use anyhow::Result;
use parlor_testkit::{Options, Server};

use super::stranger::{Stranger, budget, until};
use crate::support::server;

fn strict() -> Options {
    server().env("PARLOR_LIMITS_ENABLED", "true").env("PARLOR_TRUSTED_PROXIES", "none")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_only_holds_connections_keeps_the_newest_and_is_served() -> Result<()> {
    let server = Server::start(strict().env("PARLOR_LIMITS_MAX_OPEN_PER_ADDRESS", "8")).await?;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(Stranger::connect(&server).await?);
    }
    let owner = server.owner().await?;
    assert_eq!(owner.client.me().await?.username, "owner");
    assert_eq!(silent[0].rest().await?, "", "the oldest gave way");
    assert!(budget(&server, "gave_way_total", "connections").await? >= 33);
    assert!(budget(&server, "held", "connections").await? <= 8);
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_hold_connections_together_leave_one_to_who_asks() -> Result<()> {
    // A trusted proxy, as this machine is by default, has no share of its own.
    let server = Server::start(server().env("PARLOR_LIMITS_MAX_CONNECTIONS", "8")).await?;
    let mut silent = Vec::new();
    for _ in 0..40 {
        let mut stranger = Stranger::connect(&server).await?;
        // An unfinished head is no request.
        stranger.say("GET /api/v1/server HTTP/1.1\r\nHost: x\r\n").await?;
        silent.push(stranger);
    }
    let owner = server.owner().await?;
    assert_eq!(owner.client.me().await?.username, "owner");
    assert_eq!(silent[0].rest().await?, "");
    assert!(budget(&server, "held", "connections").await? <= 8);
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_ends_the_connection() -> Result<()> {
    let server = Server::start(server().env("PARLOR_HEAD_WITHIN", "1 s")).await?;
    let mut silent = Stranger::connect(&server).await?;
    let mut slow = Stranger::connect(&server).await?;
    slow.say("GET /api/v1/ser").await?;
    assert_eq!((silent.rest().await?.as_str(), slow.rest().await?.as_str()), ("", ""));
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn live_sockets_do_not_give_way() -> Result<()> {
    let server = Server::start(strict().env("PARLOR_LIMITS_MAX_OPEN_PER_ADDRESS", "8")).await?;
    let owner = server.owner().await?;
    let mut connection = owner.connect().await?;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(Stranger::connect(&server).await?);
    }
    until(&server, "gave_way_total", "connections", |count| count >= 13).await?;
    let room = owner.room("Harbour").await?;
    let joined = connection.next_event().await;
    assert!(format!("{joined:?}").contains(&room.id), "{joined:?}");
    server.stop().await
}
