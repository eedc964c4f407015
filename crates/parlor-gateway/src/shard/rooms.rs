//! The rooms that connections of a shard follow: each with its own copy of the newest entries, so that a connection
//! reads without a lock, and with who follows it.

use std::collections::HashMap;
use std::sync::Arc;

use parlor_model::{RoomId, Seq, UserId};
use slab::Slab;

use crate::hub::Hub;
use crate::hub::feed::Feed;
use crate::hub::ring::{Ends, Ring, Said};

/// The rooms of a shard.
pub(crate) struct Rooms {
    shard: usize,
    hub: Arc<Hub>,
    by_id: HashMap<RoomId, usize>,
    all: Slab<LocalRoom>,
    /// What is to be told to those for whom rooms are not open.
    pub(super) distance: Distance,
}

/// What happened that concerns those for whom rooms are not open.
#[derive(Default)]
pub(super) struct Distance {
    /// Rooms that moved on since the last time.
    pub(super) moved: Vec<usize>,
    /// Those who closed a room that had moved on.
    pub(super) closed: Vec<Subscriber>,
    /// Whose access to a room has ended, and at which place.
    pub(super) ended: Vec<(RoomId, Seq, Ends)>,
}

/// A room that somebody in this shard follows.
pub(crate) struct LocalRoom {
    pub(crate) feed: Arc<Feed>,
    /// Up to here its entries have been seen here.
    pub(crate) head: Seq,
    pub(crate) ring: Ring,
    /// What was said in it since this shard follows it, as far as that was seen here.
    pub(crate) said: Said,
    /// Those to whom its events go.
    pub(super) subscribers: Vec<Subscriber>,
    /// Those for whom it is not open: they are told from time to time how far it is.
    pub(super) distant: Vec<Subscriber>,
    /// True if it moved on since those were told last.
    pub(super) moved: bool,
    /// How far the shard has come in telling subscribers that there is more, while it is at it.
    pub(super) sweep: Option<usize>,
}

/// A connection that follows a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subscriber {
    /// The connection's slot.
    pub(crate) connection: u32,
    /// The room's number within the connection.
    pub(crate) followed: u32,
}

impl LocalRoom {
    fn unsubscribe(&mut self, subscriber: Subscriber) {
        let Some(place) = self.subscribers.iter().position(|other| *other == subscriber) else {
            debug_assert!(false, "who does not follow a room can't stop");
            return;
        };
        match self.sweep {
            Some(told) if place < told => {
                // Those already told stay before those that are not: the last that was told takes the free place.
                self.subscribers.swap(place, told - 1);
                self.subscribers.swap_remove(told - 1);
                self.sweep = Some(told - 1);
            }
            _ => {
                self.subscribers.swap_remove(place);
            }
        }
    }
}

impl Rooms {
    /// No rooms yet.
    pub(crate) fn new(shard: usize, hub: Arc<Hub>) -> Self {
        Self { shard, hub, by_id: HashMap::new(), all: Slab::new(), distance: Distance::default() }
    }

    /// The number of a room that is followed here.
    pub(crate) fn number(&self, room: RoomId) -> Option<usize> {
        self.by_id.get(&room).copied()
    }

    /// The room of that number, which must be followed.
    pub(crate) fn get(&self, number: usize) -> &LocalRoom {
        &self.all[number]
    }

    /// The room of that number, if it is followed still.
    pub(super) fn try_get_mut(&mut self, number: usize) -> Option<&mut LocalRoom> {
        self.all.get_mut(number)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> &mut LocalRoom {
        &mut self.all[number]
    }

    /// Follows a room that is known to have come as far as `head`. Returns its number.
    ///
    /// It does not matter that something happened between the reading of the head and this: whatever follows a
    /// connection's cursor is in the ring or in the store, and a feed that begins here is compared with the store once
    /// it is there.
    pub(crate) fn follow(&mut self, room: RoomId, head: Seq, subscriber: Subscriber, user: UserId) -> usize {
        self.hub.presence.enter(room, user);
        let number = self.number(room).unwrap_or_else(|| self.begin(room, head));
        let local = &mut self.all[number];
        local.subscribers.push(subscriber);
        if head > local.head && local.feed.note_head(head) {
            self.hub.repair(&local.feed);
        }
        number
    }

    /// Follows a room no more. Returns which one it was.
    pub(crate) fn unfollow(&mut self, number: usize, subscriber: Subscriber, user: UserId) -> RoomId {
        let local = &mut self.all[number];
        let room = local.feed.room;
        self.hub.presence.leave(room, user);
        if !remove(&mut local.distant, subscriber) {
            local.unsubscribe(subscriber);
        }
        if local.subscribers.is_empty() && local.distant.is_empty() {
            let local = self.all.remove(number);
            self.by_id.remove(&local.feed.room);
            self.hub.abandon(self.shard, &local.feed);
        }
        room
    }

    /// Tells a follower no more of a room's events, but from time to time how far it is. It knows of everything up to
    /// `cursor`. False if it can't be said here whether its access ended after that.
    pub(crate) fn close(&mut self, number: usize, subscriber: Subscriber, cursor: Seq) -> bool {
        let local = &mut self.all[number];
        local.unsubscribe(subscriber);
        local.distant.push(subscriber);
        if local.head <= cursor {
            return true;
        }
        self.distance.closed.push(subscriber);
        let Some(entries) = local.ring.since(cursor) else {
            return false;
        };
        let room = local.feed.room;
        let ends = entries.filter(|entry| entry.ends != Ends::Nobody);
        self.distance.ended.extend(ends.map(|entry| (room, entry.to, entry.ends.clone())));
        true
    }

    /// Tells a follower a room's events again.
    pub(crate) fn open(&mut self, number: usize, subscriber: Subscriber) {
        let local = &mut self.all[number];
        if remove(&mut local.distant, subscriber) {
            local.subscribers.push(subscriber);
        }
    }

    /// Takes what is new in a room. Returns its number if there was anything.
    pub(crate) fn look(&mut self, feed: &Arc<Feed>) -> Option<usize> {
        let number = self.number(feed.room)?;
        let local = &mut self.all[number];
        if !Arc::ptr_eq(&local.feed, feed) {
            return None;
        }
        let news = feed.look(self.shard, local.head);
        if news.head <= local.head {
            return None;
        }
        local.head = news.head;
        match news.entries {
            Some(entries) => {
                for entry in entries {
                    local.said.add(entry.said);
                    if entry.ends != Ends::Nobody && !local.distant.is_empty() {
                        self.distance.ended.push((feed.room, entry.to, entry.ends.clone()));
                    }
                    local.ring.push(entry);
                }
            }
            None => local.ring.clear(),
        }
        if !local.distant.is_empty() && !std::mem::replace(&mut local.moved, true) {
            self.distance.moved.push(number);
        }
        Some(number)
    }

    fn begin(&mut self, room: RoomId, head: Seq) -> usize {
        let feed = self.hub.attend(self.shard, room, head);
        let (head, ring) = feed.copy();
        let local = LocalRoom {
            feed,
            head,
            ring,
            said: Said::default(),
            subscribers: Vec::new(),
            distant: Vec::new(),
            moved: false,
            sweep: None,
        };
        let number = self.all.insert(local);
        self.by_id.insert(room, number);
        number
    }
}

fn remove(subscribers: &mut Vec<Subscriber>, subscriber: Subscriber) -> bool {
    let place = subscribers.iter().position(|other| *other == subscriber);
    place.map(|place| subscribers.swap_remove(place)).is_some()
}
