//! Somebody who keeps to no form: raw bytes over TCP. And what the server says of its budgets.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use parlor_testkit::{DEADLINE, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A connection of somebody who may say anything, or nothing.
pub(super) struct Stranger(TcpStream);

impl Stranger {
    /// Connects, and says nothing.
    pub(super) async fn connect(server: &Server) -> Result<Self> {
        let address = server.url().strip_prefix("http://").context("an address")?;
        Ok(Self(TcpStream::connect(address).await?))
    }

    /// Connects as somebody who takes as little as possible of what comes.
    pub(super) async fn who_takes_little(server: &Server) -> Result<Self> {
        let address = server.url().strip_prefix("http://").context("an address")?;
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        Ok(Self(socket.connect(address.parse()?).await?))
    }

    /// Says this.
    pub(super) async fn say(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes()).await.context("nobody listens")
    }

    /// Becomes a WebSocket, and says this frame.
    pub(super) async fn say_over_a_socket(&mut self, token: &str, frame: &str) -> Result<()> {
        let head = format!(
            "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        self.say(&head).await?;
        ensure!(frame.len() < 126, "a longer frame has another head");
        // A mask of zeros changes nothing.
        let head = [0x81, 0x80 | u8::try_from(frame.len())?, 0, 0, 0, 0];
        self.0.write_all(&head).await?;
        self.say(frame).await
    }

    /// All that comes until the server ends the connection.
    pub(super) async fn rest(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        // A connection that is reset has ended too.
        let _ended = tokio::time::timeout(DEADLINE, self.0.read_to_end(&mut bytes))
            .await
            .context("the server did not end the connection in time")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until the server does not listen any more, without taking anything that it said.
    pub(super) async fn refused(&mut self) -> Result<()> {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        while self.say("x").await.is_ok() {
            ensure!(tokio::time::Instant::now() < deadline, "the server went on listening");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits for the first bytes of an answer.
    pub(super) async fn answer(&mut self) -> Result<String> {
        let mut bytes = vec![0; 4_096];
        let length = tokio::time::timeout(DEADLINE, self.0.read(&mut bytes))
            .await
            .context("no answer came in time")??;
        Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }
}

/// What `/metrics` says of a budget: `held`, `waiting`, `gave_way_total`, `refused_share_total`, …
pub(super) async fn budget(server: &Server, what: &str, of: &str) -> Result<u64> {
    let metrics = reqwest::get(format!("{}/metrics", server.url())).await?.error_for_status()?.text().await?;
    let name = format!("parlor_budget_{what}{{of=\"{of}\"}} ");
    let value = metrics.lines().find_map(|line| line.strip_prefix(&name));
    Ok(value.with_context(|| format!("there is no {name}"))?.trim().parse()?)
}

/// Waits until `/metrics` says something of a budget.
pub(super) async fn until(server: &Server, what: &str, of: &str, fits: impl Fn(u64) -> bool) -> Result<()> {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    loop {
        let found = budget(server, what, of).await?;
        if fits(found) {
            return Ok(());
        }
        ensure!(tokio::time::Instant::now() < deadline, "{what} of {of} stayed {found}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
