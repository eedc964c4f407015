//! One connection: its socket, how far it has come, what it has still to write, and half a frame now and then.

use std::io::{ErrorKind, Read, Write};

use anyhow::{Context, Result, ensure};
use mio::net::TcpStream;

use super::codec::{self, Frame, Kind};
use super::ledger::Ledger;
use super::sending::Sender;

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    Closed,
    /// The request for an upgrade is on its way.
    Upgrading,
    /// It said hello.
    Greeting,
    /// It is signed in.
    Ready,
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// The socket, if there is one.
    pub socket: Option<TcpStream>,
    /// How far it has come.
    pub stage: Stage,
    /// What it has seen.
    pub ledger: Ledger,
    /// What it sends, if it does.
    pub sender: Option<Box<Sender>>,
    /// Its user's id, to tell its own messages from others'. Empty if nobody asks.
    pub user: Vec<u8>,
    /// True while it reads nothing.
    pub stalled: bool,
    /// True if it stands in the list of those that have something to write.
    pub queued: bool,
    /// True once it has seen everything that it was opened for.
    pub caught_up: bool,
    /// How many rooms it has joined, where it has to join them itself.
    pub joined: usize,
    /// The beginning of a frame whose end has not come.
    spill: Vec<u8>,
    out: Vec<u8>,
    written: usize,
}

/// What became of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadEnd {
    /// Nothing more is there.
    Drained,
    /// There may be more.
    More,
    /// The server has closed the connection.
    Gone,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            socket: None,
            stage: Stage::Closed,
            ledger: Ledger::default(),
            sender: None,
            user: Vec::new(),
            stalled: false,
            queued: false,
            caught_up: false,
            joined: 0,
            spill: Vec::new(),
            out: Vec::new(),
            written: 0,
        }
    }
}

impl Connection {
    /// Begins with a new socket. What was seen stays.
    pub fn open(&mut self, socket: TcpStream, upgrade: &[u8]) {
        self.close();
        self.socket = Some(socket);
        self.stage = Stage::Upgrading;
        self.out.extend(upgrade);
    }

    /// Cuts it.
    pub fn close(&mut self) {
        self.socket = None;
        self.stage = Stage::Closed;
        self.stalled = false;
        self.joined = 0;
        self.spill = Vec::new();
        self.out = Vec::new();
        self.written = 0;
    }

    /// Adds a frame to what is to be written.
    pub fn push(&mut self, kind: Kind, payload: &[u8]) {
        codec::encode(kind, payload, 0x5bd1_e995, &mut self.out);
    }

    /// True if something waits to be written.
    pub fn has_output(&self) -> bool {
        !self.out.is_empty()
    }

    /// Writes what can be written.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn flush(&mut self) -> std::io::Result<()> {
        let Some(socket) = &mut self.socket else {
            return Ok(());
        };
        while self.written < self.out.len() {
            match socket.write(&self.out[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.written = 0;
        self.out.clear();
        // Only senders write often.
        if self.sender.is_none() {
            self.out = Vec::new();
        }
        Ok(())
    }

    /// Reads once into a buffer that all connections share. Returns how much of it is to be looked at.
    pub fn fill(&mut self, buffer: &mut Vec<u8>) -> (usize, ReadEnd) {
        let Some(socket) = &mut self.socket else {
            return (0, ReadEnd::Drained);
        };
        let begun = self.spill.len();
        if begun * 2 > buffer.len() {
            buffer.resize(begun * 2, 0);
        }
        buffer[..begun].copy_from_slice(&self.spill);
        match socket.read(&mut buffer[begun..]) {
            Ok(0) => (begun, ReadEnd::Gone),
            Ok(count) if begun + count < buffer.len() => (begun + count, ReadEnd::Drained),
            Ok(count) => (begun + count, ReadEnd::More),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                (begun, ReadEnd::Drained)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => (begun, ReadEnd::More),
            Err(_reset) => (begun, ReadEnd::Gone),
        }
    }

    /// Keeps the rest of a buffer for the next read.
    pub fn keep(&mut self, rest: &[u8]) {
        self.spill.clear();
        self.spill.extend_from_slice(rest);
        if rest.is_empty() && self.spill.capacity() > 4096 {
            self.spill = Vec::new();
        }
    }
}

/// The length of the answer to the upgrade, if it is whole.
///
/// # Errors
/// The server refuses the upgrade.
pub fn upgraded(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    ensure!(head.starts_with("HTTP/1.1 101 "), "the server refused the upgrade: {head}");
    Ok(Some(end + 4))
}

/// The next frame after this place of a buffer; `None` if it is not whole.
///
/// # Errors
/// What is there is no frame.
pub fn next_frame(buffer: &[u8], at: usize) -> Result<Option<Frame<'_>>> {
    codec::decode(&buffer[at..]).context("the server does not speak WebSocket")
}
