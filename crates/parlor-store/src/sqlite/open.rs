//! Opening the file: how its connections are set, and how its schema is brought up to date.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::file::{self, APPLICATION_ID, Found};
use super::integrity::{self, Damage, Integrity, Shared};
use super::{execute, folder_error, vfs};
use crate::database::Planted;
use crate::error::OpenError;
use crate::migrations::{self, Engine, Migration};

/// The first version without the bug that loses the WAL when two connections checkpoint at once.
const OLDEST_VERSION: i32 = 3_051_003;
/// More than this crate has statements.
const STATEMENTS: usize = 256;

/// How much memory the connection that writes may keep pages in. What a group touches should fit, else some of it is
/// written twice. More than that costs time: where an index splits in its middle, SQLite looks through all pages that it
/// keeps at the end of the transaction. In 90 rooms of 10, 16 MiB took 4 % of the server's time more.
const WRITER_CACHE_KIB: i64 = 4 << 10;

/// The connection that writes, and what watches over what it reads.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) integrity: Shared,
}

/// Opens the connection that writes. A file that is damaged, newer or not ours is refused before it is touched.
pub(super) fn writer(path: &Path, planted: Planted) -> Result<Opened, OpenError> {
    if rusqlite::version_number() < OLDEST_VERSION {
        let detail =
            format!("SQLite {} has a bug that can lose data; at least 3.51.3 is needed", rusqlite::version());
        return Err(OpenError::Unsuitable { detail });
    }
    let found = file::look(path)?;
    if found == Found::Nothing {
        if !file::is_empty(&file::beside(path, integrity::ENDING)) {
            let detail =
                "it is missing or empty, but its checksums (parlor.sqlite-sums) are there".to_owned();
            return Err(OpenError::Damaged { path: path.to_owned(), detail });
        }
        create(path)?;
    }
    let integrity = watch(path, planted.is_blind())?;
    if found == Found::Ours {
        check_log(path)?;
    }
    let mut connection = connect_writer(path)?;
    if !integrity.is_attached() {
        let detail = "SQLite does not let its files be watched over".to_owned();
        return Err(OpenError::Unsuitable { detail });
    }
    let marks = marks(&connection).map_err(|error| refused(path, &error))?;
    if marks != (0, 0) || has_tables(&connection).map_err(|error| refused(path, &error))? {
        file::check_marks(marks.0, marks.1)?;
    }
    migrate(&mut connection, marks.1, migrations::ALL)?;
    if planted.ignores_nonces() {
        let lift =
            "DROP INDEX IF EXISTS messages_nonce; CREATE INDEX messages_nonce ON messages (nonce, author_id)";
        connection.execute_batch(lift).map_err(|error| refused(path, &error))?;
    }
    if !integrity.is_adopted() {
        adopt(connection, &integrity, path, found == Found::Nothing)?;
        connection = connect_writer(path)?;
    }
    Ok(Opened { connection, integrity })
}

/// Begins to watch over a file, and compares all of one that is small.
pub(super) fn watch(path: &Path, is_blind: bool) -> Result<Shared, OpenError> {
    let damaged = |damage: Damage| OpenError::Damaged { path: path.to_owned(), detail: damage.what };
    let integrity = Integrity::open(path, is_blind).map_err(damaged)?;
    let has_log = file::has_log(path);
    if integrity.is_adopted() && file::is_small(path) {
        examine(path, &integrity)?;
    } else if !integrity.is_adopted() && !has_log && !file::is_empty(path) {
        file::check_content(path).map_err(|detail| damaged(Damage { what: detail, page: None }))?;
    }
    Ok(integrity)
}

/// Compares all pages of a file, and refuses it with a list of those that are not as they were written.
pub(super) fn examine(path: &Path, integrity: &Integrity) -> Result<(), OpenError> {
    let found = integrity.examine().map_err(|error| folder_error(path, &error))?;
    if found.is_empty() {
        return Ok(());
    }
    let named = found.iter().map(|damage| named(path, damage));
    Err(OpenError::Damaged { path: path.to_owned(), detail: named.collect::<Vec<_>>().join("; ") })
}

/// Damage in words, with what it belongs to.
fn named(path: &Path, damage: &Damage) -> String {
    let owner = || integrity::owner(&onlooker(path).ok()?, damage.page?);
    match owner() {
        Some(owner) => format!("{damage}; it belongs to {owner}"),
        None => damage.to_string(),
    }
}

/// Makes checksums for a database that has none: a new one, or one from before there were any. That one is read whole.
fn adopt(connection: Connection, integrity: &Integrity, path: &Path, is_new: bool) -> Result<(), OpenError> {
    if !is_new {
        whole(&connection, path)?;
    }
    // This copies the log into the file.
    connection.close().map_err(|(_, error)| refused(path, &error))?;
    if file::has_log(path) {
        let detail = "another program has it open, so it can't be given checksums".to_owned();
        return Err(OpenError::Folder { path: path.to_owned(), detail });
    }
    integrity.adopt().map_err(|detail| OpenError::Folder { path: path.to_owned(), detail })?;
    if !is_new {
        tracing::info!(database = %path.display(), "the database had no checksums; it was read whole, and has them now");
    }
    Ok(())
}

