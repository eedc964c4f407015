//! Rooms that are not open: a client that shows one room at a time need not get every frame of the others. It is told
//! once a second how far they are, and opens one when somebody looks at it.

use parlor_model::{RoomId, Seq};
use parlor_protocol as wire;
use parlor_protocol::commands::Opened;
use parlor_protocol::{Error, ServerFrame};

use super::delivery::{Delivery, Desk, HeadsToTell};
use super::followed::{Closed, Place, State};
use crate::commands::hello::Position;
use crate::dispatch::{self, Context};
use crate::shard::rooms::Rooms;

impl Delivery {
    /// Opens a room, and answers. If the client says what it has of it, what it missed comes first.
    pub(super) fn open_room(
        &mut self,
        context: &Context,
        reference: Option<u64>,
        id: RoomId,
        from: Option<(Seq, Option<u32>)>,
        desk: &mut Desk<'_>,
    ) -> Result<(), Error> {
        let followed = self.find_room(id, desk.rooms).ok_or_else(no_such_room)?;
        let (subscriber, doubtful) = (self.subscriber(followed), self.is_doubtful());
        let room = self.followed_mut(followed).ok_or_else(no_such_room)?;
        if let State::Closed(_) = room.state {
            desk.rooms.open(room.number as usize, subscriber);
            room.state = State::OPEN;
            if let Some(open) = room.open_mut().filter(|_| doubtful) {
                // Or closing and opening would be a way around the doubt.
                open.place = Place::Doubted;
            }
            room.cursor = room.cursor.max(desk.rooms.get(room.number as usize).head);
        }
        let head = room.known_to();
        let data = dispatch::encoded(&Opened { head, epoch: room.epoch });
        desk.outgoing.answer(reference, &data);
        if let Some((seq, epoch)) = from {
            self.resume(Position { room: id, seq, epoch }, context, desk);
        }
        Ok(())
    }

    /// Closes a room, and answers.
    pub(super) fn close_room(
        &mut self,
        reference: Option<u64>,
        id: RoomId,
        desk: &mut Desk<'_>,
    ) -> Result<(), Error> {
        let followed = self.find_room(id, desk.rooms).ok_or_else(no_such_room)?;
        let subscriber = self.subscriber(followed);
        let room = self.followed.get_mut(followed as usize).ok_or_else(no_such_room)?;
        if let State::Open(_) = room.state {
            room.state = State::CLOSED;
            self.doubt |= !desk.rooms.close(room.number as usize, subscriber, room.cursor);
        }
        desk.outgoing.answer(reference, &dispatch::encoded(&serde_json::json!({})));
        Ok(())
    }

    /// A room that is not open has moved on. True if it is the first one of which there is something to tell.
    pub(crate) fn mark_head(&mut self, followed: u32) -> bool {
        let first = !self.heads.pending;
        if let Some(State::Closed(closed)) = self.followed_mut(followed).map(|room| &mut room.state) {
            closed.pending = true;
            self.heads.pending = true;
        }
        first && self.heads.pending
    }

    /// The user's access to a room that is not open ended at `place`. Returns the room, unless they have come back since.
    pub(super) fn lose(&mut self, followed: u32, place: Seq, desk: &mut Desk<'_>) -> Option<RoomId> {
        let room = self.followed_mut(followed)?;
        let lost = matches!(room.state, State::Closed(_)) && room.cursor < place;
        lost.then(|| self.end(followed, false, desk)).flatten()
    }

    /// It is time to tell what has been marked.
    pub(crate) fn heads_are_due(&mut self) {
        self.heads.due = true;
    }

    /// Tells how far the rooms are, if it is time.
    pub(super) fn tell_heads(&mut self, desk: &mut Desk<'_>) {
        if !self.heads.due {
            return;
        }
        self.heads = HeadsToTell::default();
        let mut heads = Vec::new();
        for (_, room) in self.rooms_mut() {
            if let State::Closed(closed) = &mut room.state
                && std::mem::take(&mut closed.pending)
            {
                heads.extend(head(desk.rooms, room.number as usize, &mut room.cursor, closed));
            }
        }
        if !heads.is_empty() {
            desk.outgoing.say(&ServerFrame::HeadsChanged { data: wire::Heads { heads } });
        }
    }
}

/// What there is to tell of a room. From then on it has been told.
fn head(rooms: &Rooms, number: usize, cursor: &mut Seq, closed: &mut Closed) -> Option<wire::Head> {
    let room = rooms.get(number);
    if room.head <= *cursor {
        return None;
    }
    let messages = if closed.known {
        room.said.messages.saturating_sub(closed.counted)
    } else {
        // What fell off the ring before it could be counted is not: there were at least so many.
        room.ring.said_after(*cursor)
    };
    let newest = room.said.newest.filter(|(seq, _)| messages > 0 && *seq > *cursor);
    (*cursor, closed.counted, closed.known) = (room.head, room.said.messages, true);
    Some(wire::Head {
        room: room.feed.room.to_string(),
        head: room.head,
        messages,
        newest: newest.map(|(seq, _)| seq),
        by: newest.map(|(_, author)| author.to_string()),
    })
}

fn no_such_room() -> Error {
    Error::from(&parlor_model::Refusal::NotFound("room"))
}
