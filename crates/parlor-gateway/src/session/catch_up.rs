//! How a connection catches up: it asks the store for what it missed, one thing at a time and only while its socket takes
//! what comes of it.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use parlor_model::{Member, Room, RoomId, Seq};
use parlor_protocol as wire;
use parlor_protocol::{Follow, ServerFrame};

use super::delivery::{Delivery, Desk, Reading, left};
use super::followed::Place;
use super::reads::{self, Read};
use crate::commands::hello::Position;
use crate::dispatch::Context;
use crate::failure;
use crate::hub::pages::Missed;
use crate::shard::rooms::Rooms;

/// What counts as one against the rate of catching up, in bytes.
const PART: usize = 32 * 1024;

impl Delivery {
    /// Begins to ask the store for what is needed next, unless something is being asked.
    pub(super) fn begin_read(&mut self, context: &Context, rooms: &Rooms) {
        while self.reading == Reading::Nothing {
            if std::mem::take(&mut self.doubt) {
                self.reading = Reading::Memberships;
                reads::check(context, self.failures);
            } else if let Some(followed) = self.behind.pop_front() {
                if let Some(room) = self.followed_mut(followed).filter(|room| room.is_behind()) {
                    let id = rooms.get(room.number as usize).feed.room;
                    let (from, failures) = (room.cursor, room.failures().into());
                    let parts = NonZeroU32::MIN.saturating_add(std::mem::take(&mut self.uncounted));
                    reads::page(context, (id, from), failures, parts);
                    self.reading = Reading::Room;
                }
            } else if let Some((room, seq)) = self.next_joined(rooms) {
                // A room that is followed has been read up to the place of joining; had the user left before that place,
                // it would not be followed any more.
                if self.find_room(room, rooms).is_none() {
                    self.reading = Reading::Room;
                    reads::joined(context, room, seq);
                }
            } else {
                return;
            }
        }
    }

    /// Takes a room that the user is said to have joined, unless the client has not been told what came before: in a
    /// large room, it may not be this connection's turn yet.
    fn next_joined(&mut self, rooms: &Rooms) -> Option<(RoomId, Seq)> {
        let room = self.joined.iter().find(|(room, seq)| {
            let followed =
                self.find_room(**room, rooms).and_then(|followed| self.followed.get(followed as usize));
            followed.is_none_or(|followed| !followed.is_open() || followed.cursor >= **seq)
        });
        let room = *room?.0;
        self.joined.remove(&room).map(|seq| (room, seq))
    }

