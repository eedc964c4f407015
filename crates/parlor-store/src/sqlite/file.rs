//! Looking at the database file before SQLite does, so that a file which is not ours is refused without being touched.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::folder_error;
use crate::error::OpenError;
use crate::migrations;

/// The database's name in its folder.
pub(super) const NAME: &str = "parlor.sqlite";

/// The mark of Parlor in the header of its files: `Prlr`.
pub(super) const APPLICATION_ID: u32 = 0x5072_6c72;

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_BYTES: usize = 100;

/// Files up to this size are checked whole. That takes milliseconds; larger ones are left to `parlor doctor`.
const SMALL_BYTES: u64 = 4 << 20;

/// What there is at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing, or a file without content.
    Nothing,
    /// A database of Parlor's, as far as can be told from outside.
    Ours,
}

/// Looks at a file without changing it or leaving another beside it.
pub(super) fn look(path: &Path) -> Result<Found, OpenError> {
    let damaged = |detail: &str| OpenError::Damaged { path: path.to_owned(), detail: detail.to_owned() };
    // A server that died may have left changes beside the file: then only SQLite can tell what is true. A journal is
    // there only while the file is being made; afterwards it is a log, and the file itself is always whole enough.
    let (has_log, has_journal) = (has_log(path), !is_empty(&beside(path, "-journal")));
    let length = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(folder_error(path, &error)),
    };
    if length == 0 && has_log {
        return Err(damaged("it is missing or empty, but its log (parlor.sqlite-wal) is there"));
    }
    if length == 0 || has_journal {
        return Ok(if length == 0 { Found::Nothing } else { Found::Ours });
    }
    let header = header(path).map_err(|error| folder_error(path, &error))?;
    let Some(header) = header.filter(|header| header.starts_with(MAGIC)) else {
        return Err(damaged("it is not an SQLite database"));
    };
    check_marks(number(&header, 68), number(&header, 60))?;
    if !has_log {
        check_length(&header, length).map_err(damaged)?;
    }
    Ok(Found::Ours)
}

/// The first bytes of a file, if it has as many.
fn header(path: &Path) -> std::io::Result<Option<[u8; HEADER_BYTES]>> {
    let mut header = [0; HEADER_BYTES];
    match File::open(path)?.read_exact(&mut header) {
        Ok(()) => Ok(Some(header)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Refuses a file by the marks in its header.
pub(super) fn check_marks(application_id: u32, version: u32) -> Result<(), OpenError> {
    if application_id != APPLICATION_ID {
        let detail = format!("its application id is {application_id:#010x}, not {APPLICATION_ID:#010x}");
        return Err(OpenError::Foreign { detail });
    }
    let known = migrations::newest();
    if version > known {
        return Err(OpenError::Newer { found: version, known });
    }
    Ok(())
}

/// The big-endian number at an offset of the header. See "The Database Header" in SQLite's file format.
fn number(header: &[u8; HEADER_BYTES], offset: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&header[offset..offset + 4]);
    u32::from_be_bytes(bytes)
}

/// A file that was cut off is shorter than its header says.
fn check_length(header: &[u8; HEADER_BYTES], length: u64) -> Result<(), &'static str> {
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    if page_bytes < 512 || !page_bytes.is_power_of_two() {
        return Err("its header gives an impossible page size");
    }
    let header_counts = number(header, 24) == number(header, 92);
    if header_counts && length < u64::from(number(header, 28)) * page_bytes {
        return Err("it was cut off: it is shorter than its header says");
    }
    Ok(())
}

/// True if a file is so small that all of it may be read at each start.
pub(super) fn is_small(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= SMALL_BYTES)
}

/// Reads the schema, and in a small file everything, on a connection that can't write and that needs no log.
pub(super) fn check_content(path: &Path) -> Result<(), String> {
    let failed = |error: rusqlite::Error| error.to_string();
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(immutable(path), flags).map_err(failed)?;
    let tables = "SELECT count(*) FROM sqlite_schema";
    connection.query_row(tables, [], |row| row.get::<_, i64>(0)).map_err(failed)?;
    if is_small(path) {
        let check = "PRAGMA quick_check(1)";
        let verdict: String = connection.query_row(check, [], |row| row.get(0)).map_err(failed)?;
        if verdict != "ok" {
            return Err(verdict);
        }
    }
    Ok(())
}

/// The address of a file for SQLite to take no locks and to make no files. This process has the folder, so nobody changes
/// it meanwhile.
pub(super) fn immutable(path: &Path) -> String {
    format!("file:{}?immutable=1", escaped(path))
}

/// A path as part of a `file:` address.
fn escaped(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;

    let bytes = path.as_os_str().as_bytes().iter();
    bytes.fold(String::new(), |text, &byte| match byte {
        b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
            text + &char::from(byte).to_string()
        }
        _ => text + &format!("%{byte:02x}"),
    })
}

/// The file of this name with an ending: SQLite's own beside the database.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A file's name without its folder, as an operator reads it.
pub(super) fn name_of(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// True if a log with something in it stands beside the file.
pub(super) fn has_log(path: &Path) -> bool {
    !is_empty(&beside(path, "-wal"))
}

pub(super) fn is_empty(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_being_addresses() {
        assert_eq!(escaped(Path::new("/tmp/a b?#%/é")), "/tmp/a%20b%3f%23%25/%c3%a9");
    }

    #[test]
    fn marks_decide() {
        assert!(check_marks(APPLICATION_ID, migrations::newest()).is_ok());
        assert!(matches!(check_marks(0, 1), Err(OpenError::Foreign { .. })));
        let newer = migrations::newest() + 1;
        assert!(
            matches!(check_marks(APPLICATION_ID, newer), Err(OpenError::Newer { found, .. }) if found == newer)
        );
    }
}
