//! A connection that was taken, from its first byte until it ends or becomes a WebSocket: whose turn it is on it, how long
//! that may take, and what it holds meanwhile. What requests mean is no business of this.
//!
//! The client's turn is to send the head of a request; while it lets us wait, its connection gives way to new ones. Then it
//! is ours to answer, and the client's again to take the answer: slowly, if it must, but not for ever. What an answer holds
//! of a budget is held until the operating system has taken its last byte.

mod turn;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use parlor_core::limits::Permit;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

pub use turn::{Answering, Turn};

/// What a client takes of an answer within [`Patience::answer`] at least, in bytes; or all that is left.
const LEAST_TAKEN: usize = 32 * 1024;

/// How long the rest of a head may take of which something was found only when the time was over.
const GRACE: Duration = Duration::from_secs(1);

/// How long a client may let us wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request, from its first byte; of the first request, from the connection's first moment.
    pub head: Duration,
    /// For the next request on the same connection.
    pub idle: Duration,
    /// For taking a part of an answer.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(10), idle: Duration::from_secs(75), answer: Duration::from_secs(30) }
    }
}

/// A stream and its place among the server's connections, which is free again when this is dropped.
pub struct Accepted<S> {
    stream: S,
    turn: Turn,
    patience: Patience,
    /// Until when there must be a request.
    due: Pin<Box<Sleep>>,
    /// True if that was put off because something was there by then.
    late: bool,
    /// Until when more of an answer must have been taken, and how much was since this began.
    taking: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> Accepted<S> {
    /// A connection that has begun a moment ago.
    pub fn new(stream: S, place: Permit, patience: Patience) -> Self {
        let due = Box::pin(tokio::time::sleep(patience.head));
        Self { stream, turn: Turn::new(place), patience, due, late: false, taking: None }
    }

    /// Whose turn it is, for whoever answers its requests.
    pub fn turn(&self) -> Turn {
        self.turn.clone()
    }

    /// The stream, and its place.
    pub(crate) fn into_parts(self) -> (S, Option<Permit>) {
        (self.stream, self.turn.take_place())
    }

    /// Something of an answer was taken, or nothing can be at present.
    fn pace(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(length)) => {
                if let Some((_, taken)) = &mut self.taking {
                    *taken = taken.saturating_add(length);
                }
                Poll::Ready(Ok(length))
            }
            Poll::Pending => loop {
                let patience = self.patience.answer;
                let (due, taken) =
                    self.taking.get_or_insert_with(|| (Box::pin(tokio::time::sleep(patience)), 0));
                ready!(due.as_mut().poll(context));
                if *taken < LEAST_TAKEN {
                    return Poll::Ready(Err(too_slow("the answer is not taken")));
                }
                *taken = 0;
                due.as_mut().reset(Instant::now() + patience);
            },
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }
}

fn too_slow(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Accepted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let over = this.turn.is_clients() && this.due.as_mut().poll(context).is_ready();
        if over && this.late {
            return Poll::Ready(Err(too_slow("no request came in time")));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer)?;
        if over && (read.is_pending() || buffer.filled().len() == before) {
            return Poll::Ready(Err(too_slow("no request came in time")));
        }
        if over {
            // It may have come in time, and we look too late.
            this.late = true;
            this.due.as_mut().reset(Instant::now() + GRACE);
        } else if read.is_ready() && this.turn.begins() {
            this.due.as_mut().reset(Instant::now() + this.patience.head);
        }
        read.map(Ok)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Accepted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.pace(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        // Whoever writes flushes only once the stream has taken everything.
        self.taking = None;
        if self.turn.ends() {
            let due = Instant::now() + self.patience.idle;
            self.due.as_mut().reset(due);
            self.late = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.pace(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests;
