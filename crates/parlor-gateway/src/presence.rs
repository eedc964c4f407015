//! Who is connected, counted by living connections; and who of a watched room came or went, told at most once a
//! second. Nothing of it is durable.
//!
//! Its lock is innermost but for the mailboxes': nothing else is locked while it is held.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_model::{RoomId, UserId};
use parlor_protocol as wire;

use crate::codec::Frame;
use crate::shard::ConnectionId;
use crate::shard::mailbox::{Letter, Mailbox, Note};
use crate::wire::{Payload, Wire};

/// Who is connected. Cheap to clone; the list of a room's members asks it.
#[derive(Debug, Clone, Default)]
pub struct PresenceView(Arc<Presence>);

/// Who is connected.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    mailboxes: Box<[Arc<Mailbox>]>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many connections each connected user has.
    users: HashMap<UserId, usize>,
    rooms: HashMap<RoomId, RoomPresence>,
    /// Which room each watching connection watches.
    watching: HashMap<ConnectionId, RoomId>,
    /// Watched rooms in which somebody came or went since the last tick.
    changed: HashSet<RoomId>,
}

#[derive(Debug, Default)]
struct RoomPresence {
    /// How many connections of each member follow the room.
    online: HashMap<UserId, usize>,
    /// Who watches, and whether it is certain that they may know of the room. Until then they are told nothing.
    watchers: HashMap<ConnectionId, bool>,
    /// Whether those who came or went since the last tick were there before.
    before: HashMap<UserId, bool>,
}

/// What a watcher has not been told yet.
#[derive(Debug)]
pub(crate) enum PendingPresence {
    /// One tick's news, encoded once for all watchers.
    Encoded(Arc<Difference>),
    /// Several ticks' news: the newest word on each user.
    Merged(RoomId, BTreeMap<UserId, bool>),
}

/// Who came and went in a room within a tick.
#[derive(Debug)]
pub(crate) struct Difference {
    room: RoomId,
    changes: Vec<(UserId, bool)>,
    payload: Payload,
}

impl PresenceView {
    pub(crate) fn new(presence: Arc<Presence>) -> Self {
        Self(presence)
    }

    /// The members of a room who are connected, in no particular order.
    pub fn online(&self, room: RoomId) -> Vec<UserId> {
        self.0.online(room)
    }

    /// True if the user is connected.
    pub fn is_online(&self, user: UserId) -> bool {
        self.0.lock().users.contains_key(&user)
    }
}

impl Presence {
    /// Nobody is connected. What watchers have to know goes into the mailboxes of their shards.
    pub(crate) fn new(mailboxes: Vec<Arc<Mailbox>>) -> Self {
        Self { mailboxes: mailboxes.into(), state: Mutex::default() }
    }

    /// A connection of `user` began.
    pub(crate) fn connect(&self, user: UserId) {
        *self.lock().users.entry(user).or_default() += 1;
    }

    /// A connection ended: it watches nothing any more.
    pub(crate) fn disconnect(&self, connection: ConnectionId, user: UserId) {
        let mut state = self.lock();
        less(&mut state.users, user);
        state.unwatch(connection);
    }

    /// A connection of `user` follows a room.
    pub(crate) fn enter(&self, room: RoomId, user: UserId) {
        self.lock().change(room, user, |online| *online.entry(user).or_default() += 1);
    }

    /// A connection of `user` follows a room no more.
    pub(crate) fn leave(&self, room: RoomId, user: UserId) {
        self.lock().change(room, user, |online| less(online, user));
    }

    /// The members of a room who are connected.
    pub(crate) fn online(&self, room: RoomId) -> Vec<UserId> {
        let state = self.lock();
        let online = state.rooms.get(&room).map(|room| room.online.keys().copied().collect());
        online.unwrap_or_default()
    }

    /// The connection wants to watch `room`, and no other. It is told nothing before [`Presence::confirm`].
    pub(crate) fn watch(&self, connection: ConnectionId, room: RoomId) {
        let mut state = self.lock();
        state.unwatch(connection);
        state.watching.insert(connection, room);
        state.rooms.entry(room).or_default().watchers.insert(connection, false);
    }

    /// The connection may know of the room: from now on it is told who comes and goes. Answers who is there; `None` if
    /// it has been made to stop in the meantime.
    pub(crate) fn confirm(&self, connection: ConnectionId, room: RoomId) -> Option<Vec<UserId>> {
        let mut state = self.lock();
        let presence = state.rooms.get_mut(&room)?;
        *presence.watchers.get_mut(&connection)? = true;
        Some(presence.online.keys().copied().collect())
    }

