//! Fifty people who chat at a modest rate, each twice a second at times that are spread.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use parlor_client::Sender;
use parlor_client::protocol::Sent;
use parlor_client::protocol::commands::MessageSend;
use parlor_testkit::Server;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Chatted;

const PEOPLE: u32 = 50;
const EVERY: Duration = Duration::from_millis(500);

/// The fifty.
pub(super) struct Fifty {
    room: Arc<str>,
    senders: Vec<Arc<Sender>>,
    /// Those who take what comes to them.
    _listeners: JoinSet<()>,
}

impl Fifty {
    /// They come in.
    pub(super) async fn gather(server: &Server, room: &str) -> Result<Self> {
        let (mut senders, mut listeners) = (Vec::new(), JoinSet::new());
        for number in 0..PEOPLE {
            let guest = server.guest(&format!("Guest {number}")).await?;
            let (sender, mut events) = guest.join(room).await?.split();
            senders.push(Arc::new(sender));
            listeners.spawn(async move { while events.next().await.is_some() {} });
        }
        Ok(Self { room: room.into(), senders, _listeners: listeners })
    }

    /// They chat for so long.
    pub(super) async fn chat(&self, stretch: Duration) -> Chatted {
        let (begun, mut people) = (Instant::now(), JoinSet::new());
        for (number, sender) in (0..PEOPLE).zip(&self.senders) {
            let (sender, room) = (Arc::clone(sender), Arc::clone(&self.room));
            people.spawn(async move {
                let mut chatted = Chatted::default();
                let mut due = begun + EVERY * number / PEOPLE;
                while due < begun + stretch {
                    tokio::time::sleep_until(due).await;
                    let body = format!("{number} says that it is a quarter past something");
                    let message = MessageSend { room: room.to_string(), body, nonce: None, reply_to: None };
                    // From when it was due: who could not even begin has waited too.
                    match sender.send::<Sent>("message.send", &message).await {
                        Ok(_) => chatted.times.add(due.elapsed()),
                        Err(_) => chatted.lost += 1,
                    }
                    due += EVERY;
                }
                chatted
            });
        }
        let mut all = Chatted::default();
        while let Some(one) = people.join_next().await {
            match one {
                Ok(one) => {
                    all.times.add_all(&one.times);
                    all.lost += one.lost;
                }
                Err(_) => all.lost += 1,
            }
        }
        all
    }
}
