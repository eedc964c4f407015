//! What is known of a database's file and log besides what stands in them, so that a bit that is not as it was written is
//! found when it is read. ADR 20 says how, and what can't be found.
//!
//! The checksum of each page of the file, and how far the log goes, stand in a side file. The checksum of each page in
//! the log is kept in memory: SQLite has its own in the log, which are looked at when the database is opened
//! ([`log_scan`]). The VFS ([`super::vfs`]) asks here before and after each read, write and sync.

mod examine;
mod frames;
mod log_scan;
mod mark;
mod sums;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::c_int;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};

use rusqlite::ffi;

use super::file::beside;
use super::vfs::SideFile;
pub(super) use examine::owner;
use frames::Frames;
use mark::Marks;
use sums::{Sums, Verdict};

/// What the side file's name has behind the database's.
pub(super) const ENDING: &str = "-sums";
/// What a disk writes at once: each sector of the side file can be judged for itself.
const SECTOR: usize = 512;

/// How many different pieces of damage are told to the server's log.
const MOST_TOLD: usize = 100;

/// The integrity of a database, as all who use it share it.
pub(super) type Shared = Arc<Integrity>;

/// The databases that are open in this process, by the paths that SQLite knows them under.
static OPEN: Mutex<Vec<Weak<Integrity>>> = Mutex::new(Vec::new());

thread_local! {
    /// The damage that this thread has met last, since SQLite hands on no more than a number.
    static MET: RefCell<Option<Damage>> = const { RefCell::new(None) };
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damage {
    /// What and where, in words.
    pub(super) what: String,
    /// The page of the database that it is about, if it is about one.
    pub(super) page: Option<u32>,
}

impl Damage {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), page: None }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

/// The integrity of one database.
pub(super) struct Integrity {
    path: PathBuf,
    /// Empty until the database has checksums.
    kept: OnceLock<Kept>,
    /// True if nothing is compared: a deliberate error.
    is_blind: bool,
    is_attached: AtomicBool,
    checked: AtomicU64,
    damaged: AtomicU64,
    /// The damage that the log has been told of: each once.
    told: Mutex<BTreeSet<String>>,
}

/// What is kept once there are checksums.
struct Kept {
    page_bytes: usize,
    sums: RwLock<Sums>,
    frames: RwLock<Frames>,
    side: Mutex<Side>,
}

/// The side file, and what stands in it of the log.
struct Side {
    file: SideFile,
    marks: Marks,
}

/// The integrity of the database at a path, if it is open.
pub(super) fn of(path: &Path) -> Option<Shared> {
    lock(&OPEN).iter().filter_map(Weak::upgrade).find(|open| open.path == path)
}

/// The damage that this thread has met since it was asked last.
pub(super) fn met() -> Option<Damage> {
    MET.take()
}

