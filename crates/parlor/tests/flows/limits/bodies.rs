//! Bodies that do not come: they take nobody's turn.

use anyhow::Result;
use parlor_testkit::Server;

use super::stranger::{Stranger, budget, until};
use crate::support::server;

/// A request whose body is announced, and of which only the first byte comes.
async fn unfinished(server: &Server, path: &str) -> Result<Stranger> {
    let mut stranger = Stranger::connect(server).await?;
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        server.url().trim_start_matches("http://"),
    );
    stranger.say(&head).await?;
    Ok(stranger)
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_do_not_come_are_not_worked_on_and_the_oldest_gives_way() -> Result<()> {
    let server =
        server().env("PARLOR_LIMITS_MAX_REQUESTS", "8").env("PARLOR_LIMITS_MAX_BODIES_PER_ADDRESS", "16");
    let server = Server::start(server).await?;
    let owner = server.owner().await?;
    let paths = ["/auth/login", "/auth/register", "/auth/guest", "/auth/login"];
    let mut unfinished_ones = Vec::new();
    for number in 0..16 {
        unfinished_ones.push(unfinished(&server, paths[number % paths.len()]).await?);
        // Each is counted before the next comes, so that the first is the oldest.
        until(&server, "held", "bodies", |held| held > number as u64).await?;
    }
    assert_eq!(budget(&server, "held", "requests").await?, 0, "who waits is not at work");
    owner.room("Harbour").await?;
    let answer = unfinished_ones[0].answer().await?;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("\"busy\""), "{answer}");
    assert_eq!(budget(&server, "gave_way_total", "bodies").await?, 1);
    for _ in 0..100 {
        unfinished_ones.push(unfinished(&server, "/auth/guest").await?);
    }
    owner.room("Market").await?;
    assert!(server.guest("Grace").await.is_ok());
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_has_a_deadline() -> Result<()> {
    let server = Server::start(server().env("PARLOR_BODY_WITHIN", "1 s")).await?;
    let mut trickling = unfinished(&server, "/auth/guest").await?;
    let answer = trickling.answer().await?;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("in time"), "{answer}");
    until(&server, "held", "bodies", |held| held == 0).await?;
    server.stop().await
}