    /// Stops watching, if it is `room` that the connection watches.
    pub(crate) fn unwatch(&self, connection: ConnectionId, room: RoomId) {
        let mut state = self.lock();
        if state.watching.get(&connection) == Some(&room) {
            state.unwatch(connection);
        }
    }

    /// True if the connection watches the room still. What it has not been told when it stops, it may not be told any
    /// more, so this is asked at the last moment.
    pub(crate) fn is_watching(&self, connection: ConnectionId, room: RoomId) -> bool {
        self.lock().watching.get(&connection) == Some(&room)
    }

    /// Tells the watchers what happened since the last tick. Who came and went again is not worth a word.
    pub(crate) fn tick(&self) {
        let mut state = self.lock();
        let changed = std::mem::take(&mut state.changed);
        for room in changed {
            let Some(presence) = state.rooms.get_mut(&room) else {
                continue;
            };
            let before = std::mem::take(&mut presence.before);
            let changes: Vec<_> = before
                .into_iter()
                .map(|(user, was)| (user, was, presence.online.contains_key(&user)))
                .filter(|(_, was, is)| was != is)
                .map(|(user, _, is)| (user, is))
                .collect();
            if changes.is_empty() {
                continue;
            }
            let difference = Arc::new(Difference::new(room, changes));
            for (&watcher, _) in presence.watchers.iter().filter(|(_, confirmed)| **confirmed) {
                if let Some(mailbox) = self.mailboxes.get(watcher.shard()) {
                    mailbox.post(Letter::Note(watcher, Note::Presence(Arc::clone(&difference))));
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn change(&mut self, room: RoomId, user: UserId, change: impl FnOnce(&mut HashMap<UserId, usize>)) {
        let presence = self.rooms.entry(room).or_default();
        let was = presence.online.contains_key(&user);
        change(&mut presence.online);
        if !presence.watchers.is_empty() && was != presence.online.contains_key(&user) {
            presence.before.entry(user).or_insert(was);
            self.changed.insert(room);
        }
        self.forget_if_empty(room);
    }

    fn unwatch(&mut self, connection: ConnectionId) {
        let Some(room) = self.watching.remove(&connection) else {
            return;
        };
        if let Some(presence) = self.rooms.get_mut(&room) {
            presence.watchers.remove(&connection);
            if presence.watchers.is_empty() {
                presence.before.clear();
            }
        }
        self.forget_if_empty(room);
    }

    fn forget_if_empty(&mut self, room: RoomId) {
        let empty = |presence: &RoomPresence| presence.online.is_empty() && presence.watchers.is_empty();
        if self.rooms.get(&room).is_some_and(empty) {
            self.rooms.remove(&room);
        }
    }
}

impl Difference {
    fn new(room: RoomId, changes: Vec<(UserId, bool)>) -> Self {
        let payload = Payload::new(&frame(room, changes.iter().copied()));
        Self { room, changes, payload }
    }
}

impl PendingPresence {
    /// The room that it is about.
    pub(crate) fn room(&self) -> RoomId {
        match self {
            Self::Encoded(difference) => difference.room,
            Self::Merged(room, _) => *room,
        }
    }

    /// The frame for it.
    pub(crate) fn frame(&self, wire: Wire) -> Frame {
        match self {
            Self::Encoded(difference) => difference.payload.frame(wire).clone(),
            Self::Merged(room, changes) => {
                wire.frame(&frame(*room, changes.iter().map(|(user, online)| (*user, *online))))
            }
        }
    }

    /// What was pending, and `news`. Something about another room is dropped: it is not watched any more.
    pub(crate) fn with(pending: Option<Self>, news: &Arc<Difference>) -> Self {
        let mut merged: BTreeMap<UserId, bool> = match pending {
            Some(Self::Encoded(older)) if older.room == news.room => older.changes.iter().copied().collect(),
            Some(Self::Merged(room, older)) if room == news.room => older,
            _ => return Self::Encoded(Arc::clone(news)),
        };
        merged.extend(news.changes.iter().copied());
        Self::Merged(news.room, merged)
    }
}

fn less(counts: &mut HashMap<UserId, usize>, user: UserId) {
    if let Some(count) = counts.get_mut(&user) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&user);
        }
    }
}

fn frame(room: RoomId, changes: impl Iterator<Item = (UserId, bool)>) -> wire::ServerFrame {
    let mut data = wire::Presence { online: Vec::new(), offline: Vec::new() };
    for (user, online) in changes {
        let list = if online { &mut data.online } else { &mut data.offline };
        list.push(user.to_string());
    }
    wire::ServerFrame::PresenceChanged { room: room.to_string(), data }
}

#[cfg(test)]
mod tests;
