//! The file of the write-ahead log, written in few and large pieces.
//!
//! SQLite writes each page of a commit with two calls, one for the frame's head of 24 bytes and one for the page, although
//! all of them stand side by side, and a group has a hundred. Here they are put together, and handed to the system before
//! SQLite syncs, reads or does anything else with the file.
//!
//! That is safe because nobody looks for them earlier. Readers find the frames of a commit by an index in shared memory,
//! which SQLite changes after the sync that `synchronous = FULL` makes it wait for ("WAL-mode file format", section 2.2);
//! and what is not synced may be missing after a crash in any case. An error comes later than it would, at the sync in the
//! place of the write: both give the transaction up.
//!
//! A VFS is a table of C functions, so this module is unsafe code. It keeps to four rules. SQLite's pointers are used only
//! during the call that brings them. The system's methods are called with the file that they were made for, which is the
//! beginning of ours. What belongs to a file is allocated when it is opened and freed when it is closed. And a reference
//! into it covers one field, and ends before the system is called.

#![expect(unsafe_code, reason = "SQLite takes a VFS as a table of C functions")]

use std::ffi::{CStr, c_int, c_void};
use std::sync::LazyLock;

use rusqlite::ffi;

/// As much as is put together before it is handed over.
const MAX_BYTES: usize = 128 * 1024;

/// The VFS that a connection is opened with to write its log this way; none if SQLite has no room for it.
pub(super) fn vfs() -> Option<&'static CStr> {
    SYSTEM.as_ref().map(|_| NAME)
}

const NAME: &CStr = c"parlor";

/// What was there before us, and does the work.
static SYSTEM: LazyLock<Option<System>> = LazyLock::new(register);

struct System {
    vfs: *mut ffi::sqlite3_vfs,
    /// How long its files are, in bytes. Our part of a file lies behind them.
    file_bytes: usize,
}

// SAFETY: SQLite calls a VFS from all threads, and neither it nor we change one that is registered.
unsafe impl Send for System {}
// SAFETY: as above.
unsafe impl Sync for System {}

fn register() -> Option<System> {
    // SAFETY: no name asks for the default: null, or one that lives for ever.
    let vfs = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
    // SAFETY: as above.
    let mut ours = *unsafe { vfs.as_ref() }?;
    let file_bytes = usize::try_from(ours.szOsFile).ok()?.next_multiple_of(align_of::<*mut Log>());
    ours.szOsFile = c_int::try_from(file_bytes + size_of::<*mut Log>()).ok()?;
    ours.zName = NAME.as_ptr();
    ours.xOpen = Some(open);
    // SAFETY: it is leaked, so it lives as long as SQLite may use it; its name is static.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 0) };
    (registered == ffi::SQLITE_OK).then_some(System { vfs, file_bytes })
}

/// What belongs to a log that is open.
struct Log {
    /// The system's methods.
    system: ffi::sqlite3_io_methods,
    /// The same but for a few. The file points here.
    ours: ffi::sqlite3_io_methods,
    waiting: Waiting,
}

/// Bytes that stand side by side and are not handed over yet.
#[derive(Default)]
struct Waiting {
    /// Where they begin in the file.
    offset: i64,
    bytes: Vec<u8>,
}

impl Waiting {
    /// True if so many more at this place can be put behind them.
    fn takes(&self, amount: usize, offset: i64) -> bool {
        let follows = offset.checked_sub(self.offset).map(usize::try_from) == Some(Ok(self.bytes.len()));
        self.bytes.is_empty() || (follows && self.bytes.len() + amount <= MAX_BYTES)
    }

    fn put(&mut self, bytes: &[u8], offset: i64) {
        if self.bytes.is_empty() {
            self.offset = offset;
        }
        self.bytes.extend_from_slice(bytes);
    }
}

/// The place of our part of a file.
///
/// # Safety
/// `file` has as many bytes as [`register`] asked for.
unsafe fn place(file: *mut ffi::sqlite3_file) -> *mut *mut Log {
    let behind = SYSTEM.as_ref().map_or(0, |system| system.file_bytes);
    // SAFETY: by the contract; and the offset is a multiple of what a pointer needs, as is the address of SQLite's memory.
    unsafe { file.byte_add(behind).cast() }
}

