//! Pages of what was missed, read once for all who ask for the same at about the same time: when everybody comes back at
//! once, a room costs one read and one encoding.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use parlor_core::{ChangesPage, Renderings};
use parlor_model::{RoomId, Seq, UserId};

use super::Hub;
use crate::session::reads::Read;
use crate::shard::ConnectionId;
use crate::shard::mailbox::Letter;
use crate::wire::Payload;

/// How long a page is handed out. Short: it says what the room was when it was read.
const FRESH: Duration = Duration::from_secs(1);
/// How many bytes of pages are kept.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// How many changes are read at a time.
const PAGE: usize = 100;

/// What changed in a room after a place.
#[derive(Debug)]
pub(crate) struct Missed {
    /// The place after it. The same as before it if the store knows of nothing newer.
    pub(crate) to: Seq,
    /// How far the room has come.
    pub(crate) head: Seq,
    /// What goes over the wire.
    pub(crate) payload: Payload,
    /// Who left within it and has not come back. They must not see it.
    pub(crate) left: Box<[UserId]>,
}

/// The pages that were read or are being read.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pages: HashMap<(RoomId, Seq), Page>,
    bytes: usize,
}

#[derive(Debug)]
enum Page {
    /// Who waits for it.
    Awaited(Vec<ConnectionId>),
    Read(Arc<Missed>, Instant),
}

/// What to do about a page that somebody asks for.
pub(super) enum Asked {
    /// It is here.
    Here(Arc<Missed>),
    /// It is being read: the answer will come.
    Awaited,
    /// The caller must read it.
    Absent,
}

impl Pages {
    /// Asks for a page. Unless it is here, the answer goes to `who` once somebody has read it.
    pub(super) fn ask(&self, key: (RoomId, Seq), who: ConnectionId, now: Instant) -> Asked {
        let mut state = self.lock();
        match state.pages.get_mut(&key) {
            Some(Page::Read(page, since)) if now.saturating_duration_since(*since) < FRESH => {
                return Asked::Here(Arc::clone(page));
            }
            Some(Page::Awaited(waiting)) => {
                waiting.push(who);
                return Asked::Awaited;
            }
            _ => {}
        }
        state.forget(&key);
        state.pages.insert(key, Page::Awaited(vec![who]));
        Asked::Absent
    }

    /// Keeps a page that was read, or forgets one that could not be. Returns who waited for it.
    pub(super) fn put(
        &self,
        key: (RoomId, Seq),
        page: Option<&Arc<Missed>>,
        now: Instant,
    ) -> Vec<ConnectionId> {
        let mut state = self.lock();
        let waiting = state.forget(&key);
        if let Some(page) = page {
            state.make_room(page.payload.len(), now);
            state.bytes += page.payload.len();
            state.pages.insert(key, Page::Read(Arc::clone(page), now));
        }
        waiting
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, key: &(RoomId, Seq)) -> Vec<ConnectionId> {
        match self.pages.remove(key) {
            Some(Page::Awaited(waiting)) => waiting,
            Some(Page::Read(page, _)) => {
                self.bytes -= page.payload.len();
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Forgets what is old; and everything, if that is not enough.
    fn make_room(&mut self, bytes: usize, now: Instant) {
        for fresh in [FRESH, Duration::ZERO] {
            if self.bytes + bytes <= MAX_BYTES {
                return;
            }
            let old = self.pages.iter().filter_map(|(key, page)| match page {
                Page::Read(_, since) if now.saturating_duration_since(*since) >= fresh => Some(*key),
                _ => None,
            });
            for key in old.collect::<Vec<_>>() {
                self.forget(&key);
            }
        }
    }
}

impl Missed {
    /// Encodes what was read after `from`.
    fn new(room: RoomId, from: Seq, page: &ChangesPage, renderings: &Renderings) -> Self {
        let left = page.members.iter().filter(|(member, _)| !member.active).map(|(member, _)| member.user);
        Self {
            to: page.to,
            head: page.head,
            payload: crate::encode::page(room, from, page, renderings),
            left: left.collect(),
        }
    }
}

impl Hub {
    /// Reads what changed in a room after `from`, on behalf of `who`, which follows the room. The answer is a letter to
    /// it, without a page if the store could not be read.
    pub(crate) fn read_missed(self: &Arc<Self>, room: RoomId, from: Seq, who: ConnectionId, pause: Duration) {
        let key = (room, from);
        match self.pages.ask(key, who, Instant::now()) {
            Asked::Here(page) => self.tell_missed(key, who, Some(page)),
            Asked::Awaited => {}
            Asked::Absent => {
                let hub = Arc::clone(self);
                self.runtime.spawn(async move { hub.read_page(key, pause).await });
            }
        }
    }

    async fn read_page(&self, key: (RoomId, Seq), pause: Duration) {
        let (room, from) = key;
        // What was to no avail is tried again after a while.
        tokio::time::sleep(pause).await;
        self.metrics.ring_misses.inc();
        let page = {
            let _turn = self.read_turn().await;
            self.log.page(room, from, PAGE).await
        };
        let page = page.map(|page| Arc::new(Missed::new(room, from, &page, self.log.renderings())));
        let page = page.inspect_err(|error| tracing::warn!(%error, %room, "changes could not be read"));
        let page = page.ok();
        for who in self.pages.put(key, page.as_ref(), Instant::now()) {
            self.tell_missed(key, who, page.clone());
        }
    }

    fn tell_missed(&self, (room, from): (RoomId, Seq), who: ConnectionId, page: Option<Arc<Missed>>) {
        self.post(who, Letter::Read(who, Box::new(Read::Page { room, from, page })));
    }
}
