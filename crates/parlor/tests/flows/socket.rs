//! A WebSocket that sends what it is given, letter by letter, and shows what comes back as it came.

use std::collections::VecDeque;

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use parlor_testkit::DEADLINE;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Events that came while an answer was awaited: an event may come before the answer to what caused it.
    passed: VecDeque<Value>,
}

/// What the server sent.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    /// A text frame with this JSON.
    Frame(Value),
    /// A close frame with this code.
    Closed(u16),
}

impl Socket {
    /// Connects without saying anything.
    pub(crate) async fn connect(server: &parlor_testkit::Server) -> Result<Self> {
        Self::connect_to(server.url().strip_prefix("http://").context("the server has no address")?).await
    }

    /// Connects to a host and port without saying anything.
    async fn connect_to(authority: &str) -> Result<Self> {
        let (socket, _) = connect_async(format!("ws://{authority}/api/v1/ws")).await?;
        Ok(Self { stream: socket, passed: VecDeque::new() })
    }

    /// Connects and says hello; returns the data of `ready` too.
    pub(crate) async fn hello(server: &parlor_testkit::Server, token: &str) -> Result<(Self, Value)> {
        Self::greet(Self::connect(server).await?, token).await
    }

    /// The same with whatever listens at a host and port.
    pub(crate) async fn hello_at(authority: &str, token: &str) -> Result<(Self, Value)> {
        Self::greet(Self::connect_to(authority).await?, token).await
    }

    async fn greet(mut socket: Self, token: &str) -> Result<(Self, Value)> {
        socket.send(&json!({"type": "hello", "ref": 1, "data": {"token": token}})).await?;
        let ready = socket.frame().await?;
        anyhow::ensure!(ready["type"] == "ready" && ready["ref"] == 1, "{ready}");
        Ok((socket, ready["data"].clone()))
    }

    /// Sends a JSON text.
    pub(crate) async fn send(&mut self, frame: &Value) -> Result<()> {
        self.send_raw(Message::text(frame.to_string())).await
    }

    /// Sends anything.
    pub(crate) async fn send_raw(&mut self, message: Message) -> Result<()> {
        Ok(self.stream.send(message).await?)
    }

    /// What comes next, pings apart.
    pub(crate) async fn next(&mut self) -> Result<Said> {
        match self.passed.pop_front() {
            Some(frame) => Ok(Said::Frame(frame)),
            None => self.arriving().await,
        }
    }

    async fn arriving(&mut self) -> Result<Said> {
        loop {
            let message =
                tokio::time::timeout(DEADLINE, self.stream.next()).await.context("nothing came in time")?;
            match message.context("the connection was cut")?? {
                Message::Text(text) => return Ok(Said::Frame(serde_json::from_str(&text)?)),
                Message::Close(Some(frame)) => return Ok(Said::Closed(frame.code.into())),
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("unexpected {other:?}"),
            }
        }
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Result<Value> {
        match self.next().await? {
            Said::Frame(frame) => Ok(frame),
            Said::Closed(code) => bail!("a frame was expected, but the server closed with {code}"),
        }
    }

    /// The next frame of that type; others are passed over.
    pub(crate) async fn frame_of(&mut self, kind: &str) -> Result<Value> {
        loop {
            let frame = self.frame().await?;
            if frame["type"] == kind {
                return Ok(frame);
            }
        }
    }

    /// Sends a command and returns its answer; events that come before it are kept for [`Socket::next`].
    pub(crate) async fn ask(&mut self, reference: u64, kind: &str, data: Value) -> Result<Value> {
        self.send(&json!({"type": kind, "ref": reference, "data": data})).await?;
        loop {
            match self.arriving().await? {
                Said::Frame(frame) if frame["ref"] == reference => return Ok(frame),
                Said::Frame(event) => self.passed.push_back(event),
                Said::Closed(code) => bail!("an answer was expected, but the server closed with {code}"),
            }
        }
    }

    /// What came while answers were awaited and has not been looked at.
    pub(crate) fn passed(&self) -> &VecDeque<Value> {
        &self.passed
    }

    /// The code with which the server closes; frames before it are passed over.
    pub(crate) async fn closed(&mut self) -> Result<u16> {
        loop {
            if let Said::Closed(code) = self.next().await? {
                return Ok(code);
            }
        }
    }
}
