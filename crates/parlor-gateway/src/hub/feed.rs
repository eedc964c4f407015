//! One room as the hub follows it: its head, its ring, what came too early, and which shards are interested. Pure state
//! under one lock: nothing here waits or asks the store.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_model::{RoomId, Seq, UserId};

use super::ring::{Ends, Entry, Ring, Said};
use crate::wire::Payload;

/// How many changes that came too early are held. What does not fit is read from the store.
const MAX_HELD: usize = 256;

/// A change, encoded.
#[derive(Debug, Clone)]
pub(crate) struct Encoded {
    /// Its place.
    pub(crate) seq: Seq,
    /// What goes over the wire.
    pub(crate) payload: Arc<Payload>,
    /// Whose access begins with it.
    pub(crate) grants: Option<UserId>,
    /// Whose access ends with it.
    pub(crate) revokes: Option<UserId>,
    /// What was said in it.
    pub(crate) said: Said,
}

/// What was missed, from the store, as one frame.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The place before it.
    pub(crate) from: Seq,
    /// The place after it.
    pub(crate) to: Seq,
    /// What goes over the wire.
    pub(crate) payload: Arc<Payload>,
    /// What was said in it.
    pub(crate) said: Said,
    /// Who joined in it and is still there, and where.
    pub(crate) joined: Vec<(UserId, Seq)>,
    /// Who left in it.
    pub(crate) left: Box<[UserId]>,
}

/// What became of a change or page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Whose access began, and at which place.
    pub(crate) granted: Vec<(UserId, Seq)>,
    /// How many places readers can now move on.
    pub(crate) advanced: u64,
    /// True if something is missing that only the store has.
    pub(crate) gap: bool,
}

/// One room as the hub follows it.
#[derive(Debug)]
pub(crate) struct Feed {
    /// Which room.
    pub(crate) room: RoomId,
    /// What each shard knows of it.
    shards: Box<[AtomicU8]>,
    state: Mutex<State>,
}

/// A shard has no connection that follows the room.
const AWAY: u8 = 0;
/// A shard has seen, or is about to see, all that there is.
const UP_TO_DATE: u8 = 1;
/// A shard has been told that there is more, and has not looked yet.
const TOLD: u8 = 2;

/// What a shard gets when it looks.
#[derive(Debug)]
pub(crate) struct News {
    /// Where the feed is.
    pub(crate) head: Seq,
    /// What leads there; `None` if some of it is not here any more.
    pub(crate) entries: Option<Vec<Entry>>,
}

#[derive(Debug)]
struct State {
    /// Everything up to here is in the ring or was before it.
    head: Seq,
    /// The room is known to have come this far.
    target: Seq,
    ring: Ring,
    /// Changes that came before their predecessors.
    held: BTreeMap<Seq, Encoded>,
    /// True while a task fetches what is missing.
    repairing: bool,
}

impl Feed {
    /// A feed that goes on after `head`, for so many shards.
    pub(crate) fn new(room: RoomId, head: Seq, ring: Ring, shards: usize) -> Self {
        let state = State { head, target: head, ring, held: BTreeMap::new(), repairing: false };
        let shards = (0..shards).map(|_| AtomicU8::new(AWAY)).collect();
        Self { room, shards, state: Mutex::new(state) }
    }

    /// Where it is.
    #[cfg(test)]
    pub(crate) fn head(&self) -> Seq {
        self.lock().head
    }

    /// True if a change at `seq` would be news. Asked before the work of encoding it.
    pub(crate) fn wants(&self, seq: Seq) -> bool {
        let state = self.lock();
        seq > state.head && !state.held.contains_key(&seq)
    }

    /// Takes a change. What was seen already is dropped, what comes too early is held, all else goes out.
    pub(crate) fn offer(&self, change: Encoded) -> Outcome {
        let mut state = self.lock();
        let mut outcome = Outcome::default();
        state.target = state.target.max(change.seq);
        if change.seq == state.head + 1 {
            state.append(change, &mut outcome);
            state.release(&mut outcome);
        } else if change.seq > state.head {
            state.hold(change);
        } else if let Some(user) = change.grants {
            // The feed may have begun after this place without telling the user who joined there.
            outcome.granted.push((user, change.seq));
        }
        outcome.gap = state.behind();
        outcome
    }

    /// Takes what the store has. A page that does not continue the feed is dropped: something else came in between.
    pub(crate) fn fill(&self, page: Page) -> Outcome {
        let mut state = self.lock();
        let mut outcome = Outcome::default();
        if page.from == state.head && page.to > page.from {
            outcome.advanced = page.to - page.from;
            outcome.granted.extend(page.joined);
            state.head = page.to;
            state.ring.push(Entry {
                from: page.from,
                to: page.to,
                payload: page.payload,
                ends: Ends::Within(page.left),
                said: page.said,
            });
            state.release(&mut outcome);
        }
        outcome.gap = state.behind();
        outcome
    }