impl Integrity {
    /// Opens what is known of the database at a path, and looks at its log. The file must be there, even if it is empty.
    pub(super) fn open(path: &Path, is_blind: bool) -> Result<Shared, Damage> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let integrity = Arc::new(Self {
            path,
            kept: OnceLock::new(),
            is_blind,
            is_attached: AtomicBool::new(false),
            checked: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
            told: Mutex::default(),
        });
        if let Some(read) = sums::read(&integrity.side_path())? {
            let mark = read.marks.newest();
            let scan = log_scan::scan(&beside(&integrity.path, "-wal"), read.page_bytes);
            let scan = scan.map_err(|error| Damage::new(format!("its log can't be read: {error}")))?;
            if !is_blind {
                log_scan::check(&scan, mark)?;
                integrity.check_length(&read, scan.is_empty)?;
            }
            let side = SideFile::open(&integrity.side_path()).map_err(|code| {
                Damage::new(format!("its checksums can't be opened (SQLite's code {code})"))
            })?;
            integrity.keep(read.page_bytes, read.sums, Side { file: side, marks: read.marks });
            if let Some(kept) = integrity.kept.get() {
                *write(&kept.frames) = Frames::scanned(kept.page_bytes, &scan);
            }
        }
        let mut open = lock(&OPEN);
        // What was open under this path before is closed, although somebody may hold it still.
        open.retain(|open| open.upgrade().is_some_and(|open| open.path != integrity.path));
        open.push(Arc::downgrade(&integrity));
        Ok(integrity)
    }

    /// Without a log the file is exactly as long as its checksums say.
    fn check_length(&self, read: &sums::Stored, has_no_log: bool) -> Result<(), Damage> {
        let length = std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len());
        let expected = read.sums.pages() as u64 * read.page_bytes as u64;
        if has_no_log && length != expected {
            let what = format!(
                "it has {length} bytes, but checksums for {expected} (was it cut off, or put there without its {})",
                super::file::name_of(&self.side_path())
            );
            return Err(Damage::new(what));
        }
        Ok(())
    }

    fn side_path(&self) -> PathBuf {
        beside(&self.path, ENDING)
    }

    fn keep(&self, page_bytes: usize, sums: Sums, side: Side) {
        let frames = RwLock::new(Frames::new(page_bytes));
        let kept = Kept { page_bytes, sums: RwLock::new(sums), frames, side: Mutex::new(side) };
        // It is set once: when it is opened, or when it is adopted.
        let _ = self.kept.set(kept);
    }

    /// True if the database has checksums.
    pub(super) fn is_adopted(&self) -> bool {
        self.kept.get().is_some()
    }

    /// True if SQLite reads the file through us.
    pub(super) fn is_attached(&self) -> bool {
        self.is_attached.load(Ordering::Relaxed)
    }

    /// SQLite reads the file through us.
    pub(super) fn attached(&self) {
        self.is_attached.store(true, Ordering::Relaxed);
    }

    /// Makes the checksums of a database that has none. Nobody may have it open, since the system would take SQLite's locks
    /// away when the file is closed here; and there must be no log.
    pub(super) fn adopt(&self) -> Result<(), String> {
        let file = std::fs::File::open(&self.path).map_err(|error| error.to_string())?;
        let (page_bytes, sums) = sums::of_file(file).map_err(|error| error.to_string())?;
        let failed = |code: c_int| format!("SQLite's code {code}");
        let mut side = SideFile::open(&self.side_path()).map_err(failed)?;
        let marks = Marks::default();
        sums::create(&mut side, page_bytes, &sums, &marks).map_err(failed)?;
        self.keep(page_bytes, sums, Side { file: side, marks });
        Ok(())
    }

    /// How many pages were compared, and how many of those were not as they were written.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.checked.load(Ordering::Relaxed), self.damaged.load(Ordering::Relaxed))
    }

    /// Something was read from the file. False if that is not what was written there.
    pub(super) fn page_read(&self, offset: i64, bytes: &[u8], is_whole: bool) -> bool {
        self.judge_page(offset, bytes, is_whole).is_none_or(|damage| self.meets(damage))
    }

    /// What is wrong with something that was read from the file, if something is.
    fn judge_page(&self, offset: i64, bytes: &[u8], is_whole: bool) -> Option<Damage> {
        let (kept, number) = self.page_at(offset, bytes)?;
        let verdict = read(&kept.sums).judge(number, bytes);
        self.checked.fetch_add(1, Ordering::Relaxed);
        let what = match verdict {
            Verdict::Good if is_whole => return None,
            // Behind the end of the file, where there never was anything.
            Verdict::Unknown if !is_whole => return None,
            Verdict::Good | Verdict::Bad if !is_whole => "is missing: the file was cut off",
            Verdict::Unknown => "has no checksum",
            Verdict::Good | Verdict::Bad => "does not match its checksum",
        };
        let what = format!("page {number} of the file (at byte {offset}) {what}");
        Some(Damage { what, page: Some(number) })
    }

    /// True unless something is about to be written to the file that is no page, so that it could have no checksum.
    pub(super) fn takes_page(&self, offset: i64, bytes: &[u8]) -> bool {
        self.kept.get().is_none() || self.page_at(offset, bytes).is_some()
    }

    /// A page was written to the file.
    pub(super) fn page_written(&self, offset: i64, bytes: &[u8]) {
        if let Some((kept, number)) = self.page_at(offset, bytes) {
            write(&kept.sums).put(number, bytes);
        }
    }

    /// The file has this length now.
    pub(super) fn resized(&self, bytes: i64) {
        if let Some(kept) = self.kept.get() {
            write(&kept.sums).resize(whole(bytes) / kept.page_bytes, kept.page_bytes);
        }
    }

    /// Puts the checksums that have changed on disk.
    pub(super) fn keep_sums(&self) -> c_int {
        let Some(kept) = self.kept.get() else { return ffi::SQLITE_OK };
        let changed = write(&kept.sums).changed();
        // Readers need the checksums meanwhile.
        let done = sums::keep(&mut lock(&kept.side).file, &changed);
        if done.is_err() {
            write(&kept.sums).not_kept(&changed);
        }
        code(done)
    }

    /// Something was read from the log. False if that is not what was written there.
    pub(super) fn log_read(&self, offset: i64, bytes: &[u8]) -> bool {
        let Some(kept) = self.kept.get() else { return true };
        let Some((frame, is_good)) = read(&kept.frames).judge(whole(offset), bytes) else { return true };
        self.checked.fetch_add(1, Ordering::Relaxed);
        let what = format!("frame {} of the log (at byte {offset}) does not match its checksum", frame + 1);
        is_good || self.meets(Damage::new(what))
    }

    /// Something is about to be written to the log.
    pub(super) fn log_writes(&self, offset: i64, bytes: &[u8]) -> c_int {
        let Some(kept) = self.kept.get() else { return ffi::SQLITE_OK };
        let mut frames = write(&kept.frames);
        let first = frames.first_changed(whole(offset));
        let noted = lock(&kept.side).lower(first);
        if noted.is_ok() {
            frames.put(whole(offset), bytes);
        }
        code(noted)
    }

    /// Something that was about to be written to the log was not.
    pub(super) fn log_write_failed(&self) {
        if let Some(kept) = self.kept.get() {
            write(&kept.frames).forget_commit();
        }
    }

    /// The log is on disk up to here.
    pub(super) fn log_synced(&self) -> c_int {
        let Some(kept) = self.kept.get() else { return ffi::SQLITE_OK };
        let reached = write(&kept.frames).synced();
        code(reached.map_or(Ok(()), |(salts, commit)| lock(&kept.side).raise(salts, commit)))
    }

    /// The log is about to be cut to this length.
    pub(super) fn log_truncates(&self, bytes: i64) -> c_int {
        let Some(kept) = self.kept.get() else { return ffi::SQLITE_OK };
        let mut frames = write(&kept.frames);
        let first = frames.first_changed(whole(bytes));
        let noted = lock(&kept.side).lower(first);
        if noted.is_ok() {
            frames.cut(first);
        }
        code(noted)
    }

    /// The log is about to be removed, since all of it is in the file.
    pub(super) fn log_goes(&self) -> c_int {
        self.log_truncates(0)
    }

    /// The page at a place, if it is a whole one and there are checksums.
    fn page_at(&self, offset: i64, bytes: &[u8]) -> Option<(&Kept, u32)> {
        let kept = self.kept.get().filter(|kept| bytes.len() == kept.page_bytes)?;
        let offset = whole(offset);
        let number = u32::try_from(offset / kept.page_bytes + 1).ok()?;
        offset.is_multiple_of(kept.page_bytes).then_some((kept, number))
    }

    /// Notes damage. False, which is what it comes to, unless a deliberate error makes us blind.
    fn meets(&self, damage: Damage) -> bool {
        if self.is_blind {
            return true;
        }
        self.damaged.fetch_add(1, Ordering::Relaxed);
        let mut told = lock(&self.told);
        if told.len() < MOST_TOLD && told.insert(damage.what.clone()) {
            tracing::error!(database = %self.path.display(), "{damage}; stop the server, and let `parlor doctor` say more");
        }
        MET.set(Some(damage));
        false
    }
}

