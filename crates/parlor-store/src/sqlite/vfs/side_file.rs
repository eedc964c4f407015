//! A file of our own beside the database, on the same disk as SQLite sees it: what fails there, fails here.

use std::ffi::{CString, c_int};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr::null_mut;

use rusqlite::ffi;

use super::SYSTEM;

/// Nothing, or SQLite's code for what went wrong.
type Done = Result<(), c_int>;

/// An open file. It is closed when this goes.
pub(in crate::sqlite) struct SideFile {
    /// The system's file, in memory of its own that is aligned for it and does not move.
    file: Box<[u64]>,
    /// The system may keep the address of the path.
    _path: CString,
}

impl SideFile {
    /// Opens a file, and makes it if it is missing, with the rights of the database that its name begins with.
    pub(in crate::sqlite) fn open(path: &Path) -> Result<Self, c_int> {
        let system = SYSTEM.as_ref().ok_or(ffi::SQLITE_CANTOPEN)?;
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| ffi::SQLITE_CANTOPEN)?;
        let mut file = vec![0; system.file_bytes.div_ceil(size_of::<u64>())].into_boxed_slice();
        // As a journal, whose entry in the folder is synced with it when it is new.
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | ffi::SQLITE_OPEN_MAIN_JOURNAL;
        // SAFETY: the VFS lives for ever; the path is a C string and no address with parameters; there are as many bytes as
        // the VFS asks for, all zero; and nobody asks which flags were used.
        let opened = unsafe {
            let open = (*system.vfs).xOpen.ok_or(ffi::SQLITE_CANTOPEN)?;
            open(system.vfs, path.as_ptr(), file.as_mut_ptr().cast(), flags, null_mut())
        };
        done(opened)?;
        Ok(Self { file, _path: path })
    }

    /// Writes bytes at a place.
    pub(in crate::sqlite) fn write(&mut self, offset: u64, bytes: &[u8]) -> Done {
        let write = self.methods().and_then(|methods| methods.xWrite).ok_or(ffi::SQLITE_IOERR_WRITE)?;
        let amount = c_int::try_from(bytes.len()).map_err(|_| ffi::SQLITE_IOERR_WRITE)?;
        let offset = i64::try_from(offset).map_err(|_| ffi::SQLITE_IOERR_WRITE)?;
        // SAFETY: the system's method, for its file, which is open; the bytes stay during the call.
        done(unsafe { write(self.file(), bytes.as_ptr().cast(), amount, offset) })
    }

    /// Makes the file empty.
    pub(in crate::sqlite) fn clear(&mut self) -> Done {
        let truncate =
            self.methods().and_then(|methods| methods.xTruncate).ok_or(ffi::SQLITE_IOERR_TRUNCATE)?;
        // SAFETY: the system's method, for its file, which is open.
        done(unsafe { truncate(self.file(), 0) })
    }

    /// Returns once all that was written is on disk.
    pub(in crate::sqlite) fn sync(&mut self) -> Done {
        let sync = self.methods().and_then(|methods| methods.xSync).ok_or(ffi::SQLITE_IOERR_FSYNC)?;
        // SAFETY: the system's method, for its file, which is open.
        done(unsafe { sync(self.file(), ffi::SQLITE_SYNC_NORMAL) })
    }

    fn file(&mut self) -> *mut ffi::sqlite3_file {
        self.file.as_mut_ptr().cast()
    }

    /// The system's methods, which it has set when it opened the file.
    fn methods(&mut self) -> Option<ffi::sqlite3_io_methods> {
        // SAFETY: the file is in memory of ours, and its methods are null or live as long as it is open.
        unsafe { (*self.file()).pMethods.as_ref() }.copied()
    }
}

impl Drop for SideFile {
    fn drop(&mut self) {
        if let Some(close) = self.methods().and_then(|methods| methods.xClose) {
            // SAFETY: the system's method, for its file, which is open until now and not used again. What matters was synced.
            unsafe { close(self.file()) };
        }
    }
}

fn done(code: c_int) -> Done {
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(code) }
}
