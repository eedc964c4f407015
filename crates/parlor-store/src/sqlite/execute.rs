//! How a statement runs on SQLite, and what its errors mean.

use rusqlite::{CachedStatement, Connection, ErrorCode, ffi, params_from_iter};

use super::integrity;
use crate::error::Error;
use crate::statement::Statement;
use crate::tx::Read;
use crate::value::{Columns, Param};

/// All rows of a statement.
pub(crate) fn rows<T>(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
    read: Read<T>,
) -> Result<Vec<T>, Error> {
    let mut prepared = connection.prepare_cached(text(statement)?).map_err(|error| meaning(&error))?;
    let mut found = prepared.query(params_from_iter(params)).map_err(|error| meaning(&error))?;
    let mut values = Vec::new();
    while let Some(row) = found.next().map_err(|error| meaning(&error))? {
        values.push(read(&mut Columns::sqlite(row))?);
    }
    Ok(values)
}

/// Runs a statement and returns how many rows it touched.
pub(crate) fn run(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let mut prepared = connection.prepare_cached(text(statement)?).map_err(|error| meaning(&error))?;
    let count = prepared.execute(params_from_iter(params)).map_err(|error| meaning(&error))?;
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A statement that is about to run several times, its values bound by place.
pub(crate) fn prepared<'c>(
    connection: &'c Connection,
    statement: &'static Statement,
) -> Result<CachedStatement<'c>, Error> {
    connection.prepare_cached(text(statement)?).map_err(|error| meaning(&error))
}

/// Runs one of the short texts that steer a transaction.
pub(super) fn steer(connection: &Connection, text: &str) -> Result<(), Error> {
    connection
        .prepare_cached(text)
        .and_then(|mut prepared| prepared.execute([]))
        .map(drop)
        .map_err(|error| meaning(&error))
}

/// Prepares a statement, if it is for SQLite, and checks that `$n` is the n-th value. Returns how many were prepared.
pub(crate) fn prepare(connection: &Connection, statement: &'static Statement) -> Result<usize, Error> {
    let Some(text) = statement.sqlite else {
        return Ok(0);
    };
    let failed = |error: String| Error::Database(format!("{}: {error}", statement.name));
    let prepared = connection.prepare(text).map_err(|error| failed(error.to_string()))?;
    for index in 1..=prepared.parameter_count() {
        if prepared.parameter_name(index) != Some(format!("${index}").as_str()) {
            return Err(failed(format!("the value at place {index} is not called ${index}")));
        }
    }
    Ok(1)
}

fn text(statement: &'static Statement) -> Result<&'static str, Error> {
    statement.sqlite.ok_or_else(|| Error::Database(format!("{} is not for SQLite", statement.name)))
}

/// True if the disk did not keep what it was told to keep.
pub(super) fn is_failed_sync(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|failure| failure.extended_code);
    matches!(code, Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC))
}

/// True if something was not read as it was written.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|failure| failure.extended_code == ffi::SQLITE_IOERR_DATA)
}

/// What an error of SQLite means for the caller.
pub(crate) fn meaning(error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = error else {
        return Error::Database(error.to_string());
    };
    if is_damage(error) {
        let met = integrity::met().map_or_else(|| failure.to_string(), |damage| damage.what);
        return Error::Damaged(met);
    }
    let said = message.clone().unwrap_or_else(|| failure.to_string());
    match (failure.code, failure.extended_code) {
        // What readers share of the log is a file too. When that can't grow, the commit it was for has not taken place.
        (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Error::Full(said),
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Busy,
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Error::Taken(said),
        _ => Error::Database(said),
    }
}