/// The system's methods for a log.
///
/// # Safety
/// `file` is a log that [`open`] has opened and [`close`] has not closed.
unsafe fn system_methods(file: *mut ffi::sqlite3_file) -> ffi::sqlite3_io_methods {
    // SAFETY: by the contract.
    unsafe { (**place(file)).system }
}

/// What waits for a log.
///
/// # Safety
/// As for [`system_methods`]; and no other reference to it is in use: a connection uses a file from one thread at a time.
unsafe fn waiting<'f>(file: *mut ffi::sqlite3_file) -> &'f mut Waiting {
    // SAFETY: by the contract.
    unsafe { &mut (**place(file)).waiting }
}

/// Hands over what waits.
///
/// # Safety
/// As for [`waiting`].
unsafe fn hand_over(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: by the contract.
    let (waiting, system) = unsafe { (waiting(file), system_methods(file)) };
    if waiting.bytes.is_empty() {
        return ffi::SQLITE_OK;
    }
    let Some((write, amount)) = system.xWrite.zip(c_int::try_from(waiting.bytes.len()).ok()) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: the system's method, for its file, which does not know of the bytes' owner; they stay during the call.
    let result = unsafe { write(file, waiting.bytes.as_ptr().cast(), amount, waiting.offset) };
    // What could not be written is not tried again: SQLite hears of it, and gives the transaction up.
    waiting.bytes.clear();
    result
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let Some(system) = SYSTEM.as_ref() else { return ffi::SQLITE_CANTOPEN };
    // SAFETY: the VFS lives for ever.
    let Some(open) = (unsafe { (*system.vfs).xOpen }) else { return ffi::SQLITE_CANTOPEN };
    // SAFETY: SQLite's own arguments go on to the VFS that they are for; the file has room for its part.
    let result = unsafe { open(system.vfs, path, file, flags, out_flags) };
    if result != ffi::SQLITE_OK || flags & ffi::SQLITE_OPEN_WAL == 0 {
        return result;
    }
    // SAFETY: the system has just opened the file and set its methods.
    let Some(methods) = (unsafe { (*file).pMethods.as_ref() }).copied() else { return result };
    let mut ours = methods;
    ours.xClose = Some(close);
    ours.xRead = Some(read);
    ours.xWrite = Some(write);
    ours.xTruncate = Some(truncate);
    ours.xSync = Some(sync);
    ours.xFileSize = Some(file_size);
    let log = Box::into_raw(Box::new(Log { system: methods, ours, waiting: Waiting::default() }));
    // SAFETY: see `place`; the table lives until `close` frees it.
    unsafe {
        *place(file) = log;
        (*file).pMethods = &raw const (*log).ours;
    }
    result
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that `open` has opened, once.
    let (handed_over, system, log) = unsafe { (hand_over(file), system_methods(file), *place(file)) };
    // SAFETY: the system's method, for its file.
    let closed = system.xClose.map_or(ffi::SQLITE_OK, |close| unsafe { close(file) });
    // SAFETY: `open` made it by `Box::into_raw`, and nothing points to it any more.
    drop(unsafe { Box::from_raw(log) });
    if handed_over == ffi::SQLITE_OK { closed } else { handed_over }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    let Ok(amount) = usize::try_from(amount) else { return ffi::SQLITE_IOERR_WRITE };
    // SAFETY: SQLite's file, in use by this thread alone; and it hands over so many bytes, which stay during the call.
    let (takes, data) = unsafe {
        (waiting(file).takes(amount, offset), std::slice::from_raw_parts(data.cast::<u8>(), amount))
    };
    // SAFETY: as above.
    let handed_over = if takes { ffi::SQLITE_OK } else { unsafe { hand_over(file) } };
    if handed_over == ffi::SQLITE_OK {
        // SAFETY: as above.
        unsafe { waiting(file) }.put(data, offset);
    }
    handed_over
}

