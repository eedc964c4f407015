//! What the hub leaves for one connection: which rooms have something new, and what else it must know. Its size is
//! bounded by the number of rooms and of the watched room's members, never by the number of messages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_model::{RoomId, Seq, User};
use parlor_protocol::CloseCode;
use tokio::sync::Notify;

use crate::presence::PendingPresence;

/// What waits for a connection.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Rooms with something new.
    pub(crate) dirty: Vec<RoomId>,
    /// Rooms that the user joined, and the newest place at which they did.
    pub(crate) joined: BTreeMap<RoomId, Seq>,
    /// Who came and went in the watched room.
    pub(crate) presence: Option<PendingPresence>,
    /// The user, if they changed.
    pub(crate) profile: Option<User>,
    /// True if the hub lost track: sessions and memberships must be compared with the store.
    pub(crate) recheck: bool,
    /// Why the connection must end.
    pub(crate) end: Option<CloseCode>,
}

/// Where the hub leaves things for one connection.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

/// A connection's interest in a room.
#[derive(Debug)]
pub(crate) struct Subscription {
    room: RoomId,
    inbox: Arc<Inbox>,
    dirty: AtomicBool,
}

impl Inbox {
    /// Changes what waits, and wakes the connection.
    pub(crate) fn leave(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.lock());
        self.arrived.notify_one();
    }

    /// Takes what waits, but for presence, which gathers here until there is room for it.
    pub(crate) fn take(&self) -> Waiting {
        let mut waiting = self.lock();
        let presence = waiting.presence.take();
        let taken = std::mem::take(&mut *waiting);
        waiting.presence = presence;
        taken
    }

    /// Takes news of presence, unless the room has something else that must go out before it: because it waits here, or
    /// because `held` says so.
    pub(crate) fn take_presence(&self, held: impl FnOnce(RoomId) -> bool) -> Option<PendingPresence> {
        let mut waiting = self.lock();
        let presence = waiting.presence.take()?;
        let room = presence.room();
        if waiting.dirty.contains(&room) || held(room) {
            waiting.presence = Some(presence);
            return None;
        }
        Some(presence)
    }

    /// Waits until something was left since the last wait. May be dropped and called again.
    pub(crate) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Notes that the user joined a room.
    pub(crate) fn note_joined(&mut self, room: RoomId, seq: Seq) {
        let newest = self.joined.entry(room).or_default();
        *newest = seq.max(*newest);
    }

    /// Notes why the connection must end. The first reason stays.
    pub(crate) fn note_end(&mut self, code: CloseCode) {
        self.end.get_or_insert(code);
    }
}

impl Subscription {
    /// The interest of the connection that reads `inbox`.
    pub(crate) fn new(room: RoomId, inbox: Arc<Inbox>) -> Self {
        Self { room, inbox, dirty: AtomicBool::new(false) }
    }

    /// Says that the room has something new. Until the connection looks, saying it again costs nothing.
    pub(crate) fn mark(&self) {
        if !self.dirty.swap(true, Ordering::AcqRel) {
            self.inbox.leave(|waiting| waiting.dirty.push(self.room));
        }
    }

    /// Must be called before the connection looks into the room: what comes from then on marks it again.
    pub(crate) fn clear(&self) {
        self.dirty.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_room_waits_once_however_much_happens_in_it() {
        let inbox = Arc::new(Inbox::default());
        let room = RoomId::from_bytes([1; 16]);
        let subscription = Subscription::new(room, Arc::clone(&inbox));
        (0..1_000).for_each(|_| subscription.mark());
        inbox.arrived().await;
        assert_eq!(inbox.take().dirty, [room]);
        subscription.mark();
        assert!(inbox.take().dirty.is_empty(), "not looked at yet");
        subscription.clear();
        subscription.mark();
        assert_eq!(inbox.take().dirty, [room]);
    }

    #[test]
    fn the_newest_join_and_the_first_end_stay() {
        let mut waiting = Waiting::default();
        let room = RoomId::from_bytes([1; 16]);
        for seq in [3, 7, 5] {
            waiting.note_joined(room, seq);
        }
        assert_eq!(waiting.joined.get(&room), Some(&7));
        waiting.note_end(CloseCode::SessionEnded);
        waiting.note_end(CloseCode::GoingAway);
        assert_eq!(waiting.end, Some(CloseCode::SessionEnded));
    }
}
