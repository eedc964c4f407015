//! From bytes to messages: what a connection remembers between two reads, and one look at what was read.

use std::ops::Range;

use super::close::{self, CloseReason};
use super::header::{Header, Opcode};
use super::inflate::Inflater;
use super::mask::unmask;
use super::partial::{Partial, Whole};
use super::violation::Violation;

/// What a connection remembers between two reads. Sixteen bytes, unless a message or a frame is on its way.
#[derive(Debug)]
pub struct Decoder {
    max_message_bytes: u32,
    ended: bool,
    partial: Option<Box<Partial>>,
}

/// A whole message or control frame. It borrows what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary(&'a [u8]),
    /// Asks for a pong with the same payload, of at most 125 bytes.
    Ping(&'a [u8]),
    /// Answers a ping, or only shows that the peer is there.
    Pong(&'a [u8]),
    /// The last frame of the peer. It is to be answered with a close frame; whatever follows it is not looked at.
    Close(CloseReason<'a>),
}

/// One look at what was read. Ask for [`Reading::next`] until there is nothing more; or stop earlier: when it is
/// dropped, what was not asked for is kept and comes first the next time.
#[derive(Debug)]
pub struct Reading<'a> {
    decoder: &'a mut Decoder,
    inflater: Option<&'a mut Inflater>,
    fresh: &'a mut [u8],
    /// What was kept from the last time with what is fresh behind it, if anything was kept. Then it is read instead.
    kept: Vec<u8>,
    position: usize,
    /// What the last answer was made of, if it lies in the connection's own memory.
    delivered: Option<Whole>,
}

/// A frame or message that is there as a whole.
struct Found {
    opcode: Opcode,
    deflated: bool,
    place: Place,
}

enum Place {
    /// In the bytes that are being read.
    Input(Range<usize>),
    /// In the connection's own memory.
    Own(Whole),
}

impl Decoder {
    /// A decoder at the beginning of a stream, after the handshake. A message of more than `max_message_bytes`, in one
    /// frame or several, compressed or inflated, is a violation; it is found by its header, before its payload is kept.
    pub fn new(max_message_bytes: u32) -> Self {
        Self { max_message_bytes, ended: false, partial: None }
    }

    /// Looks at what was read; `bytes` may be the buffer that all connections share. Whole frames are unmasked in it and
    /// lent from it; only the rest of an unfinished one is copied.
    ///
    /// `inflater` is given if the handshake agreed on compression, and then every time.
    ///
    /// While [`Decoder::has_kept`] is true, call this without bytes instead of reading more from the socket: what is
    /// kept is not bounded here.
    pub fn read<'a>(&'a mut self, bytes: &'a mut [u8], inflater: Option<&'a mut Inflater>) -> Reading<'a> {
        let mut kept =
            self.partial.as_mut().map(|partial| std::mem::take(&mut partial.kept)).unwrap_or_default();
        if !kept.is_empty() {
            kept.extend_from_slice(bytes);
        }
        Reading { decoder: self, inflater, fresh: bytes, kept, position: 0, delivered: None }
    }

    /// Whether there are bytes that were read and not asked for.
    pub fn has_kept(&self) -> bool {
        self.partial.as_ref().is_some_and(|partial| !partial.kept.is_empty())
    }

    /// Whether the stream is over: a close frame came, or a violation. Nothing is read any more.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Bytes of memory that the connection holds besides this struct. Nothing, while no message or frame is on its way;
    /// otherwise at most twice what has arrived of it and about 600 bytes.
    pub fn heap_bytes(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| partial.heap_bytes())
    }

    fn partial(&mut self) -> &mut Partial {
        self.partial.get_or_insert_default()
    }
}

