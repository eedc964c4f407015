//! What goes to a socket in one write: references to what waits, taken back if the socket does not take it.

use parlor_model::Seq;

use super::rooms::Rooms;
use crate::codec::Frame;
use crate::hub::ring::Stop;
use crate::session::outgoing::Outgoing;
use crate::wire::Wire;

/// What goes to a socket in one write.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// In order. The first ones are the first of what waits in the connection's own queue.
    pub(crate) pieces: Vec<Piece>,
    /// Which rooms the rest came from.
    pub(crate) visits: Vec<Visit>,
}

/// A frame, by where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece {
    /// The next of the connection's own queue.
    Own(usize),
    /// In a room's ring.
    Ring {
        /// The room's number in the shard.
        room: usize,
        /// The entry's number in the ring.
        entry: usize,
    },
}

/// One room's part of a batch.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The room's number within the connection.
    pub(crate) followed: u32,
    /// Its first piece.
    pub(crate) first: usize,
    /// The piece after its last.
    pub(crate) last: usize,
    /// Why there are no more.
    pub(crate) stop: Stop,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
        self.visits.clear();
    }

    /// The place in its room's sequence that a piece leads to.
    pub(crate) fn place_after(&self, piece: usize, rooms: &Rooms) -> Option<Seq> {
        match *self.pieces.get(piece)? {
            Piece::Own(_) => None,
            Piece::Ring { room, entry } => rooms.get(room).ring.get(entry).map(|entry| entry.to),
        }
    }
}

impl Piece {
    /// The frame itself.
    pub(crate) fn frame<'a>(self, wire: Wire, outgoing: &'a Outgoing, rooms: &'a Rooms) -> Option<&'a Frame> {
        match self {
            Self::Own(number) => outgoing.frames().get(number),
            Self::Ring { room, entry } => {
                rooms.get(room).ring.get(entry).map(|entry| entry.payload.frame(wire))
            }
        }
    }
}
