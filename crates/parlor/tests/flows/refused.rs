//! What keeps a server from starting is told with advice, and nothing is touched.

use std::path::Path;

use anyhow::{Context as _, Result};
use parlor_testkit::{Database, Server};

use crate::support::{end_of, parlor, run, server, text};

/// Starts a server that must not start; returns what it said.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, &[&["--listen", "127.0.0.1:0"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    text(&output.stderr)
}

/// Starts a server on a damaged database; returns what it said.
fn damaged(folder: &Path) -> String {
    let output = run(folder, &["--listen", "127.0.0.1:0", "--data-dir", "."]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    text(&output.stderr)
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut contents: Vec<_> =
        files.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect();
    contents.retain(|(name, _)| !name.ends_with("parlor.lock"));
    contents.sort();
    contents
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_folder() -> Result<()> {
    let first = Server::start(server()).await?;
    let said = refused(first.data_dir(), &["--data-dir", "."]);
    assert!(said.contains("already in use") && said.contains(&first.pid().unwrap().to_string()), "{said}");
    assert_eq!(first.owner().await?.user.role, "owner");
    first.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_database() -> Result<()> {
    let first = Server::start(server().database(Database::Postgres)).await?;
    let folder = tempfile::tempdir()?;
    let url = first.database_url().context("an address")?;
    let output =
        end_of(parlor(folder.path()).args(["--listen", "127.0.0.1:0"]).env("PARLOR_DATABASE_URL", url));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("already in use"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "PostgreSQL needs no folder");
    assert_eq!(first.owner().await?.user.role, "owner");
    first.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database() -> Result<()> {
    let mut server = Server::start(server()).await?;
    server.owner().await?;
    server.terminate().await?;
    let file = server.data_dir().join("parlor.sqlite");
    let whole = std::fs::read(&file)?;
    for (name, bytes) in
        [("cut off", whole[..whole.len() / 2].to_vec()), ("no database", b"hello, world".to_vec())]
    {
        std::fs::write(&file, bytes)?;
        let before = contents(server.data_dir());
        let said = damaged(server.data_dir());
        assert!(said.contains("damaged") && said.contains("backup"), "{name}: {said}");
        assert!(contents(server.data_dir()) == before, "{name}: something was changed");
    }
    std::fs::write(&file, whole)?;
    server.restart().await?;
    server.login("owner").await?;
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_deleted_after_a_kill() -> Result<()> {
    let mut server = Server::start(server()).await?;
    server.owner().await?;
    server.kill().await?;
    let log = server.data_dir().join("parlor.sqlite-wal");
    let whole = std::fs::read(&log)?;
    std::fs::remove_file(&log)?;
    let said = damaged(server.data_dir());
    assert!(
        said.contains("parlor.sqlite-wal") && said.contains("missing") && said.contains("backup"),
        "{said}"
    );
    std::fs::write(&log, whole)?;
    server.restart().await?;
    server.login("owner").await?;
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version() -> Result<()> {
    // The schema's version in the header of an SQLite file: section 1.3 of its file format.
    const USER_VERSION: std::ops::Range<usize> = 60..64;
    let mut server = Server::start(server()).await?;
    server.terminate().await?;
    let file = server.data_dir().join("parlor.sqlite");
    let mut bytes = std::fs::read(&file)?;
    bytes[USER_VERSION].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&file, bytes)?;
    let before = contents(server.data_dir());
    let said = refused(server.data_dir(), &["--data-dir", "."]);
    assert!(said.contains("999") && said.contains("newer"), "{said}");
    assert!(contents(server.data_dir()) == before, "something was changed");
    Ok(())
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--listen", &address]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
}

#[test]
fn a_data_folder_that_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for path in ["file", "file/below"] {
        let said = refused(folder.path(), &["--data-dir", path]);
        assert!(said.contains("data folder") && said.contains("--data-dir"), "{said}");
    }
}

#[test]
fn a_postgres_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = end_of(
        parlor(folder.path())
            .args(["--listen", "127.0.0.1:0"])
            .env("PARLOR_DATABASE_URL", "postgres://parlor:hunter2@127.0.0.1:1/parlor"),
    );
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Cannot reach the database") && !said.contains("hunter2"), "{said}");
}
