//! The file of the write-ahead log, written in few and large pieces, and compared when it is read.
//!
//! SQLite writes each page of a commit with two calls, one for the frame's head of 24 bytes and one for the page, although
//! all of them stand side by side, and a group has a hundred. Here they are put together, and handed to the system before
//! SQLite syncs, reads or does anything else with the file.
//!
//! That is safe because nobody looks for them earlier. Readers find the frames of a commit by an index in shared memory,
//! which SQLite changes after the sync that `synchronous = FULL` makes it wait for ("WAL-mode file format", section 2.2);
//! and what is not synced may be missing after a crash in any case. An error comes later than it would, at the sync in the
//! place of the write: both give the transaction up.

use std::ffi::{c_int, c_void};

use rusqlite::ffi;

use super::part;
use crate::sqlite::integrity::Shared;

/// As much as is put together before it is handed over.
const MAX_BYTES: usize = 128 * 1024;

/// What belongs to a log that is open.
struct Log {
    waiting: Waiting,
    /// That of the database whose log this is, if somebody watches over it.
    integrity: Option<Shared>,
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

/// Attaches us to a log that the system has opened.
///
/// # Safety
/// See [`part::attach`].
pub(super) unsafe fn attach(file: *mut ffi::sqlite3_file, integrity: Option<Shared>) {
    let change = |methods: &mut ffi::sqlite3_io_methods| {
        methods.xClose = Some(close);
        methods.xRead = Some(read);
        methods.xWrite = Some(write);
        methods.xTruncate = Some(truncate);
        methods.xSync = Some(sync);
        methods.xFileSize = Some(file_size);
    };
    // SAFETY: by the contract; the methods are those below, which know the file by this type.
    unsafe { part::attach(file, Log { waiting: Waiting::default(), integrity }, change) };
}

/// The system's methods for a log.
///
/// # Safety
/// `file` is a log that is open, and [`attach`] was called for it.
unsafe fn system_methods(file: *mut ffi::sqlite3_file) -> ffi::sqlite3_io_methods {
    // SAFETY: by the contract.
    unsafe { part::system_methods::<Log>(file) }
}

/// What waits for a log.
///
/// # Safety
/// As for [`system_methods`]; and no other reference to it is in use: a connection uses a file from one thread at a time.
unsafe fn waiting<'f>(file: *mut ffi::sqlite3_file) -> &'f mut Waiting {
    // SAFETY: by the contract.
    unsafe { &mut part::own::<Log>(file).waiting }
}

/// Who watches over a log.
///
/// # Safety
/// As for [`waiting`].
unsafe fn integrity(file: *mut ffi::sqlite3_file) -> Option<Shared> {
    // SAFETY: by the contract; the reference ends here.
    unsafe { part::own::<Log>(file) }.integrity.clone()
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
    if result != ffi::SQLITE_OK {
        // SAFETY: by the contract; the references from above are not used any more.
        if let Some(integrity) = unsafe { integrity(file) } {
            integrity.log_write_failed();
        }
    }
    result
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that was attached to, once.
    let (handed_over, system) = unsafe { (hand_over(file), system_methods(file)) };
    // SAFETY: the system's method, for its file.
    let closed = system.xClose.map_or(ffi::SQLITE_OK, |close| unsafe { close(file) });
    // SAFETY: it is closed.
    unsafe { part::detach::<Log>(file) };
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
    let noted =
        unsafe { integrity(file) }.map_or(ffi::SQLITE_OK, |integrity| integrity.log_writes(offset, data));
    if noted != ffi::SQLITE_OK {
        return noted;
    }
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
after_handing_over!(system_read, xRead(data: *mut c_void, amount: c_int, offset: i64), SQLITE_IOERR_READ);
after_handing_over!(system_truncate, xTruncate(size: i64), SQLITE_IOERR_TRUNCATE);
after_handing_over!(system_sync, xSync(flags: c_int), SQLITE_IOERR_FSYNC);
after_handing_over!(file_size, xFileSize(size: *mut i64), SQLITE_IOERR_FSTAT);

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    data: *mut c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite's own arguments.
    let result = unsafe { system_read(file, data, amount, offset) };
    // SAFETY: SQLite's file, in use by this thread alone.
    let Some(integrity) = (unsafe { integrity(file) }) else { return result };
    if result != ffi::SQLITE_OK && result != ffi::SQLITE_IOERR_SHORT_READ {
        return result;
    }
    // SAFETY: SQLite's place for so many bytes, all of which the system has set: to zero behind the end of the file.
    let bytes =
        unsafe { std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(amount).unwrap_or(0)) };
    if integrity.log_read(offset, bytes) { result } else { ffi::SQLITE_IOERR_DATA }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite's file, in use by this thread alone.
    let integrity = unsafe { integrity(file) };
    let noted = integrity.map_or(ffi::SQLITE_OK, |integrity| integrity.log_truncates(size));
    // SAFETY: SQLite's own arguments.
    if noted == ffi::SQLITE_OK { unsafe { system_truncate(file, size) } } else { noted }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite's own arguments.
    let synced = unsafe { system_sync(file, flags) };
    // SAFETY: SQLite's file, in use by this thread alone.
    match unsafe { integrity(file) } {
        Some(integrity) if synced == ffi::SQLITE_OK => integrity.log_synced(),
        _ => synced,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
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
        let ours = cramped(&path, Some(crate::sqlite::vfs::name().unwrap()));
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
