//! The VFS through which SQLite reaches our database: the system's, except that the log is written in large pieces and
//! that whatever is read from the file and the log is compared with what was written there ([`super::integrity`]).
//!
//! A VFS is a table of C functions, so this module and those in it are unsafe code. They keep to four rules. SQLite's
//! pointers are used only during the call that brings them. The system's methods are called with the file that they were
//! made for, which is the beginning of ours. What belongs to a file is allocated when it is opened and freed when it is
//! closed. And a reference into it covers one field, and ends before the system is called.

#![expect(unsafe_code, reason = "SQLite takes a VFS as a table of C functions")]

mod data_file;
mod log_file;
mod part;
mod side_file;

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::LazyLock;

use rusqlite::ffi;

pub(super) use side_file::SideFile;

use super::integrity;

/// The VFS that connections are opened with; none if SQLite has no room for it.
pub(super) fn name() -> Option<&'static CStr> {
    SYSTEM.as_ref().map(|_| NAME)
}

const NAME: &CStr = c"parlor";
/// What the log's name has behind the database's.
const LOG_ENDING: &[u8] = b"-wal";

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
    let file_bytes = usize::try_from(ours.szOsFile).ok()?.next_multiple_of(align_of::<*mut ()>());
    ours.szOsFile = c_int::try_from(file_bytes + size_of::<*mut ()>()).ok()?;
    ours.zName = NAME.as_ptr();
    ours.xOpen = Some(open);
    ours.xDelete = Some(delete);
    // SAFETY: it is leaked, so it lives as long as SQLite may use it; its name is static.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 0) };
    (registered == ffi::SQLITE_OK).then_some(System { vfs, file_bytes })
}

/// The path that SQLite speaks of.
///
/// # Safety
/// `path` is null, or a C string that stays as long as the answer is used.
unsafe fn path<'p>(path: *const c_char) -> Option<&'p [u8]> {
    // SAFETY: by the contract.
    (!path.is_null()).then(|| unsafe { CStr::from_ptr(path) }.to_bytes())
}

fn database(path: &[u8]) -> Option<integrity::Shared> {
    integrity::of(Path::new(OsStr::from_bytes(path)))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let Some(system) = SYSTEM.as_ref() else { return ffi::SQLITE_CANTOPEN };
    // SAFETY: the VFS lives for ever.
    let Some(open) = (unsafe { (*system.vfs).xOpen }) else { return ffi::SQLITE_CANTOPEN };
    // SAFETY: SQLite's own arguments go on to the VFS that they are for; the file has room for its part.
    let result = unsafe { open(system.vfs, name, file, flags, out_flags) };
    // SAFETY: SQLite's paths are C strings, which stay during the call.
    let path = unsafe { path(name) }.unwrap_or_default();
    if result == ffi::SQLITE_OK && flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
        if let Some(integrity) = database(path) {
            // SAFETY: the system has just opened the file, and nothing was attached to it.
            unsafe { data_file::attach(file, integrity) };
        }
    } else if result == ffi::SQLITE_OK && flags & ffi::SQLITE_OPEN_WAL != 0 {
        let integrity = path.strip_suffix(LOG_ENDING).and_then(database);
        // SAFETY: as above.
        unsafe { log_file::attach(file, integrity) };
    }
    result
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite's paths are C strings, which stay during the call.
    let log_of = unsafe { path(name) }.and_then(|path| path.strip_suffix(LOG_ENDING));
    if let Some(integrity) = log_of.and_then(database) {
        let noted = integrity.log_goes();
        if noted != ffi::SQLITE_OK {
            return noted;
        }
    }
    let Some(system) = SYSTEM.as_ref() else { return ffi::SQLITE_IOERR_DELETE };
    // SAFETY: the VFS lives for ever.
    let Some(delete) = (unsafe { (*system.vfs).xDelete }) else { return ffi::SQLITE_IOERR_DELETE };
    // SAFETY: SQLite's own arguments go on to the VFS that they are for.
    unsafe { delete(system.vfs, name, sync_folder) }
}
