//! Connections and the rooms that they follow. Both end by being dropped, so that nothing is left behind however a
//! session ends.

use std::sync::Arc;

use parlor_model::{RoomId, Seq, SessionId, UserId};

use super::feed::Feed;
use super::inbox::{Inbox, Subscription};
use super::ring::{Budget, Ring, Stop};
use super::{ConnectionId, Hub};
use crate::transport::Frame;

/// A living connection, known to the hub until it is dropped.
pub(crate) struct Connection {
    hub: Arc<Hub>,
    /// Its name.
    pub(crate) id: ConnectionId,
    /// Whose.
    pub(crate) user: UserId,
    /// Of which session.
    pub(crate) session: SessionId,
    /// What the hub leaves for it.
    pub(crate) inbox: Arc<Inbox>,
}

/// A room that a connection follows, until it is dropped.
pub(crate) struct Follow {
    hub: Arc<Hub>,
    feed: Arc<Feed>,
    subscription: Arc<Subscription>,
    connection: ConnectionId,
    user: UserId,
}

impl Connection {
    /// Makes a connection known. From here on what concerns its user and its session reaches its inbox. `None` if the
    /// user has too many.
    pub(crate) fn open(hub: &Arc<Hub>, user: UserId, session: SessionId) -> Option<Self> {
        let (id, inbox) = hub.new_connection();
        let max = hub.options.max_connections_per_user;
        if !hub.registry().add(id, (user, session), Arc::clone(&inbox), max) {
            return None;
        }
        hub.presence.connect(user);
        Some(Self { hub: Arc::clone(hub), id, user, session, inbox })
    }

    /// Follows rooms, each known to have come as far as its head. The result is in the same order.
    ///
    /// It does not matter that something happened between the reading of the heads and this: whatever follows a
    /// connection's cursor is in the ring or in the store, and a feed that begins here is compared with the store once
    /// it is there.
    pub(crate) fn follow(&self, rooms: impl IntoIterator<Item = (RoomId, Seq)>) -> Vec<Follow> {
        let mut begun = Vec::new();
        let follow = |(room, head)| {
            let (follow, began) = self.follow_one(room, head);
            begun.extend(began.then_some(room));
            follow
        };
        let follows = rooms.into_iter().map(follow).collect();
        if !begun.is_empty() {
            let hub = Arc::clone(&self.hub);
            tokio::spawn(async move { hub.compare(begun).await });
        }
        follows
    }

    fn follow_one(&self, room: RoomId, head: Seq) -> (Follow, bool) {
        let subscription = Arc::new(Subscription::new(room, Arc::clone(&self.inbox)));
        let mut began = false;
        let feed = {
            let mut feeds = self.hub.feeds();
            let feed = Arc::clone(feeds.entry(room).or_insert_with(|| {
                began = true;
                let options = &self.hub.options;
                Arc::new(Feed::new(room, head, Ring::new(options.ring_frames, options.ring_bytes)))
            }));
            // Under the lock of the map, so that the last one to leave can't take the feed away in between.
            feed.subscribe(self.id, Arc::clone(&subscription));
            feed
        };
        if feed.note_head(head) {
            self.hub.repair(&feed);
        }
        self.hub.presence.enter(room, self.user);
        let follow =
            Follow { hub: Arc::clone(&self.hub), feed, subscription, connection: self.id, user: self.user };
        (follow, began)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.registry().remove(self.id, (self.user, self.session));
        self.hub.presence.disconnect(self.id, self.user);
    }
}

impl Follow {
    /// Takes what follows `cursor`.
    pub(crate) fn read(&self, cursor: &mut Seq, budget: &mut Budget, frames: &mut Vec<Frame>) -> Stop {
        self.subscription.clear();
        self.feed.read(cursor, self.user, budget, frames)
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        {
            let mut feeds = self.hub.feeds();
            if self.feed.unsubscribe(self.connection) {
                feeds.remove(&self.feed.room);
            }
        }
        self.hub.presence.leave(self.feed.room, self.user);
    }
}
