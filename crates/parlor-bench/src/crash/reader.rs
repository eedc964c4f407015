//! Follows every room, and comes back after each cut with what it has already.

use std::sync::Arc;

use anyhow::Result;
use parlor_client::protocol::ResumePosition;
use parlor_client::{Client, Connection, Events, Options};
use tokio::sync::watch;

use super::ground::{Ground, Phase};
use crate::history::{End, Reading, Told};
use crate::readback;

/// A reader of all rooms.
#[derive(Debug)]
pub(super) struct Reader {
    client: Client,
    ground: Arc<Ground>,
    phase: watch::Receiver<Phase>,
    /// In the order of the rooms.
    readings: Vec<Reading>,
    positions: Vec<u64>,
}

impl Reader {
    /// A reader who begins where the rooms are now.
    pub(super) async fn new(name: String, client: Client, ground: Arc<Ground>) -> Result<Self> {
        let (mut readings, mut positions) = (Vec::new(), Vec::new());
        for room in &ground.rooms {
            let head = client.room(room).await?.head;
            positions.push(head);
            readings.push(Reading {
                reader: name.clone(),
                room: Arc::clone(room),
                from: head,
                end: End::AtLeast(head),
                entries: Vec::new(),
            });
        }
        Ok(Self { client, phase: ground.phase(), ground, readings, positions })
    }

    /// Reads until it has come to the end of every room.
    pub(super) async fn run(mut self) -> Result<Vec<Reading>> {
        loop {
            self.ground.until_up().await;
            let options = Options { resume: self.resume(), ..Options::default() };
            match Connection::open(&self.client, options).await {
                Ok(connection) => {
                    let (_sender, mut events) = connection.split();
                    if self.read_until_cut(&mut events).await {
                        return Ok(self.readings);
                    }
                }
                Err(_gone) => self.ground.pause().await,
            }
        }
    }

    fn resume(&self) -> Vec<ResumePosition> {
        let positions = self.ground.rooms.iter().zip(&self.positions);
        let position = |(room, seq): (&Arc<str>, &u64)| ResumePosition {
            room: room.to_string(),
            seq: *seq,
            epoch: None,
        };
        positions.map(position).collect()
    }

    /// True if it came to the end.
    async fn read_until_cut(&mut self, events: &mut Events) -> bool {
        while !self.is_at_the_end() {
            let frame = tokio::select! {
                frame = events.next() => frame,
                _ = self.phase.changed() => continue,
            };
            let Some(frame) = frame else { return false };
            let told = Told::of(frame, &self.ground.facts);
            if !self.note(told).await {
                return false;
            }
        }
        true
    }

    /// True once the run has told where the rooms end, and everything up to there was read.
    fn is_at_the_end(&mut self) -> bool {
        let Phase::Finish(heads) = &*self.phase.borrow_and_update() else {
            return false;
        };
        for (reading, head) in self.readings.iter_mut().zip(heads) {
            reading.end = End::AtLeast(*head);
        }
        self.positions.iter().zip(heads).all(|(position, head)| position >= head)
    }

    /// False if the connection was lost.
    async fn note(&mut self, told: Told) -> bool {
        let (index, entry) = match told {
            Told::Entry(room, entry) => (self.index(&room), Some(entry)),
            Told::Reset(room, head) => {
                let index = self.index(&room);
                let from = index.map_or(head, |index| self.positions[index]);
                let page = readback::catch_up(&self.client, &room, from, head, &self.ground.facts).await;
                (index, page.ok())
            }
            Told::Joined(_) | Told::Left(_) | Told::Nothing => return true,
        };
        match (index, entry) {
            (Some(index), Some(entry)) => {
                self.positions[index] = entry.position();
                self.readings[index].entries.push(entry);
                true
            }
            (None, _) => true,
            (_, None) => false,
        }
    }

    fn index(&self, room: &str) -> Option<usize> {
        self.ground.rooms.iter().position(|known| &**known == room)
    }
}
