//! The folder of an SQLite database: whose it is, and what happens to files that can't be used.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use parlor_model::RoomKind;
use parlor_store::{Cursor, Database, OpenError, Options, Page, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{World, read, write};

async fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(&Database::sqlite(folder), Options::default()).await
}

/// A folder with a database in it that was closed properly.
async fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    write!(store, tx => tx.put_setting("name", "Parlor"));
    store.close().await;
    folder
}

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("parlor.sqlite")
}

/// Every file of a folder with its content, except the lock.
fn content(folder: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let named =
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
    named.filter(|(name, _)| name != "parlor.lock").collect()
}

/// Opens a database that must be refused, and checks that nothing was touched.
async fn refused(folder: &TempDir) -> OpenError {
    let before = content(folder);
    let refused = open(folder.path()).await.expect_err("it was opened");
    assert_eq!(before.keys().collect::<Vec<_>>(), content(folder).keys().collect::<Vec<_>>());
    assert!(before == content(folder), "the files were changed");
    refused
}

fn change(folder: &TempDir, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file(folder)).unwrap();
    change(&mut bytes);
    fs::write(file(folder), bytes).unwrap();
}

async fn damaged(folder: &TempDir, expected: &str) {
    let refused = refused(folder).await;
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
    let words = refused.to_string();
    assert!(words.contains(expected) && words.contains("backup"), "{words}");
}

#[tokio::test]
async fn a_text_is_not_a_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file(&folder), "Dear diary, ".repeat(100)).unwrap();
    damaged(&folder, "not an SQLite database").await;
    fs::write(file(&folder), "short").unwrap();
    damaged(&folder, "not an SQLite database").await;
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused() {
    let folder = folder().await;
    change(&folder, |bytes| bytes.truncate(bytes.len() - 4096));
    damaged(&folder, "cut off").await;
}

#[tokio::test]
async fn a_broken_page_is_refused() {
    let folder = folder().await;
    change(&folder, |bytes| bytes[3 * 4096..3 * 4096 + 64].fill(0xff));
    damaged(&folder, "").await;
}

#[tokio::test]
async fn a_broken_schema_is_refused() {
    let folder = folder().await;
    change(&folder, |bytes| bytes[100..200].fill(0xff));
    damaged(&folder, "").await;
}

#[tokio::test]
async fn a_broken_header_is_refused() {
    let folder = folder().await;
    change(&folder, |bytes| bytes[16..18].fill(3));
    damaged(&folder, "page size").await;
}

#[tokio::test]
async fn a_log_without_its_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("parlor.sqlite-wal"), "the only copy of something").unwrap();
    damaged(&folder, "missing or empty").await;
}

#[tokio::test]
async fn the_file_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = Connection::open(file(&folder)).unwrap();
    other.execute_batch("CREATE TABLE tunes (title TEXT)").unwrap();
    drop(other);
    assert!(matches!(refused(&folder).await, OpenError::Foreign { .. }));
}

#[tokio::test]
async fn the_file_of_a_newer_version_is_refused() {
    let folder = folder().await;
    let newer = Connection::open(file(&folder)).unwrap();
    newer.execute_batch("PRAGMA user_version = 900").unwrap();
    newer.close().unwrap();
    let refused = refused(&folder).await;
    assert!(matches!(refused, OpenError::Newer { found: 900, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer Parlor"), "{refused}");
}

/// A newer server was killed before its log was copied: the file itself still has the old version.
#[tokio::test]
async fn a_newer_version_in_the_log_is_refused() {
    let folder = folder().await;
    let before = fs::read(file(&folder)).unwrap();
    let newer = Connection::open(file(&folder)).unwrap();
    newer.execute_batch("PRAGMA user_version = 900").unwrap();
    let killed = tempfile::tempdir().unwrap();
    for name in ["parlor.sqlite", "parlor.sqlite-wal"] {
        fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
    }
    let refused = open(killed.path()).await.expect_err("it was opened");
    assert!(matches!(refused, OpenError::Newer { found: 900, .. }), "{refused:?}");
    assert!(before == fs::read(file(&killed)).unwrap(), "the file was changed");
    assert!(fs::metadata(killed.path().join("parlor.sqlite-wal")).unwrap().len() > 0, "the log is gone");
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file(&folder), "").unwrap();
    let store = open(folder.path()).await.unwrap();
    write!(store, tx => tx.put_setting("name", "Parlor"));
    store.close().await;
}

#[tokio::test]
async fn strange_folders_are_made_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let strange = folder.path().join("new/a b?#%é'\"");
    let store = open(&strange).await.unwrap();
    write!(store, tx => tx.put_setting("name", "Parlor"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&strange), 0o700);
    for name in ["parlor.sqlite", "parlor.sqlite-wal", "parlor.sqlite-shm", "parlor.lock"] {
        assert_eq!(mode(&strange.join(name)), 0o600, "{name}");
    }
    store.close().await;
    let store = open(&strange).await.unwrap();
    assert_eq!(read!(store, tx => tx.setting("name")).as_deref(), Some("Parlor"));
    store.close().await;
}

#[tokio::test]
async fn a_folder_that_can_not_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("taken"), "").unwrap();
    let refused = open(&folder.path().join("taken")).await.expect_err("it was opened");
    assert!(matches!(refused, OpenError::Folder { .. }), "{refused:?}");
    assert!(refused.to_string().contains("taken"), "{refused}");
}

#[tokio::test]
async fn a_store_that_is_dropped_lets_its_folder_go() {
    let folder = folder().await;
    let store = open(folder.path()).await.unwrap();
    assert!(matches!(open(folder.path()).await, Err(OpenError::Locked { .. })));
    drop(store);
    // The threads end on their own; there is nothing to wait for but the lock itself.
    while let Err(error) = open(folder.path()).await {
        assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    }
}

/// What is on disk at the moment of an answer holds what was answered, as after a kill.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_keeps_what_it_answered() {
    crate::support::on_sqlite(|world| Box::pin(killed(world))).await;
}

async fn killed(world: &World) {
    let Database::Sqlite { folder } = &world.database else { panic!("this is SQLite's") };
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    for number in 1..=200 {
        world.say(room, ada, "acknowledged").await;
        if number % 50 != 0 {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        for name in ["parlor.sqlite", "parlor.sqlite-wal"] {
            fs::copy(folder.join(name), copy.path().join(name)).unwrap();
        }
        let store = open(copy.path()).await.unwrap();
        let kept =
            read!(store, tx => tx.history(room, Page { cursor: Cursor::Newest, limit: 1_000 })).messages;
        assert_eq!(kept.len(), number);
        store.close().await;
    }
}
