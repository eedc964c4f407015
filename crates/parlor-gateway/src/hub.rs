//! Brings what happened to the connections that may know of it. One hub a node.
//!
//! The bus may lose, repeat and reorder; each room's [`Feed`] puts that right, and asks the store for what is missing.
//! A shard is not handed events: it is told once that a room moved on, and looks; a connection reads at its own cursor.
//!
//! **Lock order**: `feeds`, then a feed's state, then a mailbox. `registry` and `pages` are taken with nothing else held
//! and let go before anything else is taken; so is presence, except that it leaves things in mailboxes. No lock is held
//! across an await.

pub(crate) mod feed;
pub(crate) mod log;
pub(crate) mod pages;
mod registered;
mod registry;
mod repair;
pub(crate) mod ring;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_core::bus::{Delivery, Notice, Subscription as Listener};
use parlor_model::{Change, RoomEvent, RoomId, Seq, UserId};
use parlor_protocol::CloseCode;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::MissedTickBehavior;

use crate::metrics::Metrics;
use crate::options::Options;
use crate::presence::Presence;
use crate::shard::ConnectionId;
use crate::shard::mailbox::{Letter, Mailbox, Note};
use feed::{Feed, Outcome};
use log::Log;
use pages::Pages;
pub(crate) use registered::Registered;
use registry::Registry;
use ring::Ring;

/// How many events are taken before other tasks have their turn: a fraction of a millisecond.
const EVENTS_A_TURN: usize = 64;

/// Brings what happened to the connections.
pub(crate) struct Hub {
    feeds: Mutex<HashMap<RoomId, Arc<Feed>>>,
    registry: Mutex<Registry>,
    pub(crate) presence: Arc<Presence>,
    log: Arc<dyn Log>,
    reads: Semaphore,
    pages: Pages,
    /// Where the shards take what is left for them.
    mailboxes: Box<[Arc<Mailbox>]>,
    runtime: Handle,
    /// How many sessions have ended. A connection that authenticated before one did authenticates again.
    endings: AtomicU64,
    options: Options,
    metrics: Metrics,
}

impl Hub {
    /// A hub that follows nothing yet. Must be called within a tokio runtime, which it uses to read the store.
    pub(crate) fn new(
        log: Arc<dyn Log>,
        mailboxes: Vec<Arc<Mailbox>>,
        options: Options,
        metrics: Metrics,
    ) -> Self {
        Self {
            feeds: Mutex::default(),
            registry: Mutex::default(),
            presence: Arc::new(Presence::new(mailboxes.clone())),
            mailboxes: mailboxes.into(),
            runtime: Handle::current(),
            pages: Pages::default(),
            log,
            reads: Semaphore::new(options.max_reads),
            endings: AtomicU64::new(0),
            options,
            metrics,
        }
    }

