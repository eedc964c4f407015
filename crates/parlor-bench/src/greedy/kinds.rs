//! What one can be greedy of. Each goes on until it is dropped, and takes up again what was taken from it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use parlor_client::Connection;
use parlor_client::protocol::Sent;
use parlor_client::protocol::commands::MessageSend;
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;

use super::Ground;
use super::stranger::{Stranger, UNFINISHED, address, get, socket};

/// How many connections say nothing.
const SILENT: usize = 4_000;
/// How many requests wait for their bodies.
const BODIES: usize = 1_500;
/// How many connections ask for pages and take none, and how many pages each asks for at once.
const UNREAD: (usize, usize) = (350, 20);
/// How many WebSockets have missed everything and take none of it.
const BEHIND: usize = 60;
/// How many messages are under way.
const SENDS: usize = 32;
/// After how long a connection that was taken away is made again. All of them together are thousands a second: more would
/// be a flood, which takes the processor that the fifty share with whoever makes it.
const RECONNECT: Duration = Duration::from_secs(1);
/// How long to wait after a message was refused.
const AGAIN: Duration = Duration::from_millis(20);

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Greed {
    /// Connections that say nothing.
    Connections,
    /// Requests whose bodies do not come.
    Bodies,
    /// Pages that are asked for and not taken.
    Answers,
    /// What was missed, and is not taken.
    CatchUps,
    /// Messages, as fast as answers come.
    Sends,
    /// Messages that are as hard to render as can be.
    Renderings,
}

impl Greed {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Connections, Self::Bodies, Self::Answers, Self::CatchUps, Self::Sends, Self::Renderings];

    /// Begins, and returns once it is at its limit. It ends when what this returns is dropped.
    pub(super) async fn begin(self, ground: &Ground) -> Result<JoinSet<()>> {
        let address = address(&ground.server)?;
        let long = &ground.long;
        let (count, words) = match self {
            Self::Connections => (SILENT, Vec::new()),
            Self::Bodies => (BODIES, UNFINISHED.into()),
            Self::Answers => {
                let page = get(&ground.greedy, &format!("/rooms/{long}/messages?limit=200"));
                (UNREAD.0, page.repeat(UNREAD.1).into())
            }
            Self::CatchUps => {
                let hello = json!({"type": "hello", "data": {"resume": [{"room": long, "seq": 0}]}});
                (BEHIND, socket(&ground.greedy, &hello.to_string()))
            }
            Self::Sends => return talk(ground, |number| format!("{number}")).await,
            Self::Renderings => {
                return talk(ground, |number| format!("{number} {}", marked_up(15_000))).await;
            }
        };
        // Nobody hears what there is to read of pages and of what was missed.
        let hears = matches!(self, Self::Connections | Self::Bodies);
        let (words, mut greedy) = (Arc::new(words), JoinSet::new());
        for number in 0..count {
            let words = Arc::clone(&words);
            // One after the other, so that they do not come back all at once either.
            let delay = RECONNECT.mul_f64(share(number, count));
            greedy.spawn(async move {
                tokio::time::sleep(delay).await;
                loop {
                    if let Ok(mut stranger) = Stranger::connect(address).await
                        && stranger.say(&words).await.is_ok()
                    {
                        if hears {
                            stranger.hear().await;
                        } else {
                            wait_until_refused(&mut stranger).await;
                        }
                    }
                    tokio::time::sleep(RECONNECT).await;
                }
            });
        }
        tokio::time::sleep(RECONNECT + RECONNECT / 2).await;
        Ok(greedy)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of a second")]
fn share(number: usize, count: usize) -> f64 {
    number as f64 / count as f64
}

/// Waits until the server does not listen any more.
async fn wait_until_refused(stranger: &mut Stranger) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if stranger.say(b"\r\n").await.is_err() {
            return;
        }
    }
}

async fn talk(ground: &Ground, body: fn(usize) -> String) -> Result<JoinSet<()>> {
    let connection = Arc::new(ground.greedy.connect().await?);
    let mut greedy = JoinSet::new();
    for sender in 0..SENDS {
        let (connection, room) = (Arc::clone(&connection), ground.own.clone());
        greedy.spawn(async move {
            for number in (sender..).step_by(SENDS) {
                // Whether it is refused makes no difference to somebody greedy; that the connection ends does.
                if say(&connection, &room, &body(number)).await.is_err() {
                    tokio::time::sleep(AGAIN).await;
                }
            }
        });
    }
    Ok(greedy)
}

/// Says something in a room.
pub(super) async fn say(connection: &Connection, room: &str, body: &str) -> Result<()> {
    let message = MessageSend { room: room.to_owned(), body: body.to_owned(), nonce: None, reply_to: None };
    connection.send::<Sent>("message.send", &message).await?;
    Ok(())
}

/// A text of about so many bytes with as many marks as can be.
pub(super) fn marked_up(bytes: usize) -> String {
    "> *a* **b** `c` ~~d~~ https://x.example [e](https://y.example)\n".repeat(bytes / 64)
}

impl fmt::Display for Greed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connections => "connections",
            Self::Bodies => "bodies",
            Self::Answers => "answers",
            Self::CatchUps => "catch-ups",
            Self::Sends => "sends",
            Self::Renderings => "renderings",
        })
    }
}
