//! How far a connection has followed each of its rooms, and what it gets next: from the room's ring if it is only a
//! little behind, from the store if it is further behind, or word that it must read the room anew.

use std::collections::{BTreeMap, HashSet, VecDeque};

use parlor_model::{Member, Room, RoomId, Seq, UserId};
use parlor_protocol::{Follow, ServerFrame};
use slab::Slab;

use super::followed::{Followed, Open, Place, State};
use super::outgoing::Outgoing;
use crate::commands::hello::Position;
use crate::dispatch::Context;
use crate::hub::ring::{Budget, Stop};
use crate::metrics::Metrics;
use crate::shard::batch::{Batch, Piece, Visit};
use crate::shard::rooms::{Rooms, Subscriber};

/// The rooms of a connection.
pub(crate) struct Delivery {
    /// The connection's slot in its shard.
    connection: u32,
    /// Whose it is.
    pub(super) reader: UserId,
    pub(super) followed: Slab<Followed>,
    /// Rooms whose ring is to be read.
    queue: VecDeque<u32>,
    /// Rooms that need the store.
    pub(super) behind: VecDeque<u32>,
    /// Rooms that the user is said to have joined, and where.
    pub(super) joined: BTreeMap<RoomId, Seq>,
    /// True if the session and the memberships must be compared with the store.
    pub(super) doubt: bool,
    /// What the store is being asked.
    pub(super) reading: Reading,
    /// How many parts of what was told are not counted against the user's rate yet.
    pub(super) uncounted: u32,
    /// How often that comparison failed in a row.
    pub(super) failures: u32,
    slow: bool,
    /// Whether the rooms of the user begin open.
    pub(super) follow: Follow,
    pub(super) heads: HeadsToTell,
}

/// What the store is being asked: one thing at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing.
    Nothing,
    /// What happened in a room.
    Room,
    /// Whether the session and the memberships are still there.
    Memberships,
}

/// Whether there is something to tell of rooms that are not open.
#[derive(Debug, Default)]
pub(super) struct HeadsToTell {
    /// There is.
    pub(super) pending: bool,
    /// It is time to do so.
    pub(super) due: bool,
}

/// What a connection works with while its shard attends to it.
pub(crate) struct Desk<'a> {
    /// The rooms of the shard.
    pub(crate) rooms: &'a mut Rooms,
    /// What waits for the socket.
    pub(crate) outgoing: &'a mut Outgoing,
}

impl Delivery {
    /// Follows no room yet.
    pub(crate) fn new(connection: u32, reader: UserId, follow: Follow) -> Self {
        Self {
            connection,
            reader,
            followed: Slab::new(),
            queue: VecDeque::new(),
            behind: VecDeque::new(),
            joined: BTreeMap::new(),
            doubt: false,
            reading: Reading::Nothing,
            uncounted: 0,
            failures: 0,
            slow: false,
            follow,
            heads: HeadsToTell::default(),
        }
    }

    /// Follows the rooms of a user who said hello. What a client says it has already decides where each begins.
    pub(super) fn open(
        &mut self,
        context: &Context,
        memberships: &[(Room, Member)],
        resume: &[Position],
        desk: &mut Desk<'_>,
    ) {
        self.followed.reserve_exact(memberships.len());
        let resumed: HashSet<_> = resume.iter().map(|position| position.room).collect();
        for (room, _) in memberships {
            let open = self.follow == Follow::All || resumed.contains(&room.id);
            self.begin(room, room.head, open, desk.rooms);
        }
        for position in resume {
            self.resume(*position, context, desk);
        }
    }

    /// Whose it is.
    pub(crate) fn reader(&self) -> UserId {
        self.reader
    }

    /// A room has something new.
    pub(crate) fn mark(&mut self, followed: u32) {
        if let Some(open) = self.open_mut(followed)
            && open.place == Place::Idle
        {
            open.place = Place::Queued;
            self.queue.push_back(followed);
        }
    }

    /// The user is said to have joined a room.
    pub(super) fn note_joined(&mut self, room: RoomId, seq: Seq) {
        let newest = self.joined.entry(room).or_default();
        *newest = seq.max(*newest);
    }

    /// Something may have been lost: the session and the memberships are to be compared with the store.
    pub(super) fn doubt(&mut self) {
        self.doubt = true;
    }