impl Reading<'_> {
    /// The next whole message or control frame; `None` if more bytes are needed or the stream has ended.
    ///
    /// # Errors
    /// If the peer broke a rule. The connection is then to be closed with the violation's code.
    #[expect(clippy::should_implement_trait, reason = "it lends what it returns, which an iterator cannot")]
    pub fn next(&mut self) -> Result<Option<Incoming<'_>>, Violation> {
        self.release();
        let found = match self.find() {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(violation) => {
                self.decoder.ended = true;
                return Err(violation);
            }
        };
        let Decoder { max_message_bytes, ended, partial } = &mut *self.decoder;
        let payload = match found.place {
            Place::Input(range) if self.kept.is_empty() => &self.fresh[range],
            Place::Input(range) => &self.kept[range],
            Place::Own(whole) => {
                self.delivered = Some(whole);
                partial.as_ref().map_or(&[][..], |partial| partial.payload(whole))
            }
        };
        let payload = match (&mut self.inflater, found.deflated) {
            (_, false) => Ok(payload),
            (Some(inflater), true) => inflater.inflate(payload, *max_message_bytes as usize),
            (None, true) => Err(UNEXPECTED_COMPRESSION),
        };
        let incoming = payload.and_then(|payload| interpret(found.opcode, payload));
        *ended = matches!(incoming, Err(_) | Ok(Incoming::Close(_)));
        incoming.map(Some)
    }

    /// Finds the next whole message or control frame, and unmasks it.
    fn find(&mut self) -> Result<Option<Found>, Violation> {
        while !self.decoder.ended {
            if self.decoder.partial.as_ref().is_some_and(|partial| partial.is_in_payload()) {
                let Some(whole) = self.take_payload()? else {
                    if self.is_at_end() {
                        return Ok(None);
                    }
                    continue;
                };
                let (opcode, deflated) = self.decoder.partial().kind(whole);
                return Ok(Some(Found { opcode, deflated, place: Place::Own(whole) }));
            }
            let Some(header) = self.take_header()? else { return Ok(None) };
            let length = self.judge(&header)?;
            if let Some(found) = self.take_whole(&header, length) {
                return Ok(Some(found));
            }
            self.decoder.partial().begin(&header, length);
        }
        Ok(None)
    }

    /// Takes a header; if it is not complete, keeps its beginning.
    fn take_header(&mut self) -> Result<Option<Header>, Violation> {
        let input = if self.kept.is_empty() { &*self.fresh } else { &self.kept };
        let input = &input[self.position..];
        if input.is_empty() {
            return Ok(None);
        }
        let in_header = self.decoder.partial.as_ref().is_some_and(|partial| partial.is_in_header());
        if !in_header && let Some((header, taken)) = Header::read(input)? {
            self.position += taken;
            return Ok(Some(header));
        }
        let (header, taken) = self.decoder.partial().take_header(input)?;
        self.position += taken;
        Ok(header)
    }

    /// Judges a header by what came before it, and returns the length of its payload.
    fn judge(&self, header: &Header) -> Result<usize, Violation> {
        let (open, before) = match &self.decoder.partial {
            Some(partial) => (partial.has_message(), partial.message_length()),
            None => (false, 0),
        };
        match header.opcode {
            Opcode::Continuation if !open => return Err(Violation::Protocol("there is nothing to continue")),
            Opcode::Text | Opcode::Binary if open => {
                return Err(Violation::Protocol("the message before was not finished"));
            }
            Opcode::Text | Opcode::Binary if header.deflated && self.inflater.is_none() => {
                return Err(UNEXPECTED_COMPRESSION);
            }
            _ => {}
        }
        let before = if header.opcode.is_control() { 0 } else { before };
        let limit = self.decoder.max_message_bytes as usize;
        let length = usize::try_from(header.length).map_err(|_| Violation::TooLarge)?;
        if !header.opcode.is_control() && length > limit.saturating_sub(before) {
            return Err(Violation::TooLarge);
        }
        Ok(length)
    }

    /// Takes a frame that is there as a whole, where it is.
    fn take_whole(&mut self, header: &Header, length: usize) -> Option<Found> {
        let is_whole = header.opcode.is_control() || (header.fin && header.opcode != Opcode::Continuation);
        let input = if self.kept.is_empty() { &mut *self.fresh } else { &mut self.kept };
        let range = self.position..self.position + length;
        let payload = input.get_mut(range.clone()).filter(|_| is_whole)?;
        unmask(payload, header.mask);
        self.position = range.end;
        Some(Found { opcode: header.opcode, deflated: header.deflated, place: Place::Input(range) })
    }

    /// Takes what is there of the payload that is on its way.
    fn take_payload(&mut self) -> Result<Option<Whole>, Violation> {
        let input = if self.kept.is_empty() { &mut *self.fresh } else { &mut self.kept };
        let (whole, taken) = self.decoder.partial().take_payload(&mut input[self.position..])?;
        self.position += taken;
        Ok(whole)
    }

    fn is_at_end(&self) -> bool {
        self.position == if self.kept.is_empty() { self.fresh.len() } else { self.kept.len() }
    }

    /// Gives back the memory of what was delivered last.
    fn release(&mut self) {
        if let (Some(whole), Some(partial)) = (self.delivered.take(), &mut self.decoder.partial) {
            partial.release(whole);
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.release();
        if self.decoder.ended {
            self.decoder.partial = None;
            return;
        }
        if !self.is_at_end() {
            let mut kept = std::mem::take(&mut self.kept);
            if kept.is_empty() {
                kept.extend_from_slice(&self.fresh[self.position..]);
            } else {
                kept.drain(..self.position);
                // What has been asked for may live on in an unfinished message: its place here is given back.
                if kept.capacity() > 2 * kept.len() {
                    kept.shrink_to_fit();
                }
            }
            self.decoder.partial().kept = kept;
        }
        if self.decoder.partial.as_ref().is_some_and(|partial| partial.is_empty()) {
            self.decoder.partial = None;
        }
    }
}

const UNEXPECTED_COMPRESSION: Violation = Violation::Protocol("compression was not agreed upon");

/// Reads a payload as what its opcode says it is.
fn interpret(opcode: Opcode, payload: &[u8]) -> Result<Incoming<'_>, Violation> {
    match opcode {
        Opcode::Text => std::str::from_utf8(payload).map(Incoming::Text).map_err(|_| Violation::NotUtf8),
        // A continuation is never whole by itself.
        Opcode::Binary | Opcode::Continuation => Ok(Incoming::Binary(payload)),
        Opcode::Ping => Ok(Incoming::Ping(payload)),
        Opcode::Pong => Ok(Incoming::Pong(payload)),
        Opcode::Close => close::read(payload).map(Incoming::Close),
    }
}

#[cfg(test)]
mod tests;