impl Side {
    /// Before the frames from `first` on go: says that no more than those before it are needed. SQLite writes over frames
    /// only from behind a commit on.
    fn lower(&mut self, first: u32) -> Result<(), c_int> {
        let newest = self.marks.newest();
        if newest.frames <= first {
            return Ok(());
        }
        self.marks.put(&mut self.file, newest.salts, first)?;
        self.file.sync()
    }

    /// After the log was synced: says that all frames up to the newest commit are needed.
    ///
    /// This is on disk before the first commit of a log is told to anybody, so that a log that goes missing is missed.
    /// Afterwards the system may take its time: after a power cut some commits less are known of than there are.
    fn raise(&mut self, salts: [u32; 2], commit: u32) -> Result<(), c_int> {
        let newest = self.marks.newest();
        if (newest.salts, newest.frames) == (salts, commit) {
            return Ok(());
        }
        self.marks.put(&mut self.file, salts, commit)?;
        if newest.frames == 0 { self.file.sync() } else { Ok(()) }
    }
}

fn code(done: Result<(), c_int>) -> c_int {
    done.err().unwrap_or(ffi::SQLITE_OK)
}

/// SQLite's places in a file are never negative.
fn whole(offset: i64) -> usize {
    usize::try_from(offset).unwrap_or(0)
}

// Nothing that is done under these locks can panic half-way and leave something behind that others may not see.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// The checksum of a page that is the `number`-th of something: the same bytes elsewhere have another one. Never zero.
fn checksum(number: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(number);
    hasher.update(bytes);
    hasher.finalize().max(1)
}

/// The big-endian number at a place.
fn number_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Puts the checksum of a sector at its end.
fn seal(sector: &mut [u8; SECTOR], index: usize) {
    let (content, sum) = sector.split_at_mut(SECTOR - 4);
    sum.copy_from_slice(&checksum(short(index), content).to_be_bytes());
}

/// True if a sector is as it was sealed.
fn is_sealed(sector: &[u8; SECTOR], index: usize) -> bool {
    let (content, _) = sector.split_at(SECTOR - 4);
    number_at(sector, SECTOR - 4) == checksum(short(index), content)
}

/// A count of pages, frames or sectors, of which SQLite has no more.
fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
