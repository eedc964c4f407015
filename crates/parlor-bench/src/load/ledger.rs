//! Judges every delivery: what a connection sees of a room is each place once, in order, without a hole.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many findings are kept in words; all are counted.
const KEPT: usize = 20;

/// What one connection has seen of its rooms.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Rooms by their numbers in the run, each with the newest place seen.
    rooms: Vec<(u32, u64)>,
    /// Where the room of the last delivery stands: the next is often of the same.
    last: usize,
}

/// What is wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Places between the newest and this one were left out.
    Hole,
    /// The newest place came again.
    Duplicate,
    /// An older place came.
    Reordered,
    /// The connection is not in this room.
    Stranger,
    /// The run ended, and this place had not come.
    Missing,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// The connection's number in the run.
    pub connection: usize,
    /// The room's number in the run.
    pub room: u32,
    /// The newest place before.
    pub last: u64,
    /// The place that came, or should have.
    pub seq: u64,
}

/// Everything that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<Finding>,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push(finding);
        }
    }

    /// Adds those of another worker.
    pub fn add_all(&mut self, other: Self) {
        let more = other.count - other.first.len() as u64;
        other.first.into_iter().for_each(|finding| self.add(finding));
        self.count += more;
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, connection, room, last, seq } = self;
        write!(formatter, "{fault:?}: connection {connection} in room {room} got {seq} after {last}")
    }
}

impl Ledger {
    /// Begins a room after this place, or moves it there.
    pub fn begin(&mut self, room: u32, seq: u64) {
        match self.rooms.iter_mut().find(|(known, _)| *known == room) {
            Some((_, last)) => *last = seq,
            None => self.rooms.push((room, seq)),
        }
    }

    /// Where the rooms are.
    pub fn positions(&self) -> &[(u32, u64)] {
        &self.rooms
    }

    /// Finds the number of a room by a property of it, trying the last one first.
    pub fn find(&mut self, is: impl Fn(u32) -> bool) -> Option<u32> {
        if let Some((room, _)) = self.rooms.get(self.last)
            && is(*room)
        {
            return Some(*room);
        }
        self.last = self.rooms.iter().position(|(room, _)| is(*room))?;
        Some(self.rooms[self.last].0)
    }

    /// A place of a room came. A wrong one is told, and the count goes on from it.
    pub fn event(&mut self, room: u32, seq: u64) -> Result<(), (Fault, u64)> {
        self.page(room, seq.saturating_sub(1), seq)
    }

    /// Everything of a room after `from` up to `to` came.
    pub fn page(&mut self, room: u32, from: u64, to: u64) -> Result<(), (Fault, u64)> {
        let Some(last) = self.last_of(room) else {
            return Err((Fault::Stranger, 0));
        };
        let before = *last;
        if from == before && to > from {
            *last = to;
            return Ok(());
        }
        let fault = if from > before {
            *last = to;
            Fault::Hole
        } else if to == before {
            Fault::Duplicate
        } else {
            *last = to.max(before);
            Fault::Reordered
        };
        Err((fault, before))
    }

    fn last_of(&mut self, room: u32) -> Option<&mut u64> {
        if self.rooms.get(self.last).is_none_or(|(known, _)| *known != room) {
            self.last = self.rooms.iter().position(|(known, _)| *known == room)?;
        }
        self.rooms.get_mut(self.last).map(|(_, last)| last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.begin(3, 10);
        ledger.begin(5, 0);
        ledger
    }

    #[test]
    fn what_is_right_passes_in_every_room() {
        let mut ledger = ledger();
        for (room, seq) in [(3, 11), (5, 1), (3, 12), (5, 2), (5, 3)] {
            assert_eq!(ledger.event(room, seq), Ok(()));
        }
        assert_eq!(ledger.page(5, 3, 20), Ok(()));
        assert_eq!(ledger.event(5, 21), Ok(()));
        assert_eq!(ledger.positions(), [(3, 12), (5, 21)]);
    }

    #[test]
    fn a_hole_is_found() {
        let mut ledger = ledger();
        assert_eq!(ledger.event(3, 12), Err((Fault::Hole, 10)));
        assert_eq!(ledger.event(3, 13), Ok(()), "one hole is one finding");
        assert_eq!(ledger.page(5, 1, 4), Err((Fault::Hole, 0)));
    }

    #[test]
    fn a_duplicate_is_found() {
        let mut ledger = ledger();
        assert_eq!(ledger.event(3, 10), Err((Fault::Duplicate, 10)));
        assert_eq!(ledger.page(3, 8, 10), Err((Fault::Duplicate, 10)));
        assert_eq!(ledger.page(3, 10, 10), Err((Fault::Duplicate, 10)), "an empty page says nothing new");
    }

    #[test]
    fn a_reordering_is_found() {
        let mut ledger = ledger();
        assert_eq!(ledger.event(3, 12), Err((Fault::Hole, 10)));
        assert_eq!(ledger.event(3, 11), Err((Fault::Reordered, 12)));
        assert_eq!(ledger.page(3, 9, 14), Err((Fault::Reordered, 12)), "a page that repeats a part");
        assert_eq!(ledger.event(3, 15), Ok(()));
    }

    #[test]
    fn a_room_that_one_is_not_in_is_found() {
        assert_eq!(ledger().event(4, 1), Err((Fault::Stranger, 0)));
    }

    #[test]
    fn findings_are_all_counted_and_some_kept() {
        let finding = Finding { fault: Fault::Hole, connection: 1, room: 0, last: 1, seq: 3 };
        let (mut one, mut two) = (Findings::default(), Findings::default());
        (0..30).for_each(|_| one.add(finding.clone()));
        two.add(finding);
        two.add_all(one);
        assert_eq!((two.count, two.first.len()), (31, KEPT));
    }
}
