//! What is done about connections when nothing comes from them: pings, checks, and the ends of those that are late.

use std::time::{Duration, Instant};

use parlor_protocol::CloseCode;

use super::Shard;
use super::connection::Connection;
use super::hearing::Phase;
use crate::codec::Frame;
use crate::session::Due;

impl Shard {
    /// Makes sure that the wheel comes to a connection in time.
    pub(super) fn schedule(&mut self, slot: usize) {
        if let Some(connection) = self.connections.get_mut(slot)
            && let Some(due) = connection.due()
            && due < connection.scheduled
        {
            connection.schedule = connection.schedule.wrapping_add(1);
            connection.scheduled = due;
            self.wheel.add((connection.id, connection.schedule), due);
        }
    }

    /// Looks after those whose time has come.
    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        let mut due = Vec::new();
        self.wheel.turn(now, &mut due);
        for (id, schedule) in due {
            let slot = id.slot as usize;
            let counts =
                |connection: &&mut Connection| connection.id == id && connection.schedule == schedule;
            let Some(connection) = self.connections.get_mut(slot).filter(counts) else {
                continue;
            };
            let late = connection.due().is_some_and(|due| due <= now);
            // Far away, for one that is being opened: it is put forward when it has been.
            connection.scheduled = now + Duration::from_hours(1);
            if late {
                self.is_due(slot, now);
            }
            if let Some(connection) = self.connections.get_mut(slot) {
                connection.scheduled = connection.due().unwrap_or(connection.scheduled).max(now);
                self.wheel.add((connection.id, connection.schedule), connection.scheduled);
            }
        }
    }

    fn is_due(&mut self, slot: usize, now: Instant) {
        let Some(connection) = self.connections.get_mut(slot) else {
            return;
        };
        match &mut connection.phase {
            Phase::Greeting(_) => {
                let frame = self.goodbye(CloseCode::HelloTimeout);
                self.close(slot, frame, true);
            }
            Phase::Opening(_) => {}
            Phase::Open(session) => {
                if let Due::Ping = session.tick(now) {
                    connection.outgoing.push(Frame::ping(&[]));
                }
                self.mark(slot);
            }
            Phase::Closing { .. } => self.remove(slot),
        }
    }
}
