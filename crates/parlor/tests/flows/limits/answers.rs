//! Answers that nobody takes: what is made for one person is bounded, and is not kept for ever.

use anyhow::{Context as _, Result};
use parlor_client::HistoryCursor;
use parlor_client::protocol::SendMessage;
use parlor_testkit::{Person, Server};

use super::stranger::{Stranger, budget, until};
use crate::support::server;

const MIB: u64 = 1024 * 1024;
/// What one person may have by default.
const SHARE: u64 = 8 * MIB;

/// A room with a hundred long messages.
pub(super) async fn long_room(person: &Person) -> Result<String> {
    let room = person.room("Harbour").await?.id;
    say_much(person, &room, 100).await?;
    Ok(room)
}

/// Says so many long things.
pub(super) async fn say_much(person: &Person, room: &str, messages: usize) -> Result<()> {
    for number in 0..messages {
        let body = format!("{number} {}", "long words ".repeat(1_450));
        person.client.send_message(room, &SendMessage { body, nonce: None, reply_to: None }).await?;
    }
    Ok(())
}

/// Asks for a path many times at once, over a connection on which nothing is read.
async fn ask(server: &Server, person: &Person, path: &str, times: usize) -> Result<Stranger> {
    let mut stranger = Stranger::who_takes_little(server).await?;
    let request = format!(
        "GET /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        server.url().trim_start_matches("http://"),
        person.client.token().context("a token")?,
    );
    stranger.say(&request.repeat(times)).await?;
    Ok(stranger)
}

/// The memory of the server, in bytes.
fn memory(server: &Server) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().context("a process")?))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_answers_costs_one_share() -> Result<()> {
    let server = Server::start(server()).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    let eve = server.member("eve").await?;
    eve.client.join_room(&room).await?;
    let before = memory(&server)?;
    let mut unread = Vec::new();
    for _ in 0..350 {
        unread.push(ask(&server, &eve, &format!("/rooms/{room}/messages?limit=200"), 20).await?);
    }
    until(&server, "held", "answer_bytes", |held| held > SHARE / 2).await?;
    assert!(budget(&server, "held", "answer_bytes").await? <= SHARE);
    let page = owner.client.history(&room, HistoryCursor::Newest, 200).await?;
    assert!(page.cut && page.messages.len() > 10, "{}", page.messages.len());
    let more = memory(&server)?.saturating_sub(before);
    assert!(more <= 64 * MIB, "{} MiB", more / MIB);
    drop(unread);
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_answer_is_cut_off() -> Result<()> {
    let server = Server::start(server().env("PARLOR_TAKEN_WITHIN", "1 s")).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    let path = format!("/rooms/{room}/messages?limit=200");
    let mut unread = [ask(&server, &owner, &path, 200).await?, ask(&server, &owner, &path, 200).await?];
    for stranger in &mut unread {
        stranger.refused().await?;
    }
    until(&server, "held", "answer_bytes", |held| held == 0).await?;
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_long_list_is_charged_to_who_asks() -> Result<()> {
    let server = Server::start(server()).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    for path in ["/rooms", &format!("/rooms/{room}/members"), &format!("/rooms/{room}/changes?after=0")] {
        let _unread = ask(&server, &owner, path, 400).await?;
    }
    until(&server, "held", "answer_bytes", |held| held == 0).await?;
    let mut unread = Vec::new();
    for _ in 0..40 {
        unread.push(ask(&server, &owner, &format!("/rooms/{room}/changes?after=0"), 20).await?);
    }
    until(&server, "held", "answer_bytes", |held| held > SHARE / 2).await?;
    assert!(budget(&server, "held", "answer_bytes").await? <= SHARE);
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_page_is_read_to_its_end_in_parts() -> Result<()> {
    let server = Server::start(server()).await?;
    let owner = server.owner().await?;
    let room = long_room(&owner).await?;
    let (mut read, mut cursor, mut cuts) = (Vec::new(), HistoryCursor::Newest, 0);
    loop {
        let page = owner.client.history(&room, cursor, 200).await?;
        cuts += usize::from(page.cut);
        let Some(first) = page.messages.first() else { break };
        cursor = HistoryCursor::Before(first.seq);
        let is_last = !page.cut;
        read.splice(0..0, page.messages);
        if is_last {
            break;
        }
    }
    assert_eq!(read.len(), 100);
    assert!((5..20).contains(&cuts), "{cuts}");
    assert!(read.is_sorted_by_key(|message| message.seq));
    server.stop().await
}
