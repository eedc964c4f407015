//! The socket, as the rest of the gateway sees it: text frames in and out, and why it ended. Everything that knows
//! which library speaks the WebSocket protocol is here, so that another one can take its place.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use futures_util::{Sink, Stream};
use parlor_protocol::CloseCode;
use tungstenite::error::{CapacityError, Error as ProtocolError};

/// How much is read from a socket at once. Small: it is memory that every connection holds for its whole life.
const READ_BUFFER: usize = 4 * 1024;
/// How much gathers before the library writes by itself. Above what a session hands over between two flushes.
const WRITE_BUFFER: usize = 64 * 1024;

/// A text frame. Cloning copies a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(Utf8Bytes);

/// What a socket has to tell.
#[derive(Debug)]
pub(crate) enum Event {
    /// A text frame came.
    Text(Frame),
    /// Something that only shows that the peer is there.
    Alive,
    /// Everything handed over has been written.
    Flushed,
    /// The peer broke the protocol or a limit; this is what to close with.
    Broken(CloseCode),
    /// The peer says goodbye.
    Goodbye,
    /// The socket has ended.
    Gone,
}

/// A socket with its buffers.
pub(crate) struct Transport {
    socket: WebSocket,
    pending: bool,
}

impl Frame {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.as_str().len()
    }
}

impl From<String> for Frame {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Sets the library's bounds: twice the frame limit, so that a frame a little too large is still answered in words.
pub(crate) fn bounded(upgrade: WebSocketUpgrade, max_frame_bytes: usize) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_frame_size(max_frame_bytes * 2)
        .max_message_size(max_frame_bytes * 2)
}

impl Transport {
    /// Takes over a socket.
    pub(crate) fn new(socket: WebSocket) -> Self {
        Self { socket, pending: false }
    }

    /// True while something that was handed over has not been written.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending
    }

    /// Hands over a frame. It is written by the next [`Transport::drive`]. The caller hands over a bounded amount, and
    /// nothing more until that is flushed.
    ///
    /// # Errors
    /// If the socket has ended.
    pub(crate) fn push(&mut self, frame: Frame) -> Result<(), axum::Error> {
        self.start(Message::Text(frame.0))
    }

    /// Asks the peer whether it is there.
    ///
    /// # Errors
    /// If the socket has ended.
    pub(crate) fn ping(&mut self) -> Result<(), axum::Error> {
        self.start(Message::Ping(Bytes::new()))
    }

    /// Writes what is pending and, if `read`, waits for what the peer sends. May be dropped and called again without
    /// losing anything.
    pub(crate) async fn drive(&mut self, read: bool) -> Event {
        std::future::poll_fn(|context| self.poll(read, context)).await
    }

    /// Says goodbye, waits a bounded time for the peer's, and ends.
    pub(crate) async fn close(mut self, code: CloseCode, reason: String, within: Duration) {
        let frame = CloseFrame { code: code.number(), reason: reason.into() };
        if self.start(Message::Close(Some(frame))).is_err() {
            return;
        }
        self.finish(within).await;
    }

    /// Writes what the library still has to say, such as the answer to the peer's goodbye, and waits for the end.
    pub(crate) async fn finish(mut self, within: Duration) {
        self.pending = true;
        let ended = async { while !matches!(self.drive(true).await, Event::Gone | Event::Broken(_)) {} };
        // A peer that does not answer loses nothing but a clean ending.
        let _ = tokio::time::timeout(within, ended).await;
    }

    fn start(&mut self, message: Message) -> Result<(), axum::Error> {
        self.pending = true;
        Pin::new(&mut self.socket).start_send(message)
    }

    fn poll(&mut self, read: bool, context: &mut Context<'_>) -> Poll<Event> {
        if self.pending {
            match Pin::new(&mut self.socket).poll_flush(context) {
                Poll::Ready(Ok(())) => {
                    self.pending = false;
                    return Poll::Ready(Event::Flushed);
                }
                Poll::Ready(Err(_)) => return Poll::Ready(Event::Gone),
                Poll::Pending => {}
            }
        }
        if !read {
            return Poll::Pending;
        }
        let event = match ready!(Pin::new(&mut self.socket).poll_next(context)) {
            None => Event::Gone,
            Some(Ok(Message::Close(_))) => Event::Goodbye,
            Some(Ok(Message::Text(text))) => Event::Text(Frame(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::Alive,
            Some(Ok(Message::Binary(_))) => Event::Broken(CloseCode::Unsupported),
            Some(Err(error)) => broken(error),
        };
        Poll::Ready(event)
    }
}

fn broken(error: axum::Error) -> Event {
    match error.into_inner().downcast_ref::<ProtocolError>() {
        Some(ProtocolError::Capacity(CapacityError::MessageTooLong { .. })) => {
            Event::Broken(CloseCode::TooLarge)
        }
        Some(ProtocolError::Protocol(_) | ProtocolError::Utf8(_)) => Event::Broken(CloseCode::Unsupported),
        _ => Event::Gone,
    }
}
