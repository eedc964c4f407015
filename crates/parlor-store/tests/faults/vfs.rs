//! The way from SQLite to [`Disk`]: a VFS which is that of the system, except that what changes the files of a watched
//! folder passes through the disk. It is the default of this process, so the store under test is the real one.
//!
//! This is all the unsafe code of the fault tests. It keeps to three rules. SQLite's pointers are used only during the call
//! that brings them. The real methods of a file are called with the file that they were made for. And the table that a
//! file points to lives in [`FILES`] from its opening until after its closing.

#![expect(unsafe_code, reason = "SQLite takes a VFS as a table of C functions")]

use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};

use rusqlite::ffi;

use crate::disk::Disk;

/// The disks, by the folder that they are.
static DISKS: Mutex<BTreeMap<PathBuf, Arc<Disk>>> = Mutex::new(BTreeMap::new());
/// The open files of these folders, by SQLite's address for them.
static FILES: Mutex<BTreeMap<usize, Open>> = Mutex::new(BTreeMap::new());

/// An open file.
#[derive(Clone)]
struct Open {
    disk: Arc<Disk>,
    name: String,
    /// The system's methods.
    real: ffi::sqlite3_io_methods,
    /// Ours: the same but for a few. The file points here.
    _ours: Arc<ffi::sqlite3_io_methods>,
}

/// Makes this the VFS of the process. A store passes its calls to the one that is there when the first store is opened.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(register);
}

/// Makes `disk` the disk of a folder. Files that are open already are not touched.
pub(crate) fn watch(folder: &Path, disk: Arc<Disk>) {
    DISKS.lock().unwrap().insert(folder.to_owned(), disk);
}

fn system() -> *mut ffi::sqlite3_vfs {
    // SAFETY: the name is a C string. The VFS of the system is a static of SQLite and never goes.
    unsafe { ffi::sqlite3_vfs_find(c"unix".as_ptr()) }
}

fn register() {
    let system = system();
    assert!(!system.is_null(), "SQLite has no VFS for this system");
    // SAFETY: it is not null, and see `system`.
    let mut ours = unsafe { *system };
    ours.zName = c"parlor-faults".as_ptr();
    ours.xOpen = Some(open);
    ours.xDelete = Some(delete);
    // SAFETY: it is leaked, so it lives as long as SQLite may use it; its name is static.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1) };
    assert_eq!(registered, ffi::SQLITE_OK);
}

/// The disk that a path is on, and the file's name there.
///
/// # Safety
/// `path` is null or a C string.
unsafe fn place(path: *const c_char) -> Option<(Arc<Disk>, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: by the contract.
    let path = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes()));
    let disk = DISKS.lock().unwrap().get(path.parent()?).cloned()?;
    Some((disk, path.file_name()?.to_str()?.to_owned()))
}

fn opened(file: *mut ffi::sqlite3_file) -> Open {
    FILES.lock().unwrap()[&file.addr()].clone()
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let system = system();
    // SAFETY: SQLite's own arguments go on to the VFS whose file size ours has.
    let result = unsafe { (*system).xOpen.unwrap()(system, path, file, flags, out_flags) };
    // SAFETY: SQLite's paths are C strings.
    let Some((disk, name)) = (unsafe { place(path) }) else {
        return result;
    };
    // SAFETY: `file` is SQLite's, and the system has just set its methods: to null if it could not open it.
    let Some(real) = (unsafe { (*file).pMethods.as_ref() }).copied().filter(|_| result == ffi::SQLITE_OK)
    else {
        return result;
    };
    let mut ours = real;
    ours.xWrite = Some(write);
    ours.xTruncate = Some(truncate);
    ours.xSync = Some(sync);
    ours.xClose = Some(close);
    // A write-ahead log has no shared memory of its own; the methods of a file must stay of one version.
    if real.xShmMap.is_some() {
        ours.xShmMap = Some(map);
    }
    let ours = Arc::new(ours);
    // SAFETY: as above; the table lives until `close` is called for this file, at least.
    unsafe { (*file).pMethods = Arc::as_ptr(&ours) };
    FILES.lock().unwrap().insert(file.addr(), Open { disk, name, real, _ours: ours });
    result
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let open = opened(file);
    // SAFETY: the system's method, for its file. `open` keeps our table until it has returned.
    let result = unsafe { open.real.xClose.unwrap()(file) };
    FILES.lock().unwrap().remove(&file.addr());
    result
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    let open = opened(file);
    let mut size = 0;
    // SAFETY: the system's method, for its file, with a place of ours for the answer.
    unsafe { open.real.xFileSize.unwrap()(file, &raw mut size) };
    // SAFETY: SQLite hands over so many bytes, which stay during the call.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(amount).unwrap()) };
    if !open.disk.may_write(offset + i64::from(amount) > size) {
        return ffi::SQLITE_FULL;
    }
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { open.real.xWrite.unwrap()(file, data, amount, offset) };
    if result == ffi::SQLITE_OK {
        open.disk.wrote(&open.name, usize::try_from(offset).unwrap(), bytes);
    }
    result
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let open = opened(file);
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { open.real.xTruncate.unwrap()(file, size) };
    if result == ffi::SQLITE_OK {
        open.disk.truncated(&open.name, usize::try_from(size).unwrap());
    }
    result
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let open = opened(file);
    if !open.disk.may_sync(&open.name) {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    // SAFETY: the system's method, for its file, with SQLite's arguments.
    let result = unsafe { open.real.xSync.unwrap()(file, flags) };
    if result == ffi::SQLITE_OK {
        open.disk.synced(&open.name);
    }
    result
}

unsafe extern "C" fn map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let open = opened(file);
    let may_extend = open.disk.may_map();
    let extends = if may_extend { extend } else { 0 };
    // SAFETY: the system's method, for its file, with SQLite's arguments but for the wish to extend.
    let result = unsafe { open.real.xShmMap.unwrap()(file, region, size, extends, out) };
    // SAFETY: `out` is SQLite's place for the answer, which the system has filled in.
    let missing = unsafe { (*out).is_null() };
    if result == ffi::SQLITE_OK && missing && extend != extends { ffi::SQLITE_IOERR_SHMSIZE } else { result }
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    let system = system();
    // SAFETY: SQLite's own arguments go on.
    let result = unsafe { (*system).xDelete.unwrap()(system, path, sync_folder) };
    // SAFETY: SQLite's paths are C strings.
    if let Some((disk, name)) = unsafe { place(path) }
        && result == ffi::SQLITE_OK
    {
        disk.deleted(&name);
    }
    result
}
