//! The pages in the log as they were written, by their places there.
//!
//! The log has a head of 32 bytes, and then frames: each a head of 24 bytes and a page ("WAL-mode file format").

use super::log_scan::Scan;
use super::{checksum, number_at, short};

/// The log's head.
pub(super) const HEAD_BYTES: usize = 32;
/// The head of a frame.
pub(super) const FRAME_HEAD_BYTES: usize = 24;

/// What is known of the log.
pub(super) struct Frames {
    page_bytes: usize,
    /// The numbers by which frames of this log are told from those of earlier ones.
    salts: [u32; 2],
    /// The checksum of each page; zero where it is not known.
    sums: Vec<u32>,
    /// How many frames there are up to the newest commit that was written …
    commit: u32,
    /// … and up to the newest that was synced.
    synced: u32,
}

impl Frames {
    /// Those of an empty log.
    pub(super) fn new(page_bytes: usize) -> Self {
        Self { page_bytes, salts: [0; 2], sums: Vec::new(), commit: 0, synced: 0 }
    }

    /// Those of a log that is there.
    pub(super) fn scanned(page_bytes: usize, scan: &Scan) -> Self {
        let commit = scan.committed();
        Self { salts: scan.salts, sums: scan.sums.clone(), commit, synced: commit, ..Self::new(page_bytes) }
    }

    /// The first frame that something at this place of the log is a part of.
    pub(super) fn first_changed(&self, offset: usize) -> u32 {
        let frame = offset.saturating_sub(HEAD_BYTES) / self.frame_bytes();
        short(frame)
    }

    /// Something is written.
    pub(super) fn put(&mut self, offset: usize, bytes: &[u8]) {
        let Some(behind) = offset.checked_sub(HEAD_BYTES) else {
            *self = Self::new(self.page_bytes);
            self.salts = [number_at(bytes, 16), number_at(bytes, 20)];
            return;
        };
        let (frame, within) = (behind / self.frame_bytes(), behind % self.frame_bytes());
        // A page follows its head, which says whether it ends a transaction.
        self.forget_commits_after(short(if within < FRAME_HEAD_BYTES { frame } else { frame + 1 }));
        if within == 0 && bytes.len() == FRAME_HEAD_BYTES {
            if number_at(bytes, 4) != 0 {
                self.commit = short(frame + 1);
            }
            return;
        }
        let last = (behind + bytes.len()).div_ceil(self.frame_bytes());
        if self.sums.len() < last {
            self.sums.resize(last, 0);
        }
        let is_page = within == FRAME_HEAD_BYTES && bytes.len() == self.page_bytes;
        for sum in &mut self.sums[frame..last] {
            *sum = if is_page { checksum(short(frame), bytes) } else { 0 };
        }
    }

    /// Compares what was read with what was written: which frame it is, and whether it is the same. `None` if that is no
    /// page, or not known.
    pub(super) fn judge(&self, offset: usize, bytes: &[u8]) -> Option<(u32, bool)> {
        let behind = offset.checked_sub(HEAD_BYTES)?;
        let (frame, within) = (behind / self.frame_bytes(), behind % self.frame_bytes());
        let page = match within {
            0 if bytes.len() == self.frame_bytes() => &bytes[FRAME_HEAD_BYTES..],
            FRAME_HEAD_BYTES if bytes.len() == self.page_bytes => bytes,
            _ => return None,
        };
        let sum = self.sums.get(frame).copied().filter(|sum| *sum != 0)?;
        Some((short(frame), checksum(short(frame), page) == sum))
    }

    /// The newest commit that was written is not there.
    pub(super) fn forget_commit(&mut self) {
        self.commit = self.synced;
    }

    /// All that was written is on disk. Returns which log this is, and up to where it is needed.
    pub(super) fn synced(&mut self) -> Option<([u32; 2], u32)> {
        self.synced = self.commit;
        (self.commit > 0).then_some((self.salts, self.commit))
    }

    /// The frames from `first` on go.
    pub(super) fn cut(&mut self, first: u32) {
        self.sums.truncate(first as usize);
        self.forget_commits_after(first);
    }

    fn forget_commits_after(&mut self, frame: u32) {
        self.commit = self.commit.min(frame);
        self.synced = self.synced.min(frame);
    }

    fn frame_bytes(&self) -> usize {
        FRAME_HEAD_BYTES + self.page_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 512;

    fn place(frame: usize) -> usize {
        HEAD_BYTES + frame * (FRAME_HEAD_BYTES + PAGE)
    }

    fn put(frames: &mut Frames, frame: usize, commits: bool) {
        let mut head = [0; FRAME_HEAD_BYTES];
        head[7] = u8::from(commits);
        frames.put(place(frame), &head);
        frames.put(place(frame) + FRAME_HEAD_BYTES, &[u8::try_from(frame).unwrap(); PAGE]);
    }

    fn three() -> Frames {
        let mut frames = Frames::new(PAGE);
        frames.put(0, &[1; HEAD_BYTES]);
        for frame in 0..3 {
            put(&mut frames, frame, frame != 1);
        }
        frames
    }

    #[test]
    fn a_page_is_known_alone_and_with_its_head() {
        let frames = three();
        assert_eq!(frames.judge(place(1) + FRAME_HEAD_BYTES, &[1; PAGE]), Some((1, true)));
        assert_eq!(frames.judge(place(1) + FRAME_HEAD_BYTES, &[2; PAGE]), Some((1, false)));
        assert_eq!(frames.judge(place(1), &[1; FRAME_HEAD_BYTES + PAGE]), Some((1, true)));
        assert_eq!(frames.judge(place(3) + FRAME_HEAD_BYTES, &[3; PAGE]), None, "never written");
        assert_eq!(frames.judge(place(1), &[1; FRAME_HEAD_BYTES]), None, "no page");
    }

    #[test]
    fn a_part_of_a_page_makes_it_unknown() {
        let mut frames = three();
        frames.put(place(1) + FRAME_HEAD_BYTES + 100, &[7; 100]);
        assert_eq!(frames.judge(place(1) + FRAME_HEAD_BYTES, &[1; PAGE]), None);
        assert_eq!(frames.judge(place(2) + FRAME_HEAD_BYTES, &[2; PAGE]), Some((2, true)));
    }

    #[test]
    fn what_is_needed_ends_with_the_newest_commit_that_is_on_disk() {
        let mut frames = three();
        assert_eq!(frames.synced(), Some(([0x0101_0101; 2], 3)));
        put(&mut frames, 3, false);
        assert_eq!(frames.synced().map(|(_, commit)| commit), Some(3), "no commit");
        put(&mut frames, 4, true);
        frames.forget_commit();
        assert_eq!(frames.synced().map(|(_, commit)| commit), Some(3), "it could not be written");
        put(&mut frames, 1, false);
        assert_eq!(frames.synced().map(|(_, commit)| commit), Some(1), "it was written over");
        frames.put(0, &[2; HEAD_BYTES]);
        assert_eq!(frames.synced(), None, "a new log");
    }
}
