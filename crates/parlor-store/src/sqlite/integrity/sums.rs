//! The checksums of the pages of the file, in memory and in the side file.
//!
//! The side file has a head, two marks ([`super::mark`]) and then the checksums, each in a sector of its own, which ends
//! with a checksum of itself. A sector of zeros was never written. A checksum is never zero, so zero is that of a page which
//! is not known, or not there.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use super::mark::{self, Marks};
use super::{Damage, SECTOR, checksum, is_sealed, number_at, seal, short};
use crate::sqlite::file::name_of;
use crate::sqlite::vfs::SideFile;

const MAGIC: &[u8; 16] = b"Parlor checksums";
const VERSION: u32 = 1;
/// The first sector with checksums.
const FIRST: usize = 3;
/// How many checksums stand in a sector, before its own.
const IN_A_SECTOR: usize = SECTOR / 4 - 1;
/// How many bytes are written at once.
const PIECE: usize = 64 * 1024;

/// The checksums of a file.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// One for each page; zero if it is not known.
    all: Vec<u32>,
    /// How many pages the file has.
    pages: usize,
    /// The sectors that are not on disk as they are here.
    changed: BTreeSet<usize>,
}

/// What the checksum of a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    Bad,
    /// There is none for this page.
    Unknown,
}

/// What stands in a side file.
pub(super) struct Stored {
    pub(super) page_bytes: usize,
    pub(super) sums: Sums,
    pub(super) marks: Marks,
}

/// Sectors with their places.
pub(super) type Sectors = Vec<(usize, [u8; SECTOR])>;

impl Sums {
    /// How many pages the file has.
    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    pub(super) fn judge(&self, number: u32, bytes: &[u8]) -> Verdict {
        match self.all.get(index(number)) {
            None | Some(0) => Verdict::Unknown,
            Some(sum) if checksum(number, bytes) == *sum => Verdict::Good,
            Some(_) => Verdict::Bad,
        }
    }

    /// A page was written.
    pub(super) fn put(&mut self, number: u32, bytes: &[u8]) {
        if index(number) > self.pages {
            self.resize(index(number), bytes.len());
        }
        self.pages = self.pages.max(index(number) + 1);
        self.set(index(number), checksum(number, bytes));
    }

    /// The file has so many pages now. What is new is zero.
    pub(super) fn resize(&mut self, pages: usize, page_bytes: usize) {
        let zeros = if pages > self.pages { vec![0; page_bytes] } else { Vec::new() };
        for index in self.pages..pages {
            self.set(index, checksum(short(index + 1), &zeros));
        }
        for index in pages..self.pages {
            self.set(index, 0);
        }
        self.pages = pages;
    }

    fn set(&mut self, index: usize, sum: u32) {
        if self.all.len() <= index {
            self.all.resize(index + 1, 0);
        }
        if let Some(place) = self.all.get_mut(index).filter(|place| **place != sum) {
            *place = sum;
            self.changed.insert(index / IN_A_SECTOR);
        }
    }

    /// The sectors that have changed since they were asked for last.
    pub(super) fn changed(&mut self) -> Sectors {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|sector| (FIRST + sector, self.sector(sector))).collect()
    }

    /// Those sectors could not be kept.
    pub(super) fn not_kept(&mut self, sectors: &Sectors) {
        self.changed.extend(sectors.iter().map(|(place, _)| place - FIRST));
    }

    fn sector(&self, sector: usize) -> [u8; SECTOR] {
        let mut bytes = [0; SECTOR];
        let sums = self.all.iter().skip(sector * IN_A_SECTOR).take(IN_A_SECTOR);
        for (place, sum) in bytes.chunks_exact_mut(4).zip(sums) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        seal(&mut bytes, FIRST + sector);
        bytes
    }
}

/// Puts sectors on disk, those that stand side by side together.
pub(super) fn keep(file: &mut SideFile, sectors: &Sectors) -> Result<(), c_int> {
    let mut piece: Vec<u8> = Vec::new();
    let mut start = 0;
    for (place, sector) in sectors {
        if start + piece.len() != place * SECTOR || piece.len() >= PIECE {
            write_piece(file, start, &piece)?;
            (start, piece) = (place * SECTOR, Vec::new());
        }
        piece.extend_from_slice(sector);
    }
    write_piece(file, start, &piece)?;
    if sectors.is_empty() { Ok(()) } else { file.sync() }
}

fn write_piece(file: &mut SideFile, start: usize, piece: &[u8]) -> Result<(), c_int> {
    if piece.is_empty() { Ok(()) } else { file.write(start as u64, piece) }
}

/// Makes a side file. Its head comes last: without one there are no checksums.
pub(super) fn create(
    file: &mut SideFile,
    page_bytes: usize,
    sums: &Sums,
    marks: &Marks,
) -> Result<(), c_int> {
    file.clear()?;
    let mut sectors = vec![marks.sector()];
    let count = sums.pages.div_ceil(IN_A_SECTOR);
    sectors.extend((0..count).map(|sector| (FIRST + sector, sums.sector(sector))));
    keep(file, &sectors)?;
    let mut head = [0; SECTOR];
    head[..16].copy_from_slice(MAGIC);
    head[16..20].copy_from_slice(&VERSION.to_be_bytes());
    head[20..24].copy_from_slice(&short(page_bytes).to_be_bytes());
    seal(&mut head, 0);
    keep(file, &vec![(0, head)])
}

