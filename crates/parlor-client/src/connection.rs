//! A WebSocket connection: commands with numbered answers, and a stream of events.
//!
//! Two tasks own the socket, one for each direction. Every queue is bounded: at most [`Options::in_flight`] commands
//! wait for their answers, and when [`Options::events`] events wait to be read, nothing more is read from the socket,
//! answers neither. So whoever opens a connection reads its events, or drops [`Events`], which throws them away.

mod frames;
mod handshake;
mod pending;
mod reader;
mod sender;
mod writer;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt, Stream, StreamExt};
use parlor_protocol::{Follow, Hello, Ready, ResumePosition, ServerFrame};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::{Client, Error, Result};
use pending::Pending;
pub use sender::{PendingReply, Sender};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The number of the `hello`; commands count on from the next.
const HELLO_REFERENCE: u64 = 1;

/// How a connection is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// What one has already: what was missed since comes first.
    pub resume: Vec<ResumePosition>,
    /// Which rooms' events come. With [`Follow::Opened`], those named in `resume` and those that
    /// [`Sender::open_room`] opens; of the others, [`ServerFrame::HeadsChanged`] tells how far they are. A server that
    /// sends the events of all rooms anyway answers without [`Ready::follow`].
    pub follow: Follow,
    /// How frames are written. A server that has no other than JSON is spoken to in JSON.
    pub encoding: Encoding,
    /// How many events may wait to be read.
    pub events: usize,
    /// How many commands may wait for their answers.
    pub in_flight: usize,
    /// How long opening may take, `ready` included.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            resume: Vec::new(),
            follow: Follow::All,
            encoding: Encoding::Json,
            events: 1024,
            in_flight: 256,
            timeout: Duration::from_secs(10),
        }
    }
}

/// How frames are written, which the client asks for by subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// One JSON object a text frame.
    #[default]
    Json,
    /// One map a binary frame, see [`parlor_protocol::binary`].
    MessagePack,
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The close code, if the peer sent one; see [`parlor_protocol::CloseCode`].
    pub code: Option<u16>,
    /// The peer's words, or what happened to the socket.
    pub reason: String,
}

impl Closed {
    /// How long the server asked to be left alone, if it did: one that is shut down spreads its clients.
    pub fn come_back_in(&self) -> Option<Duration> {
        let (_, wait) = self.reason.rsplit_once("come back in ")?;
        Duration::try_from_secs_f64(wait.strip_suffix(" s")?.parse().ok()?).ok()
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "{} ({code})", self.reason),
            None => formatter.write_str(&self.reason),
        }
    }
}

/// A connection that said `hello` and was answered.
#[derive(Debug)]
pub struct Connection {
    sender: Sender,
    events: Events,
    ready: Ready,
    encoding: Encoding,
}

impl Connection {
    /// Connects with the client's token.
    ///
    /// # Errors
    /// [`Error::Api`] if the server refuses, [`Error::Closed`] with its close code if it hangs up, and what happens
    /// to sockets.
    pub async fn open(client: &Client, options: Options) -> Result<Self> {
        let timeout = options.timeout;
        tokio::time::timeout(timeout, Self::open_in_time(client, options))
            .await
            .map_err(|_elapsed| Error::Timeout)?
    }

    async fn open_in_time(client: &Client, options: Options) -> Result<Self> {
        let (mut socket, encoding) = handshake::connect(client, options.encoding).await?;
        let hello = Hello {
            token: client.token().map(str::to_owned),
            resume: options.resume,
            follow: (options.follow != Follow::All).then_some(options.follow),
        };
        socket.send(frames::command(encoding, "hello", HELLO_REFERENCE, &hello)?).await?;
        let ready = read_ready(&mut socket).await?;
        let (sink, stream) = socket.split();
        let pending = Arc::new(Pending::new(options.in_flight));
        let (event_sender, event_receiver) = mpsc::channel(options.events.max(1));
        let (command_sender, command_receiver) = mpsc::channel(options.in_flight.max(1));
        let reader = tokio::spawn(reader::run(stream, event_sender, Arc::clone(&pending)));
        tokio::spawn(writer::run(sink, command_receiver, Arc::clone(&pending), reader));
        Ok(Self {
            sender: Sender::new(command_sender, encoding, Arc::clone(&pending), HELLO_REFERENCE + 1),
            events: Events { queue: event_receiver, pending },
            ready,
            encoding,
        })
    }

    /// How frames are written: as was asked for, if the server has that.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Who one is, and the rooms one is in.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Sends a command and waits for its answer. See [`Sender::send`].
    pub async fn send<T: DeserializeOwned>(&self, kind: &str, data: &impl Serialize) -> Result<T> {
        self.sender.send(kind, data).await
    }

    /// A handle for sending, from any task.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// What happened, in order.
    pub fn events(&mut self) -> &mut Events {
        &mut self.events
    }

    /// The next event; `None` once the connection has ended.
    pub async fn next_event(&mut self) -> Option<ServerFrame> {
        self.events.queue.recv().await
    }

    /// Takes the two directions apart. The connection closes when every [`Sender`] is gone.
    pub fn split(self) -> (Sender, Events) {
        (self.sender, self.events)
    }

    /// Says goodbye, and waits until the connection has ended.
    pub async fn close(self) -> Closed {
        let (sender, mut events) = self.split();
        drop(sender);
        while events.queue.recv().await.is_some() {}
        events.pending.closed().await
    }
}

/// Waits for the answer to `hello`.
async fn read_ready(socket: &mut Socket) -> Result<Ready> {
    while let Some(message) = socket.next().await {
        let message = message?;
        match frames::parse(&message)? {
            Some(ServerFrame::Ready { data, .. }) => return Ok(data),
            Some(ServerFrame::Error { error, .. }) => return Err(Error::api(error, None)),
            Some(other) => return Err(Error::malformed("ready", &format!("{other:?}"))),
            None => {}
        }
        if let Message::Close(frame) = message {
            return Err(Error::Closed(reader::closed_by(frame)));
        }
    }
    Err(Error::Closed(reader::cut()))
}

/// The stream of events of a connection: everything but answers. Types that this version does not know are passed over.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Receiver<ServerFrame>,
    pending: Arc<Pending>,
}

impl Events {
    /// The next event; `None` once the connection has ended.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        self.queue.recv().await
    }

    /// The next event if one waits already.
    pub fn try_next(&mut self) -> Option<ServerFrame> {
        self.queue.try_recv().ok()
    }

    /// Why the connection ended; waits until it has.
    pub async fn closed(&self) -> Closed {
        self.pending.closed().await
    }
}

impl Stream for Events {
    type Item = ServerFrame;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ServerFrame>> {
        self.queue.poll_recv(context)
    }
}
