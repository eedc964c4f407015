//! How far a connection has followed each of its rooms, and what it gets next: from the room's ring if it is only a
//! little behind, from the store if it is further behind, or word that it must read the room anew.

use std::collections::{BTreeMap, HashMap, VecDeque};

use futures_util::future::BoxFuture;
use parlor_core::ChangesPage;
use parlor_model::{Member, MemberRole, Room, RoomId, Seq};
use parlor_protocol as wire;
use parlor_protocol::ServerFrame;

use super::reads::{self, Read};
use crate::commands::hello::Position;
use crate::dispatch::Context;
use crate::encode;
use crate::failure;
use crate::hub::Follow;
use crate::hub::ring::{Budget, Stop};
use crate::metrics::Metrics;
use crate::transport::Frame;

/// The rooms of a connection.
#[derive(Default)]
pub(super) struct Delivery {
    rooms: HashMap<RoomId, Followed>,
    /// Rooms whose ring is to be read.
    queue: VecDeque<RoomId>,
    /// Rooms that need the store.
    behind: VecDeque<RoomId>,
    /// Rooms that the user is said to have joined, and where.
    joined: BTreeMap<RoomId, Seq>,
    /// True if the session and the memberships must be compared with the store.
    doubt: bool,
    reading: Option<BoxFuture<'static, Read>>,
    /// How often that comparison failed in a row.
    failures: u32,
    slow: bool,
}

struct Followed {
    follow: Follow,
    /// Everything up to here was handed to the socket.
    cursor: Seq,
    epoch: u32,
    /// Up to here, what was missed is told by the store: in pages, each thing in its present state.
    resume_to: Seq,
    /// How often the store was asked to no avail.
    failures: u32,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Idle,
    Queued,
    Behind,
}

impl Delivery {
    /// Follows the rooms of a user who said hello. What a client says it has already decides where each begins.
    pub(super) fn open(
        context: &Context,
        rooms: &[(Room, Member)],
        resume: &[Position],
        outgoing: &mut VecDeque<Frame>,
    ) -> Self {
        let mut delivery = Self::default();
        let heads = rooms.iter().map(|(room, _)| (room.id, room.head));
        let follows = context.connection.follow(heads);
        for ((room, _), follow) in rooms.iter().zip(follows) {
            delivery.begin(follow, room, room.head);
        }
        for position in resume {
            delivery.resume(*position, context, outgoing);
        }
        delivery
    }

