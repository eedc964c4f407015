//! A room's newest frames, encoded once and kept for whoever is a little behind. Not a queue: nobody takes anything
//! out, every connection reads at its own cursor, and what no longer fits is dropped from the old end.

use std::collections::VecDeque;
use std::sync::Arc;

use parlor_model::{Seq, UserId};

use crate::wire::Payload;

/// A frame that takes a reader from one place in the room's sequence to a later one.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The place before it.
    pub(crate) from: Seq,
    /// The place after it.
    pub(crate) to: Seq,
    /// What goes over the wire.
    pub(crate) payload: Arc<Payload>,
    /// Whose access to the room ends with it.
    pub(crate) ends: Ends,
    /// What was said in it, for those who only want to know that.
    pub(crate) said: Said,
}

/// How much was said within an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Said {
    /// How many messages were created.
    pub(crate) messages: u64,
    /// The place and the author of the newest.
    pub(crate) newest: Option<(Seq, UserId)>,
}

/// Whose access ends with an entry, and whether they still get to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Nobody's.
    Nobody,
    /// This user's, exactly here: the frame is the last that they get.
    At(UserId),
    /// These users', somewhere in the middle of it: they don't get the frame.
    Within(Box<[UserId]>),
}

/// How much a reader takes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    /// At most so many frames.
    pub(crate) frames: usize,
    /// No further frame once so many bytes are taken.
    pub(crate) bytes: usize,
}

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// There is nothing after the cursor.
    UpToDate,
    /// There is more than fits into the budget.
    Budget,
    /// What follows the cursor is not here any more: the store has it.
    Missed,
    /// The reader's access ended; `told` is true if the last frame says so.
    Ended {
        /// True if the reader got the frame that says so.
        told: bool,
    },
}

/// The newest frames of a room, bounded in number and in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    entries: VecDeque<Entry>,
    bytes: usize,
    max_frames: usize,
    max_bytes: usize,
}

impl Budget {
    /// Takes a frame, if there is room for it; the one that passes the limit of bytes is the last.
    pub(crate) fn takes(&mut self, bytes: usize) -> bool {
        if self.frames == 0 || self.bytes == 0 {
            return false;
        }
        self.frames -= 1;
        self.bytes = self.bytes.saturating_sub(bytes);
        true
    }
}

impl Ring {
    /// An empty ring with its bounds. The newest frame stays even if it alone is larger than they allow.
    pub(crate) fn new(max_frames: usize, max_bytes: usize) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, max_frames, max_bytes }
    }

    /// Adds the newest frame, and drops the oldest until the bounds hold.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.bytes += entry.payload.len();
        self.entries.push_back(entry);
        while self.entries.len() > 1 && (self.entries.len() > self.max_frames || self.bytes > self.max_bytes)
        {
            let oldest = self.entries.pop_front();
            self.bytes -= oldest.map_or(0, |entry| entry.payload.len());
        }
    }

    /// Forgets everything: readers continue from the store.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// How many bytes of frames are kept.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes what follows `cursor` for `reader`, up to `head`, and moves the cursor past it. `take` gets each entry with
    /// its number, which [`Ring::get`] understands until the ring changes.
    pub(crate) fn read(
        &self,
        head: Seq,
        cursor: &mut Seq,
        reader: UserId,
        budget: &mut Budget,
        mut take: impl FnMut(usize, &Entry),
    ) -> Stop {
        let first = self.after(*cursor);
        for (number, entry) in (first..).zip(self.entries.range(first..)) {
            if entry.from != *cursor {
                return Stop::Missed;
            }
            if entry.ends.within(reader) {
                return Stop::Ended { told: false };
            }
            if !budget.takes(entry.payload.len()) {
                return Stop::Budget;
            }
            take(number, entry);
            *cursor = entry.to;
            if entry.ends == Ends::At(reader) {
                return Stop::Ended { told: true };
            }
        }
        if *cursor < head { Stop::Missed } else { Stop::UpToDate }
    }

    /// The entry of that number.
    pub(crate) fn get(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number)
    }

    /// Everything after `cursor`, if it is all here.
    pub(crate) fn since(&self, cursor: Seq) -> Option<impl Iterator<Item = &Entry>> {
        let first = self.after(cursor);
        let continues = self.entries.get(first).is_none_or(|entry| entry.from == cursor);
        continues.then(|| self.entries.range(first..))
    }

    /// How many messages were created after `cursor`, as far as that is here.
    pub(crate) fn said_after(&self, cursor: Seq) -> u64 {
        self.entries.range(self.after(cursor)..).map(|entry| entry.said.messages).sum()
    }

    fn after(&self, cursor: Seq) -> usize {
        // Nearly everybody is only a few entries behind.
        let behind = self.entries.iter().rev().take_while(|entry| entry.to > cursor).count();
        self.entries.len() - behind
    }
}

impl Said {
    /// Adds what was said next.
    pub(crate) fn add(&mut self, next: Self) {
        self.messages += next.messages;
        self.newest = next.newest.or(self.newest);
    }
}

