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
    /// Where each stay in the room ended, in order; the one that goes on is not among them.
    ends: Vec<End>,
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
            ends: Vec::new(),
            client,
        })
    }

    pub(super) async fn join(&mut self, room: &str, waits: &mut usize) -> Result<(), Error> {
        patiently(waits, async || self.sender.join(room).await).await?;
        self.present = true;
        Ok(())
    }

    pub(super) async fn leave(&mut self, room: &str, waits: &mut usize) -> Result<(), Error> {
        let left = patiently(waits, async || self.sender.leave(room).await).await?;
        self.ends.push(End::LeftAt(left.seq));
        self.present = false;
        Ok(())
    }

    /// Everything that this connection saw, once it saw everything that it should have or the time is over.
    pub(super) async fn readings(
        &mut self,
        room: &Arc<str>,
        head: u64,
        deadline: Instant,
    ) -> (Vec<Reading>, Vec<Finding>) {
        if self.present {
            self.observer.reaches(head, deadline).await;
            self.ends.push(End::AtLeast(head));
        } else {
            // An answer shows that everything that was on its way before it has come: a leak would be seen.
            let _closed = tokio::time::timeout_at(deadline, self.sender.ping()).await;
        }
        let windows = self.observer.take();
        let mut findings = Vec::new();
        if let Some(closed) = self.observer.ended().await {
            findings.push(self.finding(room, &format!("the connection of {} ended: {closed}", self.label)));
        }
        if windows.len() != self.ends.len() {
            let (told, stays) = (windows.len(), self.ends.len());
            findings.push(
                self.finding(room, &format!("{} joined {stays} times and was told of {told}", self.label)),
            );
        }
        let readings = windows.into_iter().zip(self.ends.drain(..)).enumerate();
        let readings = readings.map(|(index, (window, end))| Reading {
            reader: format!("{} (stay {})", self.label, index + 1),
            room: Arc::clone(room),
            from: window.from,
            end,
            entries: window.entries,
        });
        (readings.collect(), findings)
    }

    /// Closes the connection.
    pub(super) async fn end(self) {
        drop(self.sender);
        self.observer.finish().await;
    }

    fn finding(&self, room: &str, what: &str) -> Finding {
        Finding { verdict: Verdict::Gap, room: room.to_owned(), detail: format!("{what} ({})", self.user) }
    }
}
