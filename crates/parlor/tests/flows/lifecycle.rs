//! Start, stop, restart: what was acknowledged is there afterwards, and everybody is told.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use parlor_client::HistoryCursor;
use parlor_client::protocol::CloseCode;
use parlor_testkit::{Database, Server};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::socket::Socket;
use crate::support::{PARLOR, on_both_databases, parlor, server};

on_both_databases!(what_was_acknowledged_survives, sockets_are_told_that_the_server_stops);

async fn what_was_acknowledged_survives(database: Database) -> Result<()> {
    let mut server = Server::start(server().database(database)).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?.id;
    let mut sent = Vec::new();
    for body in ["stopped in order", "killed"] {
        sent.push(owner.connect().await?.sender().say(&room, body).await?.id);
        if body == "killed" {
            server.kill().await?;
        } else {
            assert!(server.terminate().await?.success());
        }
        server.restart().await?;
    }
    let history = owner.client.history(&room, HistoryCursor::Newest, 10).await?;
    let found: Vec<_> = history.messages.into_iter().map(|message| message.id).collect();
    assert_eq!(found, sent);
    server.stop().await
}

async fn sockets_are_told_that_the_server_stops(database: Database) -> Result<()> {
    let mut server = Server::start(server().database(database)).await?;
    let owner = server.owner().await?;
    let (mut socket, _) = Socket::hello(&server, owner.client.token().unwrap()).await?;
    let begun = Instant::now();
    let (status, code) = tokio::join!(server.terminate(), socket.closed());
    assert_eq!(code?, CloseCode::GoingAway.number());
    assert!(status?.success());
    assert!(begun.elapsed() < Duration::from_secs(8), "an idle server waited for its deadline");
    Ok(())
}

/// A request that is under way when the server is told to stop is answered; one that never ends does not keep a second
/// signal from ending the server.
#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_are_finished_unless_a_second_signal_comes() -> Result<()> {
    let mut server = Server::start(server().env("PARLOR_STOP_WITHIN", "60 s")).await?;
    let address = server.url().strip_prefix("http://").context("an address")?.to_owned();
    let body = r#"{"username":"nobody","password":"wrong password"}"#;
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let pid = pid(&server)?;
    let mut slow = TcpStream::connect(&address).await?;
    slow.write_all(head.as_bytes()).await?;
    server.client()?.server_info().await?;
    kill_process(pid, Signal::TERM)?;
    until_refused(&address).await?;
    slow.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    server.restart().await?;
    let pid = self::pid(&server)?;
    let mut endless = TcpStream::connect(&address).await?;
    endless.write_all(head.as_bytes()).await?;
    server.client()?.server_info().await?;
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    // Repeated until the process is gone: its end is what is waited for.
    while kill_process(pid, Signal::TERM).is_ok() && !is_zombie(pid) {
        ticks.tick().await;
        assert!(begun.elapsed() < Duration::from_secs(30), "a second signal did not end the server");
    }
    assert_eq!(
        server.terminate().await?.code(),
        Some(1),
        "it ended in order, although a request was under way"
    );
    Ok(())
}

fn pid(server: &Server) -> Result<Pid> {
    server.pid().and_then(|pid| Pid::from_raw(pid.cast_signed())).context("the server does not run")
}

/// True if the process has ended, though nobody has asked for its status yet.
fn is_zombie(pid: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    status.map_or(true, |status| status.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('Z')))
}

/// Waits until nothing listens there any more.
async fn until_refused(address: &str) -> Result<()> {
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(parlor_testkit::DEADLINE, refused).await.context("the server still listens")
}

/// The flag wins over the environment: the server listens where the test told it to by flag.
#[tokio::test(flavor = "multi_thread")]
async fn flags_are_stronger_than_the_environment() -> Result<()> {
    let server = Server::start(server().env("PARLOR_LISTEN", "192.0.2.1:1")).await?;
    assert!(server.url().starts_with("http://127.0.0.1:"), "{}", server.url());
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_and_the_files_in_it_are_for_their_owner_alone() -> Result<()> {
    let parent = tempfile::tempdir()?;
    let mut child = tokio::process::Command::from(parlor(parent.path()))
        .args(["--listen", "127.0.0.1:0", "--data-dir", "new/data"])
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stderr = child.stderr.take().context("standard error")?;
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(stderr));
    while let Some(line) = lines.next_line().await? {
        if line.starts_with("Parlor is ready at") {
            break;
        }
    }
    let folder = parent.path().join("new/data");
    assert_eq!(folder.metadata()?.permissions().mode() & 0o777, 0o700);
    let mut files = 0;
    for file in std::fs::read_dir(&folder)? {
        let file = file?;
        assert_eq!(file.metadata()?.permissions().mode() & 0o077, 0, "{}", file.path().display());
        files += 1;
    }
    assert!(files > 0);
    child.kill().await?;
    Ok(())
}

/// When the process has no file descriptors left, connections wait; the server lives on.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_connections_are_survived() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("parlor-with-few-files");
    std::fs::write(&script, format!("#!/bin/sh\nulimit -n 40\nexec {PARLOR} \"$@\"\n"))?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700))?;
    let server = Server::start(parlor_testkit::Options::new(&script)).await?;
    let address = server.url().strip_prefix("http://").context("an address")?.to_owned();
    let mut connections = Vec::new();
    for _ in 0..60 {
        connections.push(TcpStream::connect(&address).await?);
    }
    // Those that only wait give way to whoever asks for something.
    assert_eq!(server.client()?.server_info().await?.version, env!("CARGO_PKG_VERSION"));
    drop(connections);
    assert_eq!(server.client()?.server_info().await?.version, env!("CARGO_PKG_VERSION"));
    server.stop().await
}
