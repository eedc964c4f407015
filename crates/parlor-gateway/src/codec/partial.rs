//! What a connection remembers of bytes that are not yet a whole message. Most connections have none of it most of the
//! time, so it is boxed and given back when it is no longer needed.

use super::header::{Header, MAX_HEADER, Opcode};
use super::mask::unmask;
use super::message::Message;
use super::violation::Violation;

/// The unfinished part of a stream.
#[derive(Debug, Default)]
pub(super) struct Partial {
    /// Bytes as they came, which nobody has asked for yet.
    pub(super) kept: Vec<u8>,
    /// The beginning of a header.
    head: [u8; MAX_HEADER],
    head_length: u8,
    /// The frame whose payload is on its way.
    current: Option<Current>,
    /// The message that is on its way: of the current frame, or of earlier ones if the current one is a control frame.
    message: Option<Message>,
    /// The payload of the control frame that is on its way.
    control: Vec<u8>,
}

/// A frame whose payload is on its way.
#[derive(Debug)]
struct Current {
    opcode: Opcode,
    fin: bool,
    remaining: usize,
    mask: [u8; 4],
}

/// What became whole.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whole {
    /// The message.
    Message,
    /// A control frame.
    Control(Opcode),
}

impl Partial {
    /// Whether a message is open, so that only a continuation may follow.
    pub(super) fn has_message(&self) -> bool {
        self.message.is_some()
    }

    /// How much of the open message has come, in bytes.
    pub(super) fn message_length(&self) -> usize {
        self.message.as_ref().map_or(0, Message::len)
    }

    /// Whether the payload of a frame is on its way.
    pub(super) fn is_in_payload(&self) -> bool {
        self.current.is_some()
    }

    /// Whether a header has begun.
    pub(super) fn is_in_header(&self) -> bool {
        self.head_length > 0
    }

    /// Whether there is nothing to remember.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.head_length == 0 && self.current.is_none() && self.message.is_none()
    }

    /// Bytes of memory taken.
    pub(super) fn heap_bytes(&self) -> usize {
        let message = self.message.as_ref().map_or(0, Message::capacity);
        size_of::<Self>() + self.kept.capacity() + self.control.capacity() + message
    }

    /// Takes bytes of a header until it is complete, and tells how many it took.
    pub(super) fn take_header(&mut self, input: &[u8]) -> Result<(Option<Header>, usize), Violation> {
        for (index, byte) in input.iter().enumerate() {
            let length = usize::from(self.head_length);
            // A header is complete at the latest when it fills the array.
            if let Some(place) = self.head.get_mut(length) {
                *place = *byte;
                self.head_length += 1;
            }
            if let Some((header, _)) = Header::read(&self.head[..usize::from(self.head_length)])? {
                self.head_length = 0;
                return Ok((Some(header), index + 1));
            }
        }
        Ok((None, input.len()))
    }

    /// Begins the payload of a frame, which was found to fit what came before. `length` is that of its payload.
    pub(super) fn begin(&mut self, header: &Header, length: usize) {
        if !header.opcode.is_control() {
            self.message.get_or_insert_with(|| Message::new(header.opcode == Opcode::Text, header.deflated));
        }
        self.current =
            Some(Current { opcode: header.opcode, fin: header.fin, remaining: length, mask: header.mask });
    }

    /// Takes bytes of the payload, and tells how many it took and what became whole by them. The bytes are unmasked
    /// where they are.
    pub(super) fn take_payload(&mut self, input: &mut [u8]) -> Result<(Option<Whole>, usize), Violation> {
        let Some(current) = &mut self.current else { return Ok((None, 0)) };
        let taken = current.remaining.min(input.len());
        let payload = &mut input[..taken];
        current.mask = unmask(payload, current.mask);
        current.remaining -= taken;
        let (opcode, fin, remaining) = (current.opcode, current.fin, current.remaining);
        if opcode.is_control() {
            self.control.extend_from_slice(payload);
        } else if let Some(message) = &mut self.message {
            message.append(payload, remaining)?;
        }
        if remaining > 0 {
            return Ok((None, taken));
        }
        self.current = None;
        let whole =
            if opcode.is_control() { Some(Whole::Control(opcode)) } else { fin.then_some(Whole::Message) };
        Ok((whole, taken))
    }

    /// The message, or the payload of the control frame, that became whole.
    pub(super) fn payload(&self, whole: Whole) -> &[u8] {
        match whole {
            Whole::Message => self.message.as_ref().map_or(&[], Message::bytes),
            Whole::Control(_) => &self.control,
        }
    }

    /// The opcode of what became whole, and whether it is compressed.
    pub(super) fn kind(&self, whole: Whole) -> (Opcode, bool) {
        match (whole, &self.message) {
            (Whole::Control(opcode), _) => (opcode, false),
            (Whole::Message, Some(message)) if message.is_text => (Opcode::Text, message.deflated),
            (Whole::Message, message) => {
                (Opcode::Binary, message.as_ref().is_some_and(|message| message.deflated))
            }
        }
    }

    /// Gives back what became whole, after it has been looked at.
    pub(super) fn release(&mut self, whole: Whole) {
        match whole {
            Whole::Message => self.message = None,
            Whole::Control(_) => self.control = Vec::new(),
        }
    }
}
