//! Frames, between a socket and a text.

use std::hint::black_box;
use std::io::Write as _;

use parlor_gateway::codec::{Builder, Decoder, Frame, Incoming};

use super::{TEXT_BYTES, text};

/// Frames that arrive together when many do.
const BATCH: usize = 16;
/// Bytes of a client's header for a text of that length: two, and the key.
const HEADER_BYTES: usize = 6;

/// A frame as it comes from a client.
fn masked() -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![0x81, 0x80 | u8::try_from(TEXT_BYTES).unwrap_or(0)];
    bytes.extend_from_slice(&key);
    bytes.extend(text().bytes().enumerate().map(|(index, byte)| byte ^ key[index % 4]));
    bytes
}

/// Reads what has arrived, and answers how many bytes of text it was.
fn read(decoder: &mut Decoder, bytes: &mut [u8]) -> usize {
    let mut reading = decoder.read(bytes, None);
    let mut length = 0;
    while let Ok(Some(incoming)) = reading.next() {
        if let Incoming::Text(text) = black_box(incoming) {
            length += text.len();
        }
    }
    length
}

/// A message a read. What was decoded is unmasked in place, so each round begins with a copy; it is counted, too.
pub(super) fn decode_one(rounds: usize) {
    decode(rounds, &masked(), usize::MAX);
}

/// A message that arrives in two reads, the first of which ends within the payload.
pub(super) fn decode_pieces(rounds: usize) {
    decode(rounds, &masked(), HEADER_BYTES + TEXT_BYTES / 2);
}

/// Many messages a read.
pub(super) fn decode_batch(rounds: usize) {
    decode(rounds, &masked().repeat(BATCH), usize::MAX);
}

fn decode(rounds: usize, stream: &[u8], cut: usize) {
    let mut decoder = Decoder::new(64 * 1024);
    let mut buffer = stream.to_vec();
    let mut length = 0;
    for _ in 0..rounds {
        buffer.copy_from_slice(black_box(stream));
        for piece in buffer.chunks_mut(cut) {
            length += read(&mut decoder, piece);
        }
    }
    let texts = stream.len() / (HEADER_BYTES + TEXT_BYTES);
    assert_eq!(length, rounds * texts * TEXT_BYTES, "not all of it was decoded");
}

/// A frame of a text that is there.
pub(super) fn encode(rounds: usize) {
    let text = text();
    for _ in 0..rounds {
        black_box(Frame::text(black_box(&text)));
    }
}

/// A frame whose text is written into it.
pub(super) fn build(rounds: usize) {
    let text = text();
    for _ in 0..rounds {
        let mut builder = Builder::with_capacity(TEXT_BYTES);
        let written = builder.write_all(black_box(text.as_bytes()));
        assert!(written.is_ok(), "memory takes whatever is written");
        black_box(builder.text());
    }
}
