//! The database file itself: each page that is read is compared with its checksum, and each that is written gets one.

use std::ffi::{c_int, c_void};

use rusqlite::ffi;

use super::part;
use crate::sqlite::integrity::Shared;

/// Attaches us to a file that the system has opened.
///
/// # Safety
/// See [`part::attach`].
pub(super) unsafe fn attach(file: *mut ffi::sqlite3_file, integrity: Shared) {
    integrity.attached();
    let change = |methods: &mut ffi::sqlite3_io_methods| {
        // Without the third version's methods SQLite maps nothing into memory, past which we would not see it read.
        methods.iVersion = methods.iVersion.min(2);
        methods.xClose = Some(close);
        methods.xRead = Some(read);
        methods.xWrite = Some(write);
        methods.xTruncate = Some(truncate);
        methods.xSync = Some(sync);
    };
    // SAFETY: by the contract; the methods are those below, which know the file by this type.
    unsafe { part::attach(file, integrity, change) };
}

/// The integrity of the database that a file is.
///
/// # Safety
/// `file` is open, and [`attach`] was called for it.
unsafe fn integrity(file: *mut ffi::sqlite3_file) -> Shared {
    // SAFETY: by the contract; the reference ends here.
    Shared::clone(unsafe { part::own::<Shared>(file) })
}

/// The system's methods for a file.
///
/// # Safety
/// As for [`integrity`].
unsafe fn system_methods(file: *mut ffi::sqlite3_file) -> ffi::sqlite3_io_methods {
    // SAFETY: by the contract.
    unsafe { part::system_methods::<Shared>(file) }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that was attached to, once.
    let system = unsafe { system_methods(file) };
    // SAFETY: the system's method, for its file.
    let closed = system.xClose.map_or(ffi::SQLITE_OK, |close| unsafe { close(file) });
    // SAFETY: it is closed.
    unsafe { part::detach::<Shared>(file) };
    closed
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    data: *mut c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite's file, in use by this thread alone.
    let (system, integrity) = unsafe { (system_methods(file), integrity(file)) };
    let Some((read, length)) = system.xRead.zip(usize::try_from(amount).ok()) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { read(file, data, amount, offset) };
    if result != ffi::SQLITE_OK && result != ffi::SQLITE_IOERR_SHORT_READ {
        return result;
    }
    // SAFETY: SQLite's place for so many bytes, all of which the system has set: to zero behind the end of the file.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) };
    let is_good = integrity.page_read(offset, bytes, result == ffi::SQLITE_OK);
    if is_good { result } else { ffi::SQLITE_IOERR_DATA }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite's file, in use by this thread alone.
    let (system, integrity) = unsafe { (system_methods(file), integrity(file)) };
    let Some((write, length)) = system.xWrite.zip(usize::try_from(amount).ok()) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite hands over so many bytes, which stay during the call.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) };
    if !integrity.takes_page(offset, bytes) {
        return ffi::SQLITE_IOERR_WRITE;
    }
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { write(file, data, amount, offset) };
    if result == ffi::SQLITE_OK {
        integrity.page_written(offset, bytes);
    }
    result
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite's file, in use by this thread alone.
    let (system, integrity) = unsafe { (system_methods(file), integrity(file)) };
    let Some(truncate) = system.xTruncate else { return ffi::SQLITE_IOERR_TRUNCATE };
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { truncate(file, size) };
    if result == ffi::SQLITE_OK {
        integrity.resized(size);
    }
    result
}

/// The checksums are on disk before the pages are known to be: until then all of these pages are in the log as well, and
/// are read from there.
unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite's file, in use by this thread alone.
    let (system, integrity) = unsafe { (system_methods(file), integrity(file)) };
    let Some(sync) = system.xSync else { return ffi::SQLITE_IOERR_FSYNC };
    let kept = integrity.keep_sums();
    if kept != ffi::SQLITE_OK {
        return kept;
    }
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    unsafe { sync(file, flags) }
}
