//! What comes from a socket: the frames in it, and to whom they go, which depends on how far the connection has come.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use parlor_protocol::{CloseCode, Error, ServerFrame};

use super::ConnectionId;
use super::connection::Connection;
use super::mailbox::Note;
use super::rooms::Rooms;
use crate::codec::{Frame, Incoming, Inflater, Violation};
use crate::commands::hello::Greeting;
use crate::credential::Credential;
use crate::data::{self, Misread};
use crate::gateway::Shared;
use crate::session::delivery::Desk;
use crate::session::outgoing::Outgoing;
use crate::session::{Session, opening};
use crate::wire::Encoding;

/// How many frames that are no `hello` are answered before the connection ends.
const MAX_STRANGE: usize = 8;

/// How far a connection has come.
pub(super) enum Phase {
    /// Its `hello` has not come.
    Greeting(Box<Stranger>),
    /// It is being found out who it is. What it must know by then waits.
    Opening(Vec<Note>),
    /// It has a session.
    Open(Box<Session>),
    /// It ends: what waits is written, and then it is given until then to go.
    Closing {
        /// Until when.
        by: Instant,
        /// True once everything has been written.
        done: bool,
    },
}

/// Who has not said hello.
pub(super) struct Stranger {
    credential: Option<Credential>,
    strange: usize,
    pub(super) by: Instant,
}

/// What a connection needs of its shard to understand what comes.
pub(super) struct Tools<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) rooms: &'a mut Rooms,
    pub(super) inflater: &'a mut Inflater,
}

/// What became of a look at the socket.
pub(super) enum Heard {
    /// Nothing more for now.
    Enough,
    /// The socket has ended.
    Gone,
    /// The peer says goodbye.
    Goodbye,
    /// The peer broke the rules; this is what to close with.
    Broken(u16, String),
}

impl Phase {
    /// True if what the peer says is taken up at present.
    pub(super) fn listens(&self, outgoing: &Outgoing) -> bool {
        match self {
            Self::Greeting(_) | Self::Closing { .. } => true,
            Self::Opening(_) => false,
            Self::Open(session) => session.listens(outgoing),
        }
    }

    /// A connection of which nothing is known yet. Its `hello` must come in time.
    pub(super) fn greeting(credential: Option<Credential>, by: Instant) -> Self {
        Self::Greeting(Box::new(Stranger { credential, strange: 0, by }))
    }

    fn heard(&mut self) {
        if let Self::Open(session) = self {
            session.heard();
        }
    }
}

impl Connection {
    /// Takes up bytes from the socket, after those that were kept.
    pub(super) fn hear(&mut self, tools: &mut Tools<'_>, bytes: &mut [u8]) -> Heard {
        if matches!(self.phase, Phase::Closing { .. }) {
            // Only its end is of interest.
            return Heard::Enough;
        }
        let Self { id, decoder, phase, outgoing, .. } = self;
        let (wire, limit) = (outgoing.wire(), tools.shared.options.max_frame_bytes);
        let inflater = wire.deflate.is_some().then_some(&mut *tools.inflater);
        let mut reading = decoder.read(bytes, inflater);
        while phase.listens(outgoing) {
            let incoming = match reading.next() {
                Ok(Some(incoming)) => incoming,
                Ok(None) => break,
                Err(violation) => {
                    if violation == Violation::TooLarge {
                        let error = Error::too_large(limit);
                        outgoing.say(&ServerFrame::Error { reference: None, error });
                    }
                    return Heard::Broken(violation.code(), violation.to_string());
                }
            };
            let mut desk = Desk { rooms: &mut *tools.rooms, outgoing: &mut *outgoing };
            match incoming {
                Incoming::Text(text) if wire.encoding == Encoding::Json => {
                    take(tools.shared, *id, phase, &mut desk, data::of_text(text, limit));
                }
                Incoming::Binary(bytes) if wire.encoding == Encoding::Binary => {
                    take(tools.shared, *id, phase, &mut desk, data::of_binary(bytes, limit));
                }
                Incoming::Text(_) | Incoming::Binary(_) => return broken(CloseCode::Unsupported),
                Incoming::Ping(payload) => {
                    phase.heard();
                    outgoing.push(Frame::pong(payload));
                }
                Incoming::Pong(_) => phase.heard(),
                Incoming::Close(_) => return Heard::Goodbye,
            }
            if matches!(phase, Phase::Greeting(stranger) if stranger.strange >= MAX_STRANGE) {
                return broken(CloseCode::Flooding);
            }
        }
        Heard::Enough
    }
}

fn broken(code: CloseCode) -> Heard {
    Heard::Broken(code.number(), code.reason().to_owned())
}

/// Takes what the client said, or why that can't be read.
fn take(
    shared: &Arc<Shared>,
    id: ConnectionId,
    phase: &mut Phase,
    desk: &mut Desk<'_>,
    said: Result<Cow<'_, str>, Box<Misread>>,
) {
    shared.metrics.frames_in.inc();
    match phase {
        Phase::Greeting(stranger) => {
            if let Some(greeting) = greet(shared, stranger, desk, said) {
                opening::begin(shared, id, stranger.credential.take(), greeting);
                *phase = Phase::Opening(Vec::new());
            }
        }
        Phase::Open(session) => match said {
            Ok(text) => session.take_text(&text, desk),
            Err(misread) => session.take_misread(*misread, desk.outgoing),
        },
        Phase::Opening(_) | Phase::Closing { .. } => {}
    }
}

/// Reads a first frame. Whatever else it is, is answered.
fn greet(
    shared: &Shared,
    stranger: &mut Stranger,
    desk: &mut Desk<'_>,
    said: Result<Cow<'_, str>, Box<Misread>>,
) -> Option<(Option<u64>, Greeting)> {
    let read = said.and_then(|text| opening::read(shared, &text));
    read.inspect_err(|misread| {
        stranger.strange += 1;
        let Misread { reference, error } = misread.as_ref();
        desk.outgoing.say(&ServerFrame::Error { reference: *reference, error: error.clone() });
    })
    .ok()
}
