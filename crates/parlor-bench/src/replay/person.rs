//! Somebody of the log: a guest with a connection.

use std::sync::Arc;

use parlor_client::{Client, Connection, Error, Options, Sender};
use tokio::time::Instant;

use super::limits::patiently;
use super::observer::Observer;
use crate::history::{End, Facts, Finding, Reading, Verdict};

/// A guest with a connection, in the room or not.
pub(super) struct Person {
    pub(super) user: Arc<str>,
    pub(super) client: Client,
    pub(super) sender: Sender,
    pub(super) present: bool,
    label: String,
    observer: Observer,
    stays: Vec<Stay>,
}

/// A stay in the room, as the answers to joining and leaving told of it.
#[derive(Debug, Clone, Copy)]
struct Stay {
    head: u64,
    left_at: Option<u64>,
}

impl Person {
    /// Enters as a guest of that name, and connects.
    pub(super) async fn connect(
        nobody: &Client,
        nick: &str,
        room: &Arc<str>,
        facts: &Arc<Facts>,
        waits: &mut usize,
    ) -> Result<Self, Error> {
        let signed_in = patiently(waits, async || nobody.enter_as_guest(nick, None).await).await?;
        let client = nobody.signed_in(&signed_in)?;
        let open = async || Connection::open(&client, Options::default()).await;
        let (sender, events) = patiently(waits, open).await?.split();
        Ok(Self {
            user: signed_in.user.id.into(),
            sender,
            present: false,
            label: nick.to_owned(),
            observer: Observer::follow(events, Arc::clone(room), Arc::clone(facts)),
            stays: Vec::new(),
            client,
        })
    }

    pub(super) async fn join(&mut self, room: &str, waits: &mut usize) -> Result<(), Error> {
        let joined = patiently(waits, async || self.sender.join(room).await).await?;
        self.stays.push(Stay { head: joined.head, left_at: None });
        self.present = true;
        Ok(())
    }

    pub(super) async fn leave(&mut self, room: &str, waits: &mut usize) -> Result<(), Error> {
        let left = patiently(waits, async || self.sender.leave(room).await).await?;
        if let Some(stay) = self.stays.last_mut() {
            stay.left_at = Some(left.seq);
        }
        self.present = false;
        Ok(())
    }

    /// Waits until this connection was told everything up to `head`, if it is in the room, or the time is over.
    pub(super) async fn settle(&mut self, head: u64, deadline: Instant) {
        if self.present {
            self.observer.reaches(head, deadline).await;
        }
    }

    /// Everything that this connection saw, and what is wrong already. A stay that ended before the connection was
    /// told of its beginning leaves no trace, and need not.
    pub(super) async fn readings(&mut self, room: &Arc<str>, head: u64) -> (Vec<Reading>, Vec<Finding>) {
        let (mut readings, mut findings) = (Vec::new(), Vec::new());
        if let Some(closed) = self.observer.ended().await {
            findings.push(self.finding(room, Verdict::Gap, &format!("the connection ended: {closed}")));
        }
        for window in self.observer.take() {
            let stay = self.stays.iter().rfind(|stay| stay.head <= window.from);
            let Some(stay) = stay.filter(|stay| stay.left_at.is_none_or(|left| window.from <= left)) else {
                let what = format!("it was told of the room from {} on and was not in it", window.from);
                findings.push(self.finding(room, Verdict::Leak, &what));
                continue;
            };
            readings.push(Reading {
                reader: format!("{} from {}", self.label, window.from),
                room: Arc::clone(room),
                from: window.from,
                end: stay.left_at.map_or(End::AtLeast(head), End::LeftAt),
                entries: window.entries,
            });
        }
        let told = readings.last().is_some_and(|reading| matches!(reading.end, End::AtLeast(_)));
        if self.present && !told {
            findings.push(self.finding(room, Verdict::Gap, "it joined and was never told"));
        }
        (readings, findings)
    }

    /// Closes the connection.
    pub(super) async fn end(self) {
        drop(self.sender);
        self.observer.finish().await;
    }

    fn finding(&self, room: &str, verdict: Verdict, what: &str) -> Finding {
        Finding { verdict, room: room.to_owned(), detail: format!("{} ({}): {what}", self.label, self.user) }
    }
}
