//! Tells those for whom rooms are not open how far they are, once a second: first every such connection learns which of
//! its rooms moved on, then each writes one frame about all of them. A share a turn, so that nobody waits for it.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::hearing::Phase;
use super::rooms::{Distance, Subscriber};
use super::{SLICE, Shard};
use crate::session::delivery::Desk;

/// How often it is told.
const EVERY: Duration = Duration::from_secs(1);

/// How far the telling has come.
pub(super) struct Round {
    /// When the next one may begin.
    next: Instant,
    /// Rooms that moved on, and whose followers have not learnt that yet.
    rooms: Vec<usize>,
    /// Connections that have something to tell, each once.
    connections: Vec<u32>,
}

impl Round {
    /// The first may begin at once.
    pub(super) fn new(now: Instant) -> Self {
        Self { next: now, rooms: Vec::new(), connections: Vec::new() }
    }

    /// How long the shard may sleep; `None` if nothing is to be told.
    pub(super) fn patience(&self, distance: &Distance, now: Instant) -> Option<Duration> {
        if self.is_under_way() || !distance.ended.is_empty() {
            return Some(Duration::ZERO);
        }
        let wanted = !distance.moved.is_empty() || !distance.closed.is_empty();
        wanted.then(|| self.next.saturating_duration_since(now))
    }

    fn is_under_way(&self) -> bool {
        !self.rooms.is_empty() || !self.connections.is_empty()
    }
}

impl Shard {
    /// Does a turn's share of the telling.
    pub(super) fn tell_heads(&mut self) {
        self.tell_ends();
        if !self.round.is_under_way() && !self.begin_round() {
            return;
        }
        let mut told = 0;
        while told < SLICE
            && let Some(room) = self.round.rooms.pop()
        {
            told += 1 + self.mark_followers(room);
        }
        if self.round.rooms.is_empty() {
            let first = self.round.connections.len().saturating_sub(SLICE);
            for slot in self.round.connections.split_off(first) {
                if let Some(Connection { phase: Phase::Open(session), .. }) =
                    self.connections.get_mut(slot as usize)
                {
                    session.delivery.heads_are_due();
                    self.mark(slot as usize);
                }
            }
        }
    }

    /// Begins a round if it is time and there is something to tell.
    fn begin_round(&mut self) -> bool {
        let now = Instant::now();
        let distance = &mut self.rooms.distance;
        if now < self.round.next || (distance.moved.is_empty() && distance.closed.is_empty()) {
            return false;
        }
        self.round.next = now + EVERY;
        self.round.rooms = std::mem::take(&mut distance.moved);
        for subscriber in std::mem::take(&mut distance.closed) {
            self.mark_head(subscriber);
        }
        true
    }

    /// Lets those for whom a room is not open know that it moved on. Returns how many they are.
    fn mark_followers(&mut self, room: usize) -> usize {
        let Some(local) = self.rooms.try_get_mut(room) else {
            return 0;
        };
        local.moved = false;
        let distant = std::mem::take(&mut local.distant);
        for subscriber in &distant {
            self.mark_head(*subscriber);
        }
        let count = distant.len();
        self.rooms.get_mut(room).distant = distant;
        count
    }

    fn mark_head(&mut self, subscriber: Subscriber) {
        let slot = subscriber.connection;
        if let Some(Connection { phase: Phase::Open(session), .. }) = self.connections.get_mut(slot as usize)
            && session.delivery.mark_head(subscriber.followed)
        {
            self.round.connections.push(slot);
        }
    }

    /// Tells those whose access to a room has ended while it was not open.
    fn tell_ends(&mut self) {
        for (room, place, ends) in std::mem::take(&mut self.rooms.distance.ended) {
            let local = self.rooms.number(room).and_then(|number| self.rooms.try_get_mut(number));
            let distant = local.map(|local| local.distant.clone()).unwrap_or_default();
            for subscriber in distant {
                let Some(connection) = self.connections.get_mut(subscriber.connection as usize) else {
                    continue;
                };
                if let Phase::Open(session) = &mut connection.phase
                    && ends.of(session.delivery.reader())
                {
                    let mut desk = Desk { rooms: &mut self.rooms, outgoing: &mut connection.outgoing };
                    session.lose(subscriber.followed, place, &mut desk);
                    self.mark(subscriber.connection as usize);
                }
            }
        }
    }
}