    /// True until the store has said which rooms the user is in: after the hub lost track, nobody knows.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubt || self.reading == Reading::Memberships
    }

    /// True if there may be more of the room to come, or less of it than one thinks.
    pub(super) fn is_waiting(&self, room: RoomId, rooms: &Rooms) -> bool {
        self.is_doubtful()
            || rooms.number(room).is_some_and(|number| {
                let head = rooms.get(number).head;
                self.find(number).is_some_and(|followed| self.is_waiting_for(followed, head))
            })
    }

    /// Adds to `batch` what rings have, without moving on: that is done once it is written.
    pub(crate) fn gather(&mut self, rooms: &Rooms, budget: &mut Budget, batch: &mut Batch) {
        let mut index = 0;
        while let Some(&followed) = self.queue.get(index) {
            let Some(room) = self.followed.get(followed as usize).filter(|room| room.is_queued()) else {
                self.queue.remove(index);
                continue;
            };
            if room.is_resuming() {
                self.queue.remove(index);
                self.fall_behind(followed);
                continue;
            }
            let (local, first) = (rooms.get(room.number as usize), batch.pieces.len());
            let mut cursor = room.cursor;
            let stop = local.ring.read(local.head, &mut cursor, self.reader, budget, |entry, _| {
                batch.pieces.push(Piece::Ring { room: room.number as usize, entry });
            });
            batch.visits.push(Visit { followed, first, last: batch.pieces.len(), stop });
            index += 1;
            if stop == Stop::Budget {
                return;
            }
        }
    }

    /// Moves on past the pieces of the batch that were written: the first `written`. Returns the rooms that ended.
    pub(crate) fn commit(
        &mut self,
        metrics: &Metrics,
        batch: &Batch,
        written: usize,
        desk: &mut Desk<'_>,
    ) -> Vec<RoomId> {
        let mut ended = Vec::new();
        self.queue.drain(..batch.visits.len());
        for visit in batch.visits.iter().rev() {
            let upto = visit.last.min(written);
            if upto > visit.first
                && let Some(to) = batch.place_after(upto - 1, desk.rooms)
                && let Some(room) = self.followed.get_mut(visit.followed as usize)
            {
                room.cursor = to;
            }
            if upto < visit.last || visit.stop == Stop::Budget {
                self.queue.push_front(visit.followed);
                continue;
            }
            match visit.stop {
                Stop::UpToDate | Stop::Budget => self.set_idle(visit.followed),
                Stop::Missed => {
                    if !std::mem::replace(&mut self.slow, true) {
                        metrics.slow_sessions.inc();
                    }
                    self.fall_behind(visit.followed);
                }
                Stop::Ended { told } => ended.push((visit.followed, told)),
            }
        }
        ended.into_iter().rev().filter_map(|(followed, told)| self.end(followed, told, desk)).collect()
    }

    /// Follows nothing any more: the connection ends.
    pub(super) fn close(&mut self, rooms: &mut Rooms) {
        for (followed, room) in std::mem::take(&mut self.followed) {
            rooms.unfollow(room.number as usize, self.subscriber(index(followed)), self.reader);
        }
    }

    /// Begins to follow a room of which the client knows everything up to `cursor`.
    pub(crate) fn begin(&mut self, room: &Room, cursor: Seq, open: bool, rooms: &mut Rooms) {
        let entry = self.followed.vacant_entry();
        let followed = index(entry.key());
        let subscriber = Subscriber { connection: self.connection, followed };
        let number = rooms.follow(room.id, room.head, subscriber, self.reader);
        let state = if open { State::OPEN } else { State::CLOSED };
        entry.insert(Followed { number: index(number), epoch: room.epoch, cursor, state });
        if !open {
            self.doubt |= !rooms.close(number, subscriber, cursor);
        } else if rooms.get(number).head > cursor {
            self.mark(followed);
        }
    }

    /// The store has to be asked about an open room.
    pub(super) fn fall_behind(&mut self, followed: u32) {
        if let Some(open) = self.open_mut(followed) {
            open.place = Place::Behind;
            self.behind.push_back(followed);
        }
    }

    fn set_idle(&mut self, followed: u32) {
        if let Some(open) = self.open_mut(followed) {
            open.place = Place::Idle;
        }
    }

    /// Stops following a room, and says so unless the client has been `told`.
    pub(super) fn end(&mut self, followed: u32, told: bool, desk: &mut Desk<'_>) -> Option<RoomId> {
        let room = self.followed.try_remove(followed as usize)?;
        let id = desk.rooms.unfollow(room.number as usize, self.subscriber(followed), self.reader);
        if !told {
            desk.outgoing.say(&left(id));
        }
        Some(id)
    }

    pub(super) fn subscriber(&self, followed: u32) -> Subscriber {
        Subscriber { connection: self.connection, followed }
    }

    /// The room of that number, if it is followed still.
    pub(super) fn followed_mut(&mut self, followed: u32) -> Option<&mut Followed> {
        self.followed.get_mut(followed as usize)
    }

    /// All rooms that are followed, with their numbers.
    pub(super) fn rooms_mut(&mut self) -> impl Iterator<Item = (u32, &mut Followed)> {
        self.followed.iter_mut().map(|(followed, room)| (index(followed), room))
    }

    /// The number of a room, if it is followed.
    pub(super) fn find_room(&self, room: RoomId, rooms: &Rooms) -> Option<u32> {
        rooms.number(room).and_then(|number| self.find(number))
    }

    fn find(&self, number: usize) -> Option<u32> {
        let found = self.followed.iter().find(|(_, room)| room.number as usize == number);
        found.map(|(followed, _)| index(followed))
    }

    fn open_mut(&mut self, followed: u32) -> Option<&mut Open> {
        self.followed_mut(followed).and_then(Followed::open_mut)
    }

    /// Whoever has not been told everything up to the head has its turn yet, and is written to then. Who has not opened
    /// the room loses it at the moment that the shard learns of that.
    fn is_waiting_for(&self, followed: u32, head: Seq) -> bool {
        let is_waiting = |room: &Followed| room.is_open() && room.cursor < head;
        self.followed
            .get(followed as usize)
            .is_some_and(|room| room.is_queued() || room.is_behind() || is_waiting(room))
    }
}

/// A number within a shard or a connection. There are never so many of anything.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Word that a room is not followed any more.
pub(super) fn left(room: RoomId) -> ServerFrame {
    ServerFrame::RoomLeft { room: room.to_string() }
}
