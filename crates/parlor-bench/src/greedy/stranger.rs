//! A connection that keeps to no form: what a library would never send.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use parlor_testkit::{Person, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Such a connection, which takes as little as possible of what comes.
pub(super) struct Stranger(TcpStream);

impl Stranger {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        Ok(Self(socket.connect(address).await?))
    }

    /// Says this.
    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.0.write_all(bytes).await?)
    }

    /// Waits for whatever the server says, or for the end.
    pub(super) async fn hear(&mut self) {
        let _ended = self.0.read(&mut [0; 512]).await;
    }
}

/// Where the server listens.
pub(super) fn address(server: &Server) -> Result<SocketAddr> {
    server.url().strip_prefix("http://").context("an address")?.parse().context("an address")
}

/// A request without a body.
pub(super) fn get(person: &Person, path: &str) -> String {
    let token = person.client.token().unwrap_or_default();
    format!("GET /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
}

/// A request whose body does not come.
pub(super) const UNFINISHED: &str = "POST /api/v1/auth/guest HTTP/1.1\r\nHost: localhost\r\n\
    Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";

/// An upgrade to a WebSocket, and a short text frame behind it, whose mask of zeros changes nothing.
pub(super) fn socket(person: &Person, frame: &str) -> Vec<u8> {
    let token = person.client.token().unwrap_or_default();
    let mut bytes = format!(
        "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes();
    // A frame of less than 126 bytes has its length in one.
    debug_assert!(frame.len() < 126, "{frame}");
    bytes.extend([0x81, 0x80 | u8::try_from(frame.len()).unwrap_or_default(), 0, 0, 0, 0]);
    bytes.extend(frame.as_bytes());
    bytes
}
