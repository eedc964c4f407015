//! Looks through a log as SQLite does when it opens one: frames count as long as their checksums say so, and a transaction
//! if its last frame does. SQLite takes the first frame that is not whole for the end, since a power cut may have left it
//! so. Here it is told whether it can be that.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::frames::{FRAME_HEAD_BYTES, HEAD_BYTES};
use super::mark::Mark;
use super::{Damage, checksum, number_at, short};

/// What a log's head begins with; the last bit says how numbers are read for the checksums.
const MAGIC: u32 = 0x377f_0682;

/// What was found in a log.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// True if there is no log, or nothing in it.
    pub(super) is_empty: bool,
    /// The numbers by which its frames are told from older ones; zero if its head is not whole.
    pub(super) salts: [u32; 2],
    /// The checksum of each page of a transaction that is whole.
    pub(super) sums: Vec<u32>,
    /// Which pages of the file these are.
    pub(super) pages: Vec<u32>,
    /// The first frame that is not whole, if one is not.
    broken: Option<usize>,
    /// True if somewhere behind it a transaction follows another: then the first of the two had been synced.
    goes_on: bool,
}

impl Scan {
    /// How many frames belong to transactions that are whole.
    pub(super) fn committed(&self) -> u32 {
        short(self.sums.len())
    }
}

/// Looks through the log at a path.
pub(super) fn scan(path: &Path, page_bytes: usize) -> io::Result<Scan> {
    let file = match File::open(path) {
        Ok(file) if file.metadata()?.len() > 0 => file,
        Ok(_) => return Ok(Scan { is_empty: true, ..Scan::default() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Scan { is_empty: true, ..Scan::default() });
        }
        Err(error) => return Err(error),
    };
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut scan = Scan::default();
    let mut head = [0; HEAD_BYTES];
    if !fill(&mut file, &mut head)? {
        return Ok(scan);
    }
    let is_big = number_at(&head, 0) & 1 == 1;
    let sums = sum(is_big, [0; 2], &head[..HEAD_BYTES - 8]);
    let is_whole = number_at(&head, 0) & !1 == MAGIC && sums == numbers_at(&head, HEAD_BYTES - 8);
    if is_whole && number_at(&head, 8) == short(page_bytes) {
        scan.salts = numbers_at(&head, 16);
        scan.frames(&mut file, page_bytes, is_big, sums)?;
    }
    Ok(scan)
}

impl Scan {
    fn frames(
        &mut self,
        file: &mut impl Read,
        page_bytes: usize,
        is_big: bool,
        mut before: [u32; 2],
    ) -> io::Result<()> {
        let mut frame = vec![0; FRAME_HEAD_BYTES + page_bytes];
        let (mut sums, mut pages) = (Vec::new(), Vec::new());
        let mut follows_commit = false;
        for index in 0.. {
            if !fill(file, &mut frame)? {
                break;
            }
            let (head, page) = frame.split_at(FRAME_HEAD_BYTES);
            let is_ours = numbers_at(head, 8) == self.salts;
            let commits = number_at(head, 4) != 0;
            let is_whole =
                is_ours && sum(is_big, sum(is_big, before, &head[..8]), page) == numbers_at(head, 16);
            before = numbers_at(head, 16);
            if !is_whole {
                self.broken.get_or_insert(index);
            } else if self.broken.is_some() && follows_commit {
                self.goes_on = true;
                break;
            }
            if self.broken.is_none() {
                sums.push(checksum(short(index), page));
                pages.push(number_at(head, 0));
                if commits {
                    self.sums.append(&mut sums);
                    self.pages.append(&mut pages);
                }
            }
            follows_commit = is_ours && commits;
        }
        Ok(())
    }
}

/// Refuses a log that a crash can't have left so.
///
/// `mark` says up to where the log was synced, at least. And frames that follow a commit were written after it was synced,
/// so that no frame before it can be broken by a power cut: not even if the mark did not get to disk.
pub(super) fn check(scan: &Scan, mark: Mark) -> Result<(), Damage> {
    let lost = "and with it what was written last";
    if mark.frames > 0 && scan.is_empty {
        return Err(Damage::new(format!("its log (parlor.sqlite-wal) is missing, {lost}")));
    }
    if mark.frames > 0 && scan.salts != mark.salts {
        return Err(Damage::new("its log (parlor.sqlite-wal) is not as it was written (at byte 0)"));
    }
    if scan.committed() >= mark.frames && !scan.goes_on {
        return Ok(());
    }
    let Some(frame) = scan.broken else {
        let (found, known) = (scan.committed(), mark.frames);
        let what = format!("its log (parlor.sqlite-wal) was cut off after {found} of {known} frames, {lost}");
        return Err(Damage::new(what));
    };
    let what = format!("frame {} of its log (parlor.sqlite-wal) is not as it was written", frame + 1);
    Err(Damage::new(what))
}

/// SQLite's checksum of bytes that follow others.
fn sum(is_big: bool, mut sums: [u32; 2], bytes: &[u8]) -> [u32; 2] {
    let read = if is_big { u32::from_be_bytes } else { u32::from_le_bytes };
    for pair in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
        sums[0] = sums[0].wrapping_add(read(pair[0])).wrapping_add(sums[1]);
        sums[1] = sums[1].wrapping_add(read(pair[1])).wrapping_add(sums[0]);
    }
    sums
}

fn numbers_at(bytes: &[u8], at: usize) -> [u32; 2] {
    [number_at(bytes, at), number_at(bytes, at + 4)]
}

/// Fills the bytes; false if the file ends before.
fn fill(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