impl Ends {
    /// True if this user's access ends with it.
    pub(crate) fn of(&self, user: UserId) -> bool {
        *self == Self::At(user) || self.within(user)
    }

    fn within(&self, reader: UserId) -> bool {
        matches!(self, Self::Within(users) if users.contains(&reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(byte: u8) -> UserId {
        UserId::from_bytes([byte; 16])
    }

    fn entry(from: Seq, to: Seq) -> Entry {
        let payload = Arc::new(Payload::of_text(&format!("{from}-{to}")));
        Entry { from, to, payload, ends: Ends::Nobody, said: Said::default() }
    }

    fn ring(entries: impl IntoIterator<Item = Entry>) -> Ring {
        let mut ring = Ring::new(4, 1_000);
        entries.into_iter().for_each(|entry| ring.push(entry));
        ring
    }

    fn read(ring: &Ring, head: Seq, mut cursor: Seq, frames: usize) -> (Stop, Seq, Vec<String>) {
        let mut budget = Budget { frames, bytes: 1_000 };
        let mut taken = Vec::new();
        let stop = ring.read(head, &mut cursor, user(1), &mut budget, |number, entry| {
            assert_eq!(ring.get(number).map(|same| same.to), Some(entry.to));
            taken.push(entry.payload.text_of().to_owned());
        });
        (stop, cursor, taken)
    }

    #[test]
    fn a_reader_gets_what_follows_its_cursor_once() {
        let ring = ring((0..4).map(|from| entry(from, from + 1)));
        assert_eq!(read(&ring, 4, 2, 9), (Stop::UpToDate, 4, vec!["2-3".into(), "3-4".into()]));
        assert_eq!(read(&ring, 4, 4, 9), (Stop::UpToDate, 4, vec![]));
        // A cursor may be ahead: the store told it more than the bus has yet.
        assert_eq!(read(&ring, 4, 7, 9), (Stop::UpToDate, 7, vec![]));
    }

    #[test]
    fn a_reader_stops_at_its_budget_and_goes_on() {
        let ring = ring((0..4).map(|from| entry(from, from + 1)));
        assert_eq!(read(&ring, 4, 0, 2), (Stop::Budget, 2, vec!["0-1".into(), "1-2".into()]));
        assert_eq!(read(&ring, 4, 2, 2).0, Stop::UpToDate);
        // Each takes two bytes of header and three of payload.
        let mut budget = Budget { frames: 9, bytes: 6 };
        let (mut cursor, mut taken) = (0, 0);
        assert_eq!(ring.read(4, &mut cursor, user(1), &mut budget, |_, _| taken += 1), Stop::Budget);
        assert_eq!((cursor, taken), (2, 2), "the frame that reaches the limit still goes");
    }

    #[test]
    fn who_fell_off_is_told() {
        let ring = ring((0..6).map(|from| entry(from, from + 1)));
        assert_eq!(read(&ring, 6, 1, 9), (Stop::Missed, 1, vec![]));
        assert_eq!(read(&ring, 6, 2, 9).0, Stop::UpToDate);
        assert_eq!(read(&Ring::new(4, 9), 6, 5, 9), (Stop::Missed, 5, vec![]));
    }

    #[test]
    fn a_page_is_only_for_who_stands_at_its_beginning() {
        let ring = ring([entry(0, 1), entry(1, 5), entry(5, 6)]);
        assert_eq!(read(&ring, 6, 1, 9).1, 6);
        assert_eq!(read(&ring, 6, 3, 9), (Stop::Missed, 3, vec![]));
    }

    #[test]
    fn both_bounds_hold_and_the_newest_stays() {
        let mut ring = Ring::new(100, 10);
        (0..50).for_each(|from| ring.push(entry(from, from + 1)));
        assert!(ring.bytes() <= 10, "{}", ring.bytes());
        ring.push(Entry { payload: Arc::new(Payload::of_text(&"x".repeat(99))), ..entry(50, 51) });
        assert_eq!(ring.bytes(), 101, "with its header");
        assert_eq!(read(&ring, 51, 50, 9).1, 51);
    }

    #[test]
    fn access_ends_exactly_at_its_place() {
        let leaves = Entry { ends: Ends::At(user(1)), ..entry(1, 2) };
        let ring = ring([entry(0, 1), leaves, entry(2, 3)]);
        assert_eq!(read(&ring, 3, 0, 9), (Stop::Ended { told: true }, 2, vec!["0-1".into(), "1-2".into()]));
    }

    #[test]
    fn a_page_in_which_access_ended_is_not_shown() {
        let page = Entry { ends: Ends::Within(vec![user(9), user(1)].into()), ..entry(1, 4) };
        let ring = ring([entry(0, 1), page]);
        assert_eq!(read(&ring, 4, 0, 9), (Stop::Ended { told: false }, 1, vec!["0-1".into()]));
    }
}
