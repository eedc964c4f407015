//! Our part of an open file of SQLite's: it lies behind the system's, and is a pointer to what belongs to the file.

use rusqlite::ffi;

use super::SYSTEM;

/// What belongs to a file that is open.
struct Part<T> {
    /// The system's methods.
    system: ffi::sqlite3_io_methods,
    /// The same but for a few. The file points here.
    ours: ffi::sqlite3_io_methods,
    own: T,
}

/// The place of the pointer.
///
/// # Safety
/// `file` has as many bytes as [`super::register`] asked for.
unsafe fn place<T>(file: *mut ffi::sqlite3_file) -> *mut *mut Part<T> {
    let behind = SYSTEM.as_ref().map_or(0, |system| system.file_bytes);
    // SAFETY: by the contract; and the offset is a multiple of what a pointer needs, as is the address of SQLite's memory.
    unsafe { file.byte_add(behind).cast() }
}

/// Attaches `own` to a file, with methods of which some are ours. What has no methods is not open, and stays as it is.
///
/// # Safety
/// The system has opened the file for SQLite, and nothing is attached to it. One of the methods must be one for closing
/// that calls [`detach`] with the same type, and all of ours know the file by that type.
pub(super) unsafe fn attach<T>(
    file: *mut ffi::sqlite3_file,
    own: T,
    change: impl FnOnce(&mut ffi::sqlite3_io_methods),
) {
    // SAFETY: the system has set the methods, which are null if the file is not open.
    let Some(system) = (unsafe { (*file).pMethods.as_ref() }).copied() else { return };
    let mut ours = system;
    change(&mut ours);
    let part = Box::into_raw(Box::new(Part { system, ours, own }));
    // SAFETY: see `place`; the table lives until `detach` frees it.
    unsafe {
        *place(file) = part;
        (*file).pMethods = &raw const (*part).ours;
    }
}

/// The system's methods for a file.
///
/// # Safety
/// Something of this type is attached to the file.
pub(super) unsafe fn system_methods<T>(file: *mut ffi::sqlite3_file) -> ffi::sqlite3_io_methods {
    // SAFETY: by the contract.
    unsafe { (**place::<T>(file)).system }
}

/// What is attached to a file.
///
/// # Safety
/// As for [`system_methods`]; and no other reference to it is in use: a connection uses a file from one thread at a time.
pub(super) unsafe fn own<'f, T>(file: *mut ffi::sqlite3_file) -> &'f mut T {
    // SAFETY: by the contract.
    unsafe { &mut (**place::<T>(file)).own }
}

/// Frees what is attached to a file.
///
/// # Safety
/// As for [`own`]; and the file is closed, so that nothing uses its methods any more.
pub(super) unsafe fn detach<T>(file: *mut ffi::sqlite3_file) {
    // SAFETY: `attach` made it by `Box::into_raw`, and nothing points to it any more.
    drop(unsafe { Box::from_raw(*place::<T>(file)) });
}