    /// A room has something new.
    pub(super) fn mark(&mut self, room: RoomId) {
        if let Some(followed) = self.rooms.get_mut(&room)
            && followed.place == Place::Idle
        {
            followed.place = Place::Queued;
            self.queue.push_back(room);
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

    /// True if there may be more of the room to come, or less of it than one thinks.
    pub(super) fn is_waiting(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|followed| followed.place != Place::Idle)
    }

    /// Takes frames for the socket from the rings. Returns the rooms that ended for this connection.
    pub(super) fn fill(
        &mut self,
        metrics: &Metrics,
        budget: &mut Budget,
        frames: &mut Vec<Frame>,
    ) -> Vec<RoomId> {
        let mut ended = Vec::new();
        while let Some(room) = self.queue.pop_front() {
            let Some(followed) = self.rooms.get_mut(&room) else {
                continue;
            };
            followed.place = Place::Idle;
            if followed.cursor < followed.resume_to {
                self.fall_behind(room);
                continue;
            }
            match followed.follow.read(&mut followed.cursor, budget, frames) {
                Stop::UpToDate => {}
                Stop::Budget => {
                    self.mark(room);
                    break;
                }
                Stop::Missed => {
                    if !std::mem::replace(&mut self.slow, true) {
                        metrics.slow_sessions.inc();
                    }
                    self.fall_behind(room);
                }
                Stop::Ended { told } => {
                    frames.extend(self.leave(room).filter(|_| !told));
                    ended.push(room);
                }
            }
        }
        ended
    }

    /// Begins to ask the store for what is needed next, unless something is being asked.
    pub(super) fn begin_read(&mut self, context: &Context) {
        while self.reading.is_none() {
            let context = context.clone();
            if std::mem::take(&mut self.doubt) {
                self.reading = Some(Box::pin(reads::check(context, self.failures)));
            } else if let Some(room) = self.behind.pop_front() {
                if let Some(followed) = self.rooms.get(&room) {
                    context.shared.metrics.ring_misses.inc();
                    let (from, failures) = (followed.cursor, followed.failures);
                    self.reading = Some(Box::pin(reads::page(context, room, from, failures)));
                }
            } else if let Some((room, seq)) = self.joined.pop_first() {
                // Nothing waits in any room when it comes to this, so a room that is followed has been read up to the
                // place of joining already; had the user left before that place, it would not be followed any more.
                if !self.rooms.contains_key(&room) {
                    self.reading = Some(Box::pin(reads::joined(context, room, seq)));
                }
            } else {
                return;
            }
        }
    }

    /// Waits for the store's answer. May be dropped and called again.
    pub(super) async fn read(&mut self) -> Read {
        let Some(reading) = &mut self.reading else {
            return std::future::pending().await;
        };
        let read = reading.await;
        self.reading = None;
        read
    }

    /// Does what follows from the store's answer. Returns the rooms that ended; `None` if the session has.
    pub(super) fn take(
        &mut self,
        context: &Context,
        read: Read,
        outgoing: &mut VecDeque<Frame>,
    ) -> Option<Vec<RoomId>> {
        match read {
            Read::Page { room, from, result } => {
                let ended = self.take_page(context, room, from, *result, outgoing);
                Some(ended.then_some(room).into_iter().collect())
            }
            Read::Joined { seq, result } => {
                match *result {
                    Ok((room, Some(role))) => self.enter(context, &room, role, seq, outgoing),
                    Ok((_, None)) => {}
                    Err(error) if failure::is_not_found(&error) => {}
                    Err(error) => {
                        tracing::warn!(%error, "a room that was joined could not be read; trying again");
                        self.doubt();
                    }
                }
                Some(Vec::new())
            }
            Read::Checked(Ok((false, _))) => None,
            Read::Checked(Ok((true, rooms))) => {
                self.failures = 0;
                Some(self.compare(context, &rooms, outgoing))
            }
            Read::Checked(Err(error)) => {
                tracing::warn!(%error, "memberships could not be checked; trying again");
                self.failures += 1;
                self.doubt();
                Some(Vec::new())
            }
        }
    }

    fn begin(&mut self, follow: Follow, room: &Room, cursor: Seq) {
        let followed =
            Followed { follow, cursor, epoch: room.epoch, resume_to: 0, failures: 0, place: Place::Idle };
        // The former one must be gone before the new one is there, or it would take the new one's place in the feed.
        debug_assert!(!self.rooms.contains_key(&room.id), "a room is followed once");
        self.rooms.insert(room.id, followed);
        self.mark(room.id);
    }

    /// Sets a room back to where the client says it is, if it can be caught up from there.
    fn resume(&mut self, position: Position, context: &Context, outgoing: &mut VecDeque<Frame>) {
        let room = position.room;
        let Some(followed) = self.rooms.get_mut(&room) else {
            outgoing.push_back(left(room));
            return;
        };
        let head = followed.cursor.max(followed.resume_to);
        let same = position.epoch.is_none_or(|epoch| epoch == followed.epoch);
        let near = position.seq <= head && head - position.seq <= context.shared.options.max_behind;
        if same && near {
            followed.cursor = position.seq;
            followed.resume_to = head;
        } else {
            context.shared.metrics.resets.inc();
            outgoing.push_back(reset(room, head, followed.epoch));
        }
    }

    fn fall_behind(&mut self, room: RoomId) {
        if let Some(followed) = self.rooms.get_mut(&room) {
            followed.place = Place::Behind;
            self.behind.push_back(room);
        }
    }

    /// Takes a page. True if it turned out that the room has ended for this connection.
    fn take_page(
        &mut self,
        context: &Context,
        room: RoomId,
        from: Seq,
        result: Result<ChangesPage, parlor_core::Error>,
        outgoing: &mut VecDeque<Frame>,
    ) -> bool {
        let Some(followed) = self.rooms.get_mut(&room) else {
            return false;
        };
        let page = match result {
            // Somebody who may look into the room, but is no member any more, gets nothing here.
            Ok(page) if page.is_member => page,
            Ok(_) => return self.lose(room, outgoing),
            Err(error) if failure::is_not_found(&error) => return self.lose(room, outgoing),
            Err(error) => {
                tracing::debug!(%error, %room, "changes could not be read; trying again");
                followed.failures += 1;
                self.fall_behind(room);
                return false;
            }
        };
        let behind = page.head.saturating_sub(from);
        if page.epoch != followed.epoch || page.head < from || behind > context.shared.options.max_behind {
            context.shared.metrics.resets.inc();
            (followed.cursor, followed.epoch, followed.resume_to) = (page.head, page.epoch, 0);
            outgoing.push_back(reset(room, page.head, page.epoch));
        } else if page.to > from {
            followed.cursor = page.to;
            followed.failures = 0;
            outgoing.push_back(encode::page(room, from, &page));
        } else {
            // The store knows of nothing newer than this: then there is nothing to resume, and if the ring says
            // otherwise, the store will say so in a moment.
            followed.resume_to = 0;
            followed.failures += 1;
        }
        followed.place = Place::Idle;
        self.mark(room);
        false
    }

    /// Begins to follow a room that the user joined at `seq`.
    fn enter(
        &mut self,
        context: &Context,
        room: &Room,
        role: MemberRole,
        seq: Seq,
        outgoing: &mut VecDeque<Frame>,
    ) {
        if self.rooms.contains_key(&room.id) {
            return;
        }
        let follows = context.connection.follow([(room.id, room.head)]);
        for follow in follows {
            let data = wire::Room { head: seq, ..wire::Room::new(room, Some(role)) };
            outgoing.push_back(encode::frame(&ServerFrame::RoomJoined { data }));
            self.begin(follow, room, seq);
        }
    }

    /// Brings the followed rooms in line with the memberships.
    fn compare(
        &mut self,
        context: &Context,
        rooms: &[(Room, Member)],
        outgoing: &mut VecDeque<Frame>,
    ) -> Vec<RoomId> {
        for (room, member) in rooms {
            self.enter(context, room, member.role, room.head, outgoing);
        }
        let present: std::collections::HashSet<_> = rooms.iter().map(|(room, _)| room.id).collect();
        let gone: Vec<_> = self.rooms.keys().copied().filter(|room| !present.contains(room)).collect();
        for room in &gone {
            self.lose(*room, outgoing);
        }
        gone
    }

    fn lose(&mut self, room: RoomId, outgoing: &mut VecDeque<Frame>) -> bool {
        outgoing.extend(self.leave(room));
        true
    }

    /// Stops following a room. Returns the frame that says so.
    fn leave(&mut self, room: RoomId) -> Option<Frame> {
        self.rooms.remove(&room).map(|_| left(room))
    }
}

fn left(room: RoomId) -> Frame {
    encode::frame(&ServerFrame::RoomLeft { room: room.to_string() })
}

fn reset(room: RoomId, head: Seq, epoch: u32) -> Frame {
    encode::frame(&ServerFrame::RoomReset { room: room.to_string(), data: wire::Reset { head, epoch } })
}
