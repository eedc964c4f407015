//! One room of a connection: how far it has been told of it, and what is to be done about it next.

use parlor_model::Seq;

/// One room of a connection.
pub(super) struct Followed {
    /// The room's number in the shard.
    pub(super) number: u32,
    /// The room's epoch when it began to be followed.
    pub(super) epoch: u32,
    /// The client knows of everything up to here: it was written, or it was told that there is so much.
    pub(super) cursor: Seq,
    /// Whether its events come.
    pub(super) state: State,
}

/// Whether a room's events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// They do.
    Open(Open),
    /// Only word of how far the room is does.
    Closed(Closed),
}

/// What is to be done for a room that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    /// Up to here, what was missed is told by the store: in pages, each thing in its present state.
    pub(super) resume_to: Seq,
    /// How often the store was asked to no avail.
    pub(super) failures: u16,
    /// What it waits for.
    pub(super) place: Place,
}

/// What an open room waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// For something to happen.
    Idle,
    /// To be read from the ring.
    Queued,
    /// To be read from the store.
    Behind,
    /// For the store to say that its user is in the room still: what would have told was passed over.
    Doubted,
}

/// What is to be told of a room that is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    /// How many messages the shard had seen in the room when the client was told last; of no meaning unless `known`.
    pub(super) counted: u64,
    /// Whether that number is known. At first it is not: the cursor may be ahead of the shard, or behind it.
    pub(super) known: bool,
    /// Whether there is something to tell.
    pub(super) pending: bool,
}

impl Followed {
    /// What is to be done for it, if it is open.
    pub(super) fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            State::Closed(_) => None,
        }
    }

    /// True if its events come.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// True if it waits for the ring.
    pub(super) fn is_queued(&self) -> bool {
        matches!(self.state, State::Open(Open { place: Place::Queued, .. }))
    }

    /// True if it waits for the store.
    pub(super) fn is_behind(&self) -> bool {
        matches!(self.state, State::Open(Open { place: Place::Behind, .. }))
    }

    /// True if it waits for word that its user is in the room still.
    pub(super) fn is_doubted(&self) -> bool {
        matches!(self.state, State::Open(Open { place: Place::Doubted, .. }))
    }

    /// True if the client catches up on what it missed.
    pub(super) fn is_resuming(&self) -> bool {
        self.cursor < self.known_to()
    }

    /// How far the room was known to be when the client began to catch up, or where it is.
    pub(super) fn known_to(&self) -> Seq {
        match &self.state {
            State::Open(open) => self.cursor.max(open.resume_to),
            State::Closed(_) => self.cursor,
        }
    }

    /// How often the store was asked to no avail.
    pub(super) fn failures(&self) -> u16 {
        match &self.state {
            State::Open(open) => open.failures,
            State::Closed(_) => 0,
        }
    }

    /// Goes on from `cursor`, and asks the store for what there is up to `to`.
    pub(super) fn resume(&mut self, cursor: Seq, to: Seq) {
        self.cursor = cursor;
        if let Some(open) = self.open_mut() {
            open.resume_to = to;
        }
    }

    /// The store was asked to no avail.
    pub(super) fn failed(&mut self) {
        if let Some(open) = self.open_mut() {
            open.failures = open.failures.saturating_add(1);
        }
    }

    /// The store told what leads to `cursor`.
    pub(super) fn moved_on(&mut self, cursor: Seq) {
        self.cursor = cursor;
        if let Some(open) = self.open_mut() {
            open.failures = 0;
        }
    }
}

impl State {
    /// Open, with nothing to do yet.
    pub(super) const OPEN: Self = Self::Open(Open { resume_to: 0, failures: 0, place: Place::Idle });
    /// Not open, with nothing to tell yet.
    pub(super) const CLOSED: Self = Self::Closed(Closed { counted: 0, known: false, pending: false });
}