/// Reads a database file: how long its pages are, and their checksums.
pub(super) fn of_file(file: File) -> io::Result<(usize, Sums)> {
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut head = [0; 18];
    file.read_exact(&mut head)?;
    let page_bytes = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        bytes => usize::from(bytes),
    };
    let mut page = vec![0; page_bytes];
    page[..head.len()].copy_from_slice(&head);
    file.read_exact(&mut page[head.len()..])?;
    let mut sums = Sums::default();
    loop {
        sums.put(short(sums.pages + 1), &page);
        match file.read_exact(&mut page) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    sums.changed.clear();
    Ok((page_bytes, sums))
}

/// Reads a side file. `None` if there is none, or if it was never finished.
pub(super) fn read(path: &Path) -> Result<Option<Stored>, Damage> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Damage::new(format!("its checksums can't be read: {error}"))),
    };
    let damaged = |at: usize| {
        let name = name_of(path);
        let advice = "the database itself may be whole: remove that file to have it made anew";
        Damage::new(format!("its checksums are: {name} is not as it was written (at byte {at}); {advice}"))
    };
    let (sectors, rest) = bytes.as_chunks::<SECTOR>();
    let Some(head) = sectors.first().filter(|head| !is_empty(head)) else { return Ok(None) };
    let page_bytes = number_at(head, 20) as usize;
    let is_known = head.starts_with(MAGIC) && number_at(head, 16) == VERSION && page_bytes.is_power_of_two();
    if !is_sealed(head, 0) || !is_known {
        return Err(damaged(0));
    }
    let marks = sectors.get(mark::SECTORS[0]).zip(sectors.get(mark::SECTORS[1]));
    let marks = marks.and_then(|(one, other)| Marks::read([one, other])).ok_or_else(|| damaged(SECTOR))?;
    let mut sums = Sums::default();
    for (index, sector) in sectors.iter().enumerate().skip(FIRST) {
        if !is_empty(sector) && !is_sealed(sector, index) {
            return Err(damaged(index * SECTOR));
        }
        sums.all.extend((0..IN_A_SECTOR).map(|place| number_at(sector, place * 4)));
    }
    if !rest.is_empty() {
        return Err(damaged(bytes.len()));
    }
    sums.pages = sums.all.iter().rposition(|sum| *sum != 0).map_or(0, |last| last + 1);
    Ok(Some(Stored { page_bytes, sums, marks }))
}

fn is_empty(sector: &[u8; SECTOR]) -> bool {
    sector.iter().all(|byte| *byte == 0)
}

fn index(number: u32) -> usize {
    (number as usize).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(content: u8) -> [u8; 512] {
        [content; 512]
    }

    #[test]
    fn a_page_elsewhere_is_another_one() {
        let mut sums = Sums::default();
        sums.put(1, &page(1));
        sums.put(2, &page(2));
        assert_eq!((sums.judge(1, &page(1)), sums.judge(2, &page(2))), (Verdict::Good, Verdict::Good));
        assert_eq!((sums.judge(1, &page(2)), sums.judge(2, &page(1))), (Verdict::Bad, Verdict::Bad));
        assert_eq!(sums.judge(3, &page(3)), Verdict::Unknown);
    }

    /// SQLite never writes the page at the first gibibyte, nor those that are free from their beginning.
    #[test]
    fn pages_that_are_skipped_are_zero_and_those_behind_the_end_are_not_known() {
        let mut sums = Sums::default();
        sums.put(400, &page(7));
        assert_eq!(sums.pages(), 400);
        assert_eq!((sums.judge(399, &page(0)), sums.judge(399, &page(1))), (Verdict::Good, Verdict::Bad));
        sums.resize(300, 512);
        assert_eq!((sums.pages(), sums.judge(301, &page(0))), (300, Verdict::Unknown));
        assert_eq!(sums.judge(300, &page(0)), Verdict::Good);
    }

    #[test]
    fn only_sectors_that_changed_are_written_and_those_that_were_not_are_again() {
        let mut sums = Sums::default();
        for number in 1..=300 {
            sums.put(number, &page(1));
        }
        assert_eq!(sums.changed().len(), 3);
        sums.put(200, &page(1));
        assert!(sums.changed().is_empty(), "it is the same page");
        sums.put(200, &page(2));
        let changed = sums.changed();
        assert_eq!(changed.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [FIRST + 1]);
        assert!(sums.changed().is_empty());
        sums.not_kept(&changed);
        assert_eq!(sums.changed(), changed);
    }

    #[test]
    fn what_was_kept_is_read_and_a_flipped_bit_in_it_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some-sums");
        std::fs::write(folder.path().join("some"), "whose rights it takes").unwrap();
        let mut sums = Sums::default();
        for number in 1..=200 {
            sums.put(number, &page(3));
        }
        let mut file = SideFile::open(&path).unwrap();
        create(&mut file, 512, &sums, &Marks::default()).unwrap();
        let stored = read(&path).unwrap().unwrap();
        assert_eq!((stored.page_bytes, stored.sums.pages()), (512, 200));
        assert_eq!(stored.sums.judge(200, &page(3)), Verdict::Good);
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).filter(|at| at / SECTOR != mark::SECTORS[1]) {
            let mut bytes = whole.clone();
            bytes[at] ^= 16;
            std::fs::write(&path, bytes).unwrap();
            assert!(read(&path).is_err(), "byte {at}");
        }
        // Without its head it was never finished.
        std::fs::write(&path, [&[0; SECTOR][..], &whole[SECTOR..]].concat()).unwrap();
        assert!(read(&path).unwrap().is_none());
    }
}