    /// Does what follows from the store's answer. Returns the rooms that ended; `None` if the session has.
    pub(super) fn take(&mut self, context: &Context, read: Read, desk: &mut Desk<'_>) -> Option<Vec<RoomId>> {
        self.reading = Reading::Nothing;
        match read {
            Read::Page { room, from, page } => {
                let followed = self.find_room(room, desk.rooms);
                let ended = followed
                    .and_then(|followed| self.take_page(context, followed, room, from, page.as_ref(), desk));
                Some(ended.into_iter().collect())
            }
            Read::Joined { seq, result } => {
                match result {
                    Ok((room, Some(place))) => self.enter(&room, &place, seq, desk),
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
            Read::Checked(Ok((true, memberships))) => {
                self.failures = 0;
                Some(self.compare(&memberships, desk))
            }
            Read::Checked(Err(error)) => {
                tracing::warn!(%error, "memberships could not be checked; trying again");
                self.failures += 1;
                self.doubt();
                Some(Vec::new())
            }
        }
    }

    /// Sets a room back to where the client says it is, if it can be caught up from there.
    pub(super) fn resume(&mut self, position: Position, context: &Context, desk: &mut Desk<'_>) {
        let followed = self.find_room(position.room, desk.rooms);
        let Some(room) = followed.and_then(|followed| self.followed_mut(followed)) else {
            desk.outgoing.say(&left(position.room));
            return;
        };
        let head = room.known_to();
        let same = position.epoch.is_none_or(|epoch| {
            epoch == room.epoch || context.shared.core.position_holds(position.room, epoch, position.seq)
        });
        let near = position.seq <= head && head - position.seq <= context.shared.options.max_behind;
        if same && near {
            room.resume(position.seq, head);
            if let Some(followed) = followed {
                self.mark(followed);
            }
        } else {
            context.shared.metrics.resets.inc();
            desk.outgoing.say(&reset(position.room, head, room.epoch));
        }
    }

    /// Takes a page. Returns the room if it turned out to have ended for this connection.
    fn take_page(
        &mut self,
        context: &Context,
        followed: u32,
        id: RoomId,
        from: Seq,
        page: Option<&Arc<Missed>>,
        desk: &mut Desk<'_>,
    ) -> Option<RoomId> {
        let reader = self.reader;
        let room = self.followed.get_mut(followed as usize)?;
        if room.cursor != from || !room.is_behind() {
            // It was opened or followed anew in the meantime.
            return None;
        }
        let Some(page) = page else {
            room.failed();
            self.fall_behind(followed);
            return None;
        };
        if page.left.contains(&reader) {
            return self.end(followed, false, desk);
        }
        let behind = page.head.saturating_sub(from);
        if page.head < from || behind > context.shared.options.max_behind {
            context.shared.metrics.resets.inc();
            room.resume(page.head, 0);
            if let Some(open) = room.open_mut() {
                open.place = Place::Doubted;
            }
            desk.outgoing.say(&reset(id, page.head, room.epoch));
            // The user may have lost the room in what is passed over.
            self.doubt();
            return None;
        } else if page.to > from {
            let Ok(held) = context.room_for(page.payload.len()) else {
                // The user's other connections have to take what they were told.
                room.failed();
                self.fall_behind(followed);
                return None;
            };
            room.moved_on(page.to);
            self.uncounted = u32::try_from(page.payload.len() / PART).unwrap_or(u32::MAX);
            desk.outgoing.push_page(page.payload.frame(desk.outgoing.wire()).clone(), held);
        } else {
            // The store knows of nothing newer than this: then there is nothing to resume, and if the ring says
            // otherwise, the store will say so in a moment.
            room.resume(from, 0);
            room.failed();
        }
        if let Some(open) = self.followed_mut(followed).and_then(|room| room.open_mut()) {
            open.place = Place::Idle;
        }
        self.mark(followed);
        None
    }

    /// Begins to follow a room that the user joined at `seq`.
    fn enter(&mut self, room: &Room, place: &Member, seq: Seq, desk: &mut Desk<'_>) {
        if self.find_room(room.id, desk.rooms).is_some() {
            return;
        }
        let data = wire::Room { head: seq, ..wire::Room::new(room, Some(place)) };
        desk.outgoing.say(&ServerFrame::RoomJoined { data });
        self.begin(room, seq, self.follow == Follow::All, desk.rooms);
    }

    /// Brings the followed rooms in line with the memberships.
    fn compare(&mut self, memberships: &[(Room, Member)], desk: &mut Desk<'_>) -> Vec<RoomId> {
        for (room, member) in memberships {
            self.enter(room, member, room.head, desk);
        }
        let present: HashSet<_> = memberships.iter().map(|(room, _)| room.id).collect();
        let mut gone = Vec::new();
        for (followed, room) in self.rooms_mut() {
            if !present.contains(&desk.rooms.get(room.number as usize).feed.room) {
                gone.push(followed);
            }
        }
        let ended = gone.into_iter().filter_map(|followed| self.end(followed, false, desk)).collect();
        self.confirm();
        ended
    }

    /// What is followed is the user's still, also where that was in doubt.
    fn confirm(&mut self) {
        let mut doubted = Vec::new();
        for (followed, room) in self.rooms_mut().filter(|(_, room)| room.is_doubted()) {
            if let Some(open) = room.open_mut() {
                open.place = Place::Idle;
            }
            doubted.push(followed);
        }
        for followed in doubted {
            self.mark(followed);
        }
    }
}

fn reset(room: RoomId, head: Seq, epoch: u32) -> ServerFrame {
    ServerFrame::RoomReset { room: room.to_string(), data: wire::Reset { head, epoch } }
}
