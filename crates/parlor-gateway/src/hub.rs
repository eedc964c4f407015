//! Brings what happened to the connections that may know of it. One hub a node.
//!
//! The bus may lose, repeat and reorder; each room's [`Feed`] puts that right, and asks the store for what is missing.
//! A connection is not handed events: it is woken, and reads the room's ring at its own cursor.
//!
//! **Lock order**: `feeds`, then a feed's state, then an inbox. `registry` is taken with nothing else held and let go
//! before anything else is taken; so is presence, except that it leaves things in inboxes. No lock is held across an
//! await.

pub(crate) mod feed;
pub(crate) mod inbox;
pub(crate) mod log;
mod registry;
mod repair;
pub(crate) mod ring;
mod subscribe;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_core::bus::{Delivery, Notice, Subscription as Listener};
use parlor_model::{Change, RoomEvent, RoomId, Seq, UserId};
use parlor_protocol::CloseCode;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::metrics::Metrics;
use crate::options::Options;
use crate::presence::Presence;
use feed::{Feed, Outcome};
use inbox::Inbox;
use log::Log;
use registry::Registry;
pub(crate) use subscribe::{Connection, Follow};

/// Names a connection within this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// Brings what happened to the connections.
pub(crate) struct Hub {
    feeds: Mutex<HashMap<RoomId, Arc<Feed>>>,
    registry: Mutex<Registry>,
    pub(crate) presence: Arc<Presence>,
    log: Arc<dyn Log>,
    reads: Semaphore,
    next_connection: AtomicU64,
    /// How many sessions have ended. A connection that authenticated before one did authenticates again.
    endings: AtomicU64,
    options: Options,
    metrics: Metrics,
}

impl Hub {
    /// A hub that follows nothing yet.
    pub(crate) fn new(log: Arc<dyn Log>, options: Options, metrics: Metrics) -> Self {
        Self {
            feeds: Mutex::default(),
            registry: Mutex::default(),
            presence: Arc::default(),
            log,
            reads: Semaphore::new(options.max_reads),
            next_connection: AtomicU64::new(0),
            endings: AtomicU64::new(0),
            options,
            metrics,
        }
    }

    /// Takes what the bus brings until it is closed.
    pub(crate) async fn listen(self: Arc<Self>, mut listener: Listener) {
        loop {
            match listener.next().await {
                Delivery::Notice(notice) => self.take(notice),
                Delivery::Lagged => {
                    self.metrics.lags.inc();
                    self.end_doubt();
                    self.compare_heads().await;
                }
                Delivery::Closed => return,
            }
        }
    }

    /// Compares heads with the store from time to time: a bus may lose the newest change of a room, after which nothing
    /// else shows that something is missing.
    pub(crate) async fn watch_heads(self: Arc<Self>) {
        loop {
            tokio::time::sleep(self.options.heads_every).await;
            self.compare_heads().await;
        }
    }

    /// Tells presence from time to time.
    pub(crate) async fn tell_presence(self: Arc<Self>) {
        loop {
            tokio::time::sleep(self.options.presence_every).await;
            self.presence.tick();
        }
    }

    /// Takes a notice.
    pub(crate) fn take(self: &Arc<Self>, notice: Notice) {
        match notice {
            Notice::Room(event) => self.take_event(&event),
            Notice::SessionEnded(session) => {
                self.endings.fetch_add(1, Ordering::AcqRel);
                let inboxes = self.registry().of_session(session);
                for inbox in inboxes {
                    inbox.leave(|waiting| waiting.note_end(CloseCode::SessionEnded));
                }
            }
        }
    }

    /// How many sessions have ended since the hub began.
    pub(crate) fn endings(&self) -> u64 {
        self.endings.load(Ordering::Acquire)
    }

    /// Tells every connection to end.
    pub(crate) fn end_all(&self, code: CloseCode) {
        let inboxes = self.registry().all();
        for inbox in inboxes {
            inbox.leave(|waiting| waiting.note_end(code));
        }
    }

    /// A turn at reading the store on behalf of a connection that catches up.
    pub(crate) async fn read_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.reads.acquire().await.ok()
    }

    fn take_event(self: &Arc<Self>, event: &RoomEvent) {
        if let Change::MemberUpdated(_, user) = &event.change {
            let inboxes = self.registry().of_user(user.id);
            for inbox in inboxes {
                inbox.leave(|waiting| waiting.profile = Some(user.clone()));
            }
        }
        let feed = self.feeds().get(&event.room).map(Arc::clone);
        let Some(feed) = feed else {
            // Nobody here is in the room; but somebody may just have come into it.
            self.grant(event.room, event.change.grants().map(|user| (user, event.seq)));
            return;
        };
        // Encoding is the costly part, so what is no news is not encoded; but a join is always told to who joined.
        if feed.wants(event.seq) || event.change.grants().is_some() {
            self.metrics.events.inc();
            let outcome = feed.offer(crate::encode::event(event));
            self.settle(&feed, outcome);
        }
    }

    /// Does what follows from a change of a feed, after its lock is released.
    fn settle(self: &Arc<Self>, feed: &Arc<Feed>, outcome: Outcome) {
        self.grant(feed.room, outcome.granted);
        if outcome.gap {
            self.repair(feed);
        }
    }

    /// Tells users that they are in a room now.
    fn grant(&self, room: RoomId, granted: impl IntoIterator<Item = (UserId, Seq)>) {
        for (user, seq) in granted {
            let inboxes = self.registry().of_user(user);
            for inbox in inboxes {
                inbox.leave(|waiting| waiting.note_joined(room, seq));
            }
        }
    }

    /// Something may have been lost: every connection makes sure of its session and its rooms.
    fn end_doubt(&self) {
        self.endings.fetch_add(1, Ordering::AcqRel);
        let inboxes = self.registry().all();
        for inbox in inboxes {
            inbox.leave(|waiting| waiting.recheck = true);
        }
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Feed>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new_connection(&self) -> (ConnectionId, Arc<Inbox>) {
        let id = self.next_connection.fetch_add(1, Ordering::Relaxed);
        (ConnectionId(id), Arc::default())
    }
}

#[cfg(test)]
mod tests;