    /// Gives up on following and goes on at `head`: readers continue from the store.
    pub(crate) fn skip_to(&self, head: Seq) -> Outcome {
        let mut state = self.lock();
        let mut outcome = Outcome::default();
        if head > state.head {
            state.head = head;
            state.target = state.target.max(head);
            state.ring.clear();
            outcome.advanced = 1;
            state.release(&mut outcome);
        }
        outcome.gap = state.behind();
        outcome
    }

    /// Notes that the room has come as far as `head`. True if something is missing here.
    pub(crate) fn note_head(&self, head: Seq) -> bool {
        let mut state = self.lock();
        state.target = state.target.max(head);
        state.behind()
    }

    /// True if the caller shall repair: something is missing and nobody is at it.
    pub(crate) fn begin_repair(&self) -> bool {
        let mut state = self.lock();
        let begin = state.behind() && !state.repairing;
        state.repairing |= begin;
        begin
    }

    /// The place from which the repair must go on; `None`, and the repair is over, if nothing is missing.
    pub(crate) fn repair_from(&self) -> Option<Seq> {
        let mut state = self.lock();
        if state.behind() {
            return Some(state.head);
        }
        state.repairing = false;
        None
    }

    /// Ends a repair that could not be finished. Another one may begin.
    pub(crate) fn abandon_repair(&self) {
        self.lock().repairing = false;
    }

    /// A shard has a connection that follows the room, or none any more. Called under the lock of the map of feeds, so
    /// that the feed can't go in between. True if some shard still has one.
    pub(crate) fn attend(&self, shard: usize, attends: bool) -> bool {
        if let Some(state) = self.shards.get(shard) {
            state.store(if attends { UP_TO_DATE } else { AWAY }, Ordering::SeqCst);
        }
        self.shards.iter().any(|state| state.load(Ordering::SeqCst) != AWAY)
    }

    /// The shards that have to be told that there is more: those that follow the room and have looked since they were
    /// told last. Calling this is promising to tell them.
    pub(crate) fn to_tell(&self) -> impl Iterator<Item = usize> {
        self.shards.iter().enumerate().filter_map(|(shard, state)| {
            let told = state.compare_exchange(UP_TO_DATE, TOLD, Ordering::SeqCst, Ordering::SeqCst);
            told.is_ok().then_some(shard)
        })
    }

    /// Where it is, and the newest entries that lead there.
    pub(crate) fn copy(&self) -> (Seq, Ring) {
        let state = self.lock();
        (state.head, state.ring.clone())
    }

    /// What came after `cursor`. What comes from now on will be told to the shard again.
    pub(crate) fn look(&self, shard: usize, cursor: Seq) -> News {
        if let Some(state) = self.shards.get(shard) {
            // A shard that has gone away in the meantime stays away.
            let _ = state.compare_exchange(TOLD, UP_TO_DATE, Ordering::SeqCst, Ordering::SeqCst);
        }
        let state = self.lock();
        let entries = state.ring.since(cursor).map(|entries| entries.cloned().collect::<Vec<_>>());
        let complete = |entries: &Vec<Entry>| entries.last().map_or(cursor, |entry| entry.to) >= state.head;
        News { head: state.head, entries: entries.filter(complete) }
    }

    /// How many bytes the ring and what is held take.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        let state = self.lock();
        let held: usize = state.held.values().map(|change| change.payload.len()).sum();
        state.ring.bytes() + held
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn behind(&self) -> bool {
        self.target > self.head
    }

    fn append(&mut self, change: Encoded, outcome: &mut Outcome) {
        outcome.granted.extend(change.grants.map(|user| (user, change.seq)));
        outcome.advanced += 1;
        self.ring.push(Entry {
            from: self.head,
            to: change.seq,
            payload: change.payload,
            ends: change.revokes.map_or(Ends::Nobody, Ends::At),
            said: change.said,
        });
        self.head = change.seq;
    }

    /// Keeps a change for later. If there are too many, the furthest goes: it is the last to be needed.
    fn hold(&mut self, change: Encoded) {
        self.held.entry(change.seq).or_insert(change);
        if self.held.len() > MAX_HELD {
            self.held.pop_last();
        }
    }

    /// Lets go of what was held and now has its predecessors.
    fn release(&mut self, outcome: &mut Outcome) {
        while let Some(first) = self.held.first_entry() {
            if *first.key() > self.head + 1 {
                break;
            }
            let change = first.remove();
            if change.seq == self.head + 1 {
                self.append(change, outcome);
            }
        }
    }
}

#[cfg(test)]
mod tests;
