//! From messages to bytes: a server's frame, header and payload in one piece. A server masks nothing, so that the same
//! bytes go to everyone.

use std::io;

use bytes::{Buf, Bytes};

use super::close::MAX_REASON;
use super::header::MAX_CONTROL;

/// Room for the longest header of a server: two bytes and eight of length.
const MAX_HEADER: usize = 10;

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
/// The first reserved bit: the message is compressed.
const DEFLATED: u8 = 0x40;

/// An encoded frame of the server. Cloning copies a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Bytes);

/// A frame whose payload is still being written, so that what is serialised need not be copied once more.
#[derive(Debug)]
pub struct Builder(Vec<u8>);

impl Frame {
    /// A text message.
    pub fn text(text: &str) -> Self {
        Self::of(TEXT, text.as_bytes())
    }

    /// A binary message.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::of(BINARY, bytes)
    }

    /// Asks the peer whether it is there. Of a payload of more than 125 bytes, the beginning is sent.
    pub fn ping(payload: &[u8]) -> Self {
        Self::of(PING, &payload[..payload.len().min(MAX_CONTROL)])
    }

    /// Answers a ping; `payload` is the ping's. Of one of more than 125 bytes, the beginning is sent.
    pub fn pong(payload: &[u8]) -> Self {
        Self::of(PONG, &payload[..payload.len().min(MAX_CONTROL)])
    }

    /// Ends the stream. `code` is one for which [`super::is_valid_code`] is true. Of a reason of more than 123 bytes, as
    /// many whole characters as fit are sent.
    pub fn close(code: u16, reason: &str) -> Self {
        let reason = &reason[..reason.floor_char_boundary(MAX_REASON)];
        Self::of(CLOSE, &[&code.to_be_bytes(), reason.as_bytes()].concat())
    }

    /// Answers a close frame that gave no code.
    pub fn close_without_code() -> Self {
        Self::of(CLOSE, &[])
    }

    /// All bytes of the frame.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The frame as it goes into a socket.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// What is behind the header.
    pub fn payload(&self) -> &[u8] {
        let header = match self.0[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        &self.0[header..]
    }

    /// The payload of a text that is not compressed.
    #[cfg(test)]
    pub(crate) fn text_of(&self) -> &str {
        assert_eq!(self.0[0], TEXT);
        std::str::from_utf8(self.payload()).unwrap()
    }

    /// Its length in bytes, with the header. Never 0.
    #[expect(clippy::len_without_is_empty, reason = "there is always a header")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A compressed message, of which the tail was taken off.
    pub(super) fn deflated(is_text: bool, payload: &[u8]) -> Self {
        Self::of(DEFLATED | if is_text { TEXT } else { BINARY }, payload)
    }

    fn of(first: u8, payload: &[u8]) -> Self {
        let (header, length) = header(first, payload.len());
        let mut bytes = Vec::with_capacity(length + payload.len());
        bytes.extend_from_slice(&header[..length]);
        bytes.extend_from_slice(payload);
        Self(bytes.into())
    }
}

impl Builder {
    /// A builder for a payload of about so many bytes. It takes memory for the payload once if there are no more.
    pub fn with_capacity(payload_bytes: usize) -> Self {
        let mut bytes = Vec::with_capacity(MAX_HEADER + payload_bytes);
        bytes.resize(MAX_HEADER, 0);
        Self(bytes)
    }

    /// Bytes of payload so far.
    pub fn payload_length(&self) -> usize {
        self.0.len() - MAX_HEADER
    }

    /// A text message. The caller answers for it being UTF-8: writing with `serde_json` or `write!` makes it so.
    pub fn text(self) -> Frame {
        debug_assert!(std::str::from_utf8(&self.0[MAX_HEADER..]).is_ok(), "a text is UTF-8");
        self.finish(TEXT)
    }

    /// A binary message.
    pub fn binary(self) -> Frame {
        self.finish(BINARY)
    }

    /// Puts the header right before the payload, and leaves out what is before the header.
    fn finish(mut self, first: u8) -> Frame {
        let (header, length) = header(first, self.payload_length());
        let unused = MAX_HEADER - length;
        self.0[unused..MAX_HEADER].copy_from_slice(&header[..length]);
        let mut bytes = Bytes::from(self.0);
        bytes.advance(unused);
        Frame(bytes)
    }
}

impl io::Write for Builder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A header and its length: the shortest that can tell how long the payload is.
fn header(first: u8, payload: usize) -> ([u8; MAX_HEADER], usize) {
    let mut header = [0; MAX_HEADER];
    header[0] = first;
    let length = match payload {
        0..126 => 2,
        126..0x1_0000 => 4,
        _ => MAX_HEADER,
    };
    let wide = (payload as u64).to_be_bytes();
    match length {
        2 => header[1] = wide[7],
        4 => {
            header[1] = 126;
            header[2..4].copy_from_slice(&wide[6..]);
        }
        _ => {
            header[1] = 127;
            header[2..].copy_from_slice(&wide);
        }
    }
    (header, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_header_is_as_short_as_it_can_be() {
        for (length, header) in [
            (0, &[0x81, 0][..]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (0xffff, &[0x81, 126, 0xff, 0xff]),
            (0x1_0000, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let text = "x".repeat(length);
            let frame = Frame::text(&text);
            assert_eq!(frame.len(), header.len() + length);
            assert_eq!(&frame.as_bytes()[..header.len()], header);
            assert_eq!(&frame.as_bytes()[header.len()..], text.as_bytes());

            let mut builder = Builder::with_capacity(10);
            builder.write_all(text.as_bytes()).unwrap();
            assert_eq!(builder.payload_length(), length);
            assert_eq!(builder.text(), frame, "what is written piece by piece is the same");
        }
    }

    #[test]
    fn every_kind_has_its_opcode() {
        assert_eq!(Frame::binary(&[7]).as_bytes(), [0x82, 1, 7]);
        assert_eq!(Frame::ping(b"").as_bytes(), [0x89, 0]);
        assert_eq!(Frame::pong(b"p").as_bytes(), [0x8a, 1, b'p']);
        assert_eq!(Frame::close_without_code().as_bytes(), [0x88, 0]);
        assert_eq!(Frame::close(1001, "bye").as_bytes(), b"\x88\x05\x03\xe9bye");
        let mut builder = Builder::with_capacity(0);
        builder.write_all(&[7]).unwrap();
        assert_eq!(builder.binary().as_bytes(), [0x82, 1, 7]);
    }

    #[test]
    fn control_frames_stay_within_their_bound() {
        assert_eq!(Frame::ping(&[0; 200]).len(), 127);
        assert_eq!(Frame::pong(&[0; 200]).len(), 127);
        let frame = Frame::close(1001, &"é".repeat(100));
        assert_eq!(frame.len(), 2 + 2 + 122, "123 bytes would end within a character");
        assert!(std::str::from_utf8(&frame.as_bytes()[4..]).is_ok());
    }
}