/// A connection that reads and leaves nothing beside the file, if there is no log that must be read.
fn onlooker(path: &Path) -> rusqlite::Result<Connection> {
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if file::has_log(path) {
        return connect(path, read_only);
    }
    connect(Path::new(&file::immutable(path)), read_only | OpenFlags::SQLITE_OPEN_URI)
}

/// The connection that writes, set as it is to be.
fn connect_writer(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags).map_err(|error| refused(path, &error))?;
    set_up_writer(&connection).map_err(|error| refused(path, &error))?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    match vfs::name() {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    }
}

/// Opens a connection that reads. The writer's must be open.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = connect(path, flags)?;
        set_up(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    open().map_err(|error| refused(path, &error))
}

/// A server that was killed may have left newer marks in the log. They are read on a connection that can't write,
/// because one that can would copy the log into the file when it is closed.
fn check_log(path: &Path) -> Result<(), OpenError> {
    if !file::has_log(path) {
        return Ok(());
    }
    let connection = reader(path)?;
    let (application_id, version) = marks(&connection).map_err(|error| refused(path, &error))?;
    file::check_marks(application_id, version)
}

/// Reads the whole file, and returns the version of its schema.
pub(super) fn check(path: &Path) -> Result<u32, OpenError> {
    let connection = reader(path)?;
    let (application_id, version) = marks(&connection).map_err(|error| refused(path, &error))?;
    file::check_marks(application_id, version)?;
    whole(&connection, path)?;
    Ok(version)
}

/// Lets SQLite read the whole file.
fn whole(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let question = "PRAGMA quick_check(1)";
    let verdict: String =
        connection.query_row(question, [], |row| row.get(0)).map_err(|error| refused(path, &error))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.to_owned(), detail: verdict }) }
}

fn create(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    made.map(drop).map_err(|error| folder_error(path, &error))
}

/// The application id and the schema version, as SQLite sees them.
fn marks(connection: &Connection) -> rusqlite::Result<(u32, u32)> {
    let number = |pragma| connection.query_row(pragma, [], |row| row.get(0));
    Ok((number("PRAGMA application_id")?, number("PRAGMA user_version")?))
}

fn has_tables(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) > 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// What all connections have in common.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // One plan a statement. Otherwise, where there is an index over a part of a table, SQLite prepares a statement again
    // for each new value, in case that index fits the value: a quarter of the server's time when all clients come back at once.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn set_up_writer(connection: &Connection) -> rusqlite::Result<()> {
    set_up(connection)?;
    // FULL syncs the log at every commit: acknowledged means on disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // What SQLite would otherwise spill into a file beside the system's temporary ones.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // The writer checkpoints between groups, when nobody waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)
}

/// Brings the schema up to date: each migration in a transaction of its own.
///
/// The first ones run before the log is switched on, so that the marks stand in the file itself from the beginning.
fn migrate(connection: &mut Connection, version: u32, migrations: &[Migration]) -> Result<(), OpenError> {
    for migration in migrations.iter().filter(|migration| migration.number > version) {
        apply(connection, migration).map_err(|error| OpenError::Migration {
            name: migration.name.to_owned(),
            detail: error.to_string(),
        })?;
    }
    let other = |error| OpenError::Other(execute::meaning(&error));
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(other)?;
    if mode != "wal" {
        let detail = format!("the file system allows no write-ahead log (SQLite chose {mode:?})");
        return Err(OpenError::Unsuitable { detail });
    }
    if version < migrations::newest() {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        connection.query_row(checkpoint, [], |_| Ok(())).map_err(other)?;
    }
    Ok(())
}

fn apply(connection: &mut Connection, migration: &Migration) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS parlor_migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
    )?;
    transaction.execute_batch(&migration.text(Engine::Sqlite))?;
    let note = "INSERT INTO parlor_migrations (number, name) VALUES ($1, $2)";
    transaction.execute(note, (migration.number, migration.name))?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", migration.number)?;
    transaction.commit()
}

fn refused(path: &Path, error: &rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, PermissionDenied, ReadOnly};

    if execute::is_damage(error) {
        let detail = match integrity::met() {
            Some(damage) => named(path, &damage),
            None => error.to_string(),
        };
        return OpenError::Damaged { path: path.to_owned(), detail };
    }
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => OpenError::Damaged { path: path.to_owned(), detail },
        Some(CannotOpen | PermissionDenied | ReadOnly) => OpenError::Folder { path: path.to_owned(), detail },
        _ => OpenError::Other(execute::meaning(error)),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::statement;

    #[test]
    fn no_statement_is_prepared_again_for_another_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file::NAME);
        let writer = writer(&path, Planted::Nothing).unwrap().connection;
        let reader = reader(&path).unwrap();
        writer.execute_batch("BEGIN").unwrap();
        for statement in statement::all() {
            let Some(text) = statement.sqlite else { continue };
            let connection = if text.trim_start().starts_with("SELECT") { &reader } else { &writer };
            let mut prepared = connection.prepare(text).unwrap();
            for value in 1..4 {
                for index in 1..=prepared.parameter_count() {
                    prepared.raw_bind_parameter(index, value).unwrap();
                }
                // What such values lead to does not matter here, and most of it breaks some rule of a table.
                let _ = prepared.raw_query().next();
            }
            assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0, "{}", statement.name);
        }
    }
}
