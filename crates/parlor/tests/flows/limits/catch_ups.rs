//! What somebody missed: it is told as fast as they may read and take it, and to others meanwhile as ever.

use anyhow::{Context as _, Result};
use parlor_client::protocol::{ResumePosition, ServerFrame};
use parlor_client::{HistoryCursor, Options};
use parlor_testkit::{Person, Server};
use serde_json::json;

use super::answers::{long_room, say_much};
use super::stranger::{Stranger, budget, until};
use crate::socket::Socket;
use crate::support::server;

const SHARE: u64 = 1024 * 1024;

/// A connection that has missed everything in a room, and takes nothing of it.
async fn behind(server: &Server, person: &Person, room: &str) -> Result<Stranger> {
    let mut stranger = Stranger::who_takes_little(server).await?;
    let hello = json!({"type": "hello", "ref": 1, "data": {"resume": [{"room": room, "seq": 0}]}});
    let token = person.client.token().context("a token")?;
    stranger.say_over_a_socket(token, &hello.to_string()).await?;
    Ok(stranger)
}

/// Reads all that was said in a room over a new connection.
async fn catch_up(person: &Person, room: &str) -> Result<()> {
    let head = person.client.history(room, HistoryCursor::Newest, 1).await?.head;
    let resume = vec![ResumePosition { room: room.to_owned(), seq: 0, epoch: None }];
    let mut connection = person.connect_with(Options { resume, ..Options::default() }).await?;
    loop {
        match connection.next_event().await.context("the connection ended")? {
            ServerFrame::RoomChanges { to, .. } if to >= head => return Ok(()),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_of_what_was_missed_has_one_share_and_others_have_theirs() -> Result<()> {
    let server = server().env("PARLOR_LIMITS_MAX_CATCH_UP_BYTES_PER_USER", SHARE.to_string());
    let server = Server::start(server).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    // More than the operating system keeps for a connection.
    say_much(&owner, &room, 400).await?;
    let eve = server.member("eve").await?;
    eve.client.join_room(&room).await?;
    let mut behind_ones = Vec::new();
    for _ in 0..8 {
        behind_ones.push(behind(&server, &eve, &room).await?);
    }
    until(&server, "refused_share_total", "catch_up_bytes", |refused| refused > 0).await?;
    let held = budget(&server, "held", "catch_up_bytes").await?;
    assert!(held <= SHARE, "{held}");
    catch_up(&owner, &room).await?;
    drop(behind_ones);
    until(&server, "held", "catch_up_bytes", |held| held == 0).await?;
    // What could not be told before is told now.
    catch_up(&eve, &room).await?;
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_room_again_and_again_counts_as_reading() -> Result<()> {
    let server = server()
        .env("PARLOR_LIMITS_ENABLED", "true")
        .env("PARLOR_LIMITS_READ", "20 at once, 1 per min")
        .env("PARLOR_LIMITS_CATCH_UP", "20 at once, 1 per min");
    let server = Server::start(server).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?.id;
    let (mut socket, _) = Socket::hello(&server, owner.client.token().context("a token")?).await?;
    for command in ["room.open", "room.close", "room.open"] {
        for reference in 0..10 {
            socket
                .send(&json!({"type": command, "ref": reference, "data": {"room": room, "seq": 0}}))
                .await?;
        }
    }
    let answer = socket.ask(99, "room.open", json!({"room": room, "seq": 0})).await?;
    assert_eq!(answer["error"]["code"], "rate_limited", "{answer}");
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_catches_up_too_fast_is_told_later() -> Result<()> {
    let server = server()
        .env("PARLOR_LIMITS_ENABLED", "true")
        .env("PARLOR_LIMITS_SEND", "1000 at once, 10 per s")
        .env("PARLOR_LIMITS_CATCH_UP", "8 at once, 1 per min");
    let server = Server::start(server).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    let resume = vec![ResumePosition { room: room.clone(), seq: 0, epoch: None }];
    let mut connection = owner.connect_with(Options { resume, ..Options::default() }).await?;
    let first = connection.next_event().await.context("the connection ended")?;
    assert!(matches!(first, ServerFrame::RoomChanges { from: 0, .. }), "{first:?}");
    // The next page has to wait for its eight parts of 32 KiB; everything else goes on.
    for _ in 0..100 {
        connection.send::<serde_json::Value>("ping", &json!({})).await?;
    }
    assert!(connection.events().try_next().is_none());
    server.stop().await
}
