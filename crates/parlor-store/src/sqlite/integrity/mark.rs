//! How far the log goes, as the side file says: two sectors that are written in turn, so that one of them is whole
//! whenever the power goes.

use std::ffi::c_int;

use super::{SECTOR, is_sealed, number_at, seal};
use crate::sqlite::vfs::SideFile;

/// Where the two sectors are.
pub(super) const SECTORS: [usize; 2] = [1, 2];

/// That a log is needed up to somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    /// Counts the marks.
    number: u64,
    /// Which log.
    pub(super) salts: [u32; 2],
    /// How many of its frames there must be. None: it may be missing.
    pub(super) frames: u32,
}

/// The newest mark.
#[derive(Debug, Default)]
pub(super) struct Marks(Mark);

impl Marks {
    /// The marks in two sectors, unless both are broken or missing.
    pub(super) fn read(sectors: [&[u8; SECTOR]; 2]) -> Option<Self> {
        let whole = sectors.into_iter().zip(SECTORS).filter(|(sector, index)| is_sealed(sector, *index));
        let marks = whole.map(|(sector, _)| Mark {
            number: u64::from(number_at(sector, 0)) << 32 | u64::from(number_at(sector, 4)),
            salts: [number_at(sector, 8), number_at(sector, 12)],
            frames: number_at(sector, 16),
        });
        marks.max_by_key(|mark| mark.number).map(Self)
    }

    pub(super) fn newest(&self) -> Mark {
        self.0
    }

    /// Writes the next mark over the older of the two.
    pub(super) fn put(&mut self, file: &mut SideFile, salts: [u32; 2], frames: u32) -> Result<(), c_int> {
        let mark = Mark { number: self.0.number + 1, salts, frames };
        let index = place(mark);
        file.write((index * SECTOR) as u64, &sector(mark, index))?;
        self.0 = mark;
        Ok(())
    }

    /// The newest mark as a sector, and where that is.
    pub(super) fn sector(&self) -> (usize, [u8; SECTOR]) {
        let index = place(self.0);
        (index, sector(self.0, index))
    }
}

/// The sector that a mark stands in.
fn place(mark: Mark) -> usize {
    if mark.number.is_multiple_of(2) { SECTORS[0] } else { SECTORS[1] }
}

fn sector(mark: Mark, index: usize) -> [u8; SECTOR] {
    let mut sector = [0; SECTOR];
    sector[..8].copy_from_slice(&mark.number.to_be_bytes());
    for (place, number) in sector[8..].chunks_exact_mut(4).zip([mark.salts[0], mark.salts[1], mark.frames]) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    seal(&mut sector, index);
    sector
}