/// A method of the system, after what waits was handed over.
macro_rules! after_handing_over {
    ($name:ident, $method:ident($($argument:ident: $type:ty),*), $missing:ident) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $argument: $type)*) -> c_int {
            // SAFETY: SQLite's file, in use by this thread alone.
            let (handed_over, method) = unsafe { (hand_over(file), system_methods(file).$method) };
            match method {
                _ if handed_over != ffi::SQLITE_OK => handed_over,
                // SAFETY: the system's method, for its file, with SQLite's arguments.
                Some(method) => unsafe { method(file $(, $argument)*) },
                None => ffi::$missing,
            }
        }
    };
}
after_handing_over!(read, xRead(data: *mut c_void, amount: c_int, offset: i64), SQLITE_IOERR_READ);
after_handing_over!(truncate, xTruncate(size: i64), SQLITE_IOERR_TRUNCATE);
after_handing_over!(sync, xSync(flags: c_int), SQLITE_IOERR_FSYNC);
after_handing_over!(file_size, xFileSize(size: *mut i64), SQLITE_IOERR_FSTAT);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::{Connection, OpenFlags};

    use super::*;

    /// A connection that keeps so few pages that nearly every statement writes some to the log and reads some from there.
    fn cramped(path: &Path, vfs: Option<&CStr>) -> Connection {
        let connection = match vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs),
            None => Connection::open(path),
        };
        let connection = connection.unwrap();
        let set_up = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 3;
            PRAGMA wal_autocheckpoint = 0;
            CREATE TABLE pages (id INTEGER PRIMARY KEY, key TEXT UNIQUE, content TEXT)";
        connection.execute_batch(set_up).unwrap();
        connection
    }

    /// The statements of a test: the same each time, and in no order that a page cache would like.
    fn statement(number: u32) -> String {
        let dice = number.wrapping_mul(2_654_435_761) >> 7;
        let row = dice % 97;
        match dice % 41 {
            0 => "COMMIT; BEGIN".to_owned(),
            1 => "ROLLBACK; BEGIN".to_owned(),
            2 => "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN".to_owned(),
            3..8 => format!("DELETE FROM pages WHERE id = {row}"),
            8..12 => "ROLLBACK TO somewhere; SAVEPOINT somewhere".to_owned(),
            12..16 => "SAVEPOINT somewhere".to_owned(),
            _ => {
                let (text, repeated) = (format!("{dice:08x}"), dice % 1_201);
                format!(
                    "REPLACE INTO pages VALUES ({row}, '{text}', replace(hex(zeroblob({repeated})), '00', '{text}'))"
                )
            }
        }
    }

    fn content(connection: &Connection) -> String {
        let all =
            "SELECT coalesce(group_concat(id || key || content), '') FROM (SELECT * FROM pages ORDER BY id)";
        connection.query_row(all, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_is_written_is_what_the_system_would_have_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours");
        let ours = cramped(&path, Some(vfs().unwrap()));
        let plain = cramped(&folder.path().join("plain"), None);
        let reader = Connection::open(&path).unwrap();
        for connection in [&ours, &plain] {
            connection.execute_batch("BEGIN").unwrap();
        }
        for number in 0..1_000 {
            let statement = statement(number);
            for connection in [&ours, &plain] {
                // There may be no savepoint to go back to: the same on both.
                let done = connection.execute_batch(&statement);
                assert!(done.is_ok() || statement.starts_with("ROLLBACK TO"), "{statement}: {done:?}");
            }
            assert!(content(&ours) == content(&plain), "after {number}: {statement}");
            if statement.starts_with("COMMIT") {
                assert!(content(&reader) == content(&plain), "after {number}: {statement}");
            }
        }
        let log_length = |name: &str| folder.path().join(name).metadata().unwrap().len();
        ours.execute_batch("COMMIT").unwrap();
        plain.execute_batch("COMMIT").unwrap();
        assert_eq!(log_length("ours-wal"), log_length("plain-wal"));
        let verdict: String = reader.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
    }

    #[test]
    fn only_what_follows_is_put_behind() {
        let mut waiting = Waiting::default();
        assert!(waiting.takes(24, 4_152), "the first goes anywhere");
        waiting.put(&[1; 24], 4_152);
        assert!(waiting.takes(4_096, 4_176));
        assert!(!waiting.takes(4_096, 4_175), "it would overwrite");
        assert!(!waiting.takes(4_096, 4_177), "it would leave a gap");
        assert!(!waiting.takes(MAX_BYTES - 23, 4_176), "there is a bound");
        waiting.put(&[2; 4_096], 4_176);
        assert_eq!((waiting.offset, waiting.bytes.len()), (4_152, 4_120));
    }
}