    /// Takes what the bus brings until it is closed, and tells presence from time to time.
    ///
    /// Presence is told only when the bus has nothing more at the moment: a member who was removed must have lost the
    /// room here before others of it are spoken of.
    pub(crate) async fn listen(self: Arc<Self>, mut listener: Listener) {
        let mut presence = tokio::time::interval(self.options.presence_every);
        presence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let delivery = tokio::select! {
                biased;
                delivery = listener.next() => delivery,
                _ = presence.tick() => {
                    self.presence.tick();
                    continue;
                }
            };
            match delivery {
                Delivery::Notice(notice) => self.take(notice).await,
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

    /// Takes a notice. Others on this thread get their turn in between: under load there is always a next one, and
    /// the runtime never takes a thread away.
    pub(crate) async fn take(self: &Arc<Self>, notice: Notice) {
        match notice {
            Notice::Rooms(events) => {
                for some in events.chunks(EVENTS_A_TURN) {
                    for event in some {
                        self.take_event(event);
                    }
                    tokio::task::yield_now().await;
                }
            }
            Notice::SessionEnded(session) => {
                self.endings.fetch_add(1, Ordering::AcqRel);
                let connections = self.registry().of_session(session);
                self.note(connections, &Note::End(CloseCode::SessionEnded));
            }
            Notice::Read { user, room, seq } => {
                let connections = self.registry().of_user(user);
                self.note(connections, &Note::Read(room, seq));
            }
        }
    }

    /// How many sessions have ended since the hub began.
    pub(crate) fn endings(&self) -> u64 {
        self.endings.load(Ordering::Acquire)
    }

    /// Tells every connection to end.
    pub(crate) fn end_all(&self, code: CloseCode) {
        self.note_everybody(&Note::End(code));
    }

    /// Leaves a letter for a connection with its shard.
    pub(crate) fn post(&self, connection: ConnectionId, letter: Letter) {
        if let Some(mailbox) = self.mailboxes.get(connection.shard()) {
            mailbox.post(letter);
        }
    }

    /// A shard begins to follow a room that is known to have come as far as `head`.
    pub(crate) fn attend(self: &Arc<Self>, shard: usize, room: RoomId, head: Seq) -> Arc<Feed> {
        let mut began = false;
        let feed = {
            let mut feeds = self.feeds();
            let feed = Arc::clone(feeds.entry(room).or_insert_with(|| {
                began = true;
                let options = &self.options;
                let ring = Ring::new(options.ring_frames, options.ring_bytes);
                Arc::new(Feed::new(room, head, ring, self.mailboxes.len()))
            }));
            // Under the lock of the map, so that the last one to go can't take the feed away in between.
            feed.attend(shard, true);
            feed
        };
        if began {
            let hub = Arc::clone(self);
            self.runtime.spawn(async move { hub.compare(vec![room]).await });
        }
        feed
    }

    /// A shard has nobody left who follows a room.
    pub(crate) fn abandon(&self, shard: usize, feed: &Feed) {
        let mut feeds = self.feeds();
        if !feed.attend(shard, false) {
            feeds.remove(&feed.room);
        }
    }

    /// A turn at reading the store on behalf of a connection that catches up.
    pub(crate) async fn read_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.reads.acquire().await.ok()
    }

    /// Takes one event.
    pub(crate) fn take_event(self: &Arc<Self>, event: &RoomEvent) {
        if let Change::MemberUpdated(_, user) = &event.change {
            let connections = self.registry().of_user(user.id);
            self.note(connections, &Note::Profile(Arc::new(user.clone())));
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
            let outcome = feed.offer(crate::encode::event(event, self.log.renderings()));
            self.settle(&feed, outcome);
        }
    }

    /// Does what follows from a change of a feed, after its lock is released.
    fn settle(self: &Arc<Self>, feed: &Arc<Feed>, outcome: Outcome) {
        if outcome.advanced > 0 {
            for shard in feed.to_tell() {
                self.mailboxes[shard].post(Letter::Moved(Arc::clone(feed)));
            }
        }
        self.grant(feed.room, outcome.granted);
        if outcome.gap {
            self.repair(feed);
        }
    }

    /// Tells users that they are in a room now.
    fn grant(&self, room: RoomId, granted: impl IntoIterator<Item = (UserId, Seq)>) {
        for (user, seq) in granted {
            let connections = self.registry().of_user(user);
            self.note(connections, &Note::Joined(room, seq));
        }
    }

    fn note(&self, connections: Vec<ConnectionId>, note: &Note) {
        for connection in connections {
            self.post(connection, Letter::Note(connection, note.clone()));
        }
    }

    fn note_everybody(&self, note: &Note) {
        self.mailboxes.iter().for_each(|mailbox| mailbox.post(Letter::Everybody(note.clone())));
    }

    /// Something may have been lost: every connection makes sure of its session and its rooms.
    fn end_doubt(&self) {
        self.endings.fetch_add(1, Ordering::AcqRel);
        self.note_everybody(&Note::Recheck);
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Feed>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
