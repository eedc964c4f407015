//! What must hold of the decoder for any bytes whatever: for the tests here and for the fuzz target `frames`, which
//! compiles this file too. So it uses nothing but the codec's public items, and panics where a property is broken.

use crate::codec::{CloseReason, Decoder, Incoming, Inflater, Reading, Violation};

/// The sizes that a message may have; the input chooses one.
const LIMITS: [u32; 4] = [20, 200, 2_000, 200_000];
/// Memory that a connection may hold besides twice what has arrived, in bytes.
const BASE_BYTES: usize = 600;
/// What an inflater may keep of its output after a larger message, in bytes.
const INFLATER_KEEPS: usize = 64 * 1024;

/// A message that owns what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Got {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    Wrong(Violation),
}

/// A connection, and all that came of it so far.
struct Connection {
    decoder: Decoder,
    inflater: Option<Inflater>,
    limit: u32,
    arrived: usize,
    got: Vec<Got>,
}

/// Checks one input: a byte that says whether compression is on and how large a message may be, a byte that says how
/// the third reading is cut, and then what the client sends.
///
/// However a stream is cut, and whether all of it is asked for at once or one message at a time, the same comes of it;
/// and neither the decoder nor the inflater ever holds more than it may.
pub(crate) fn check(input: &[u8]) {
    let [mode, seed, stream @ ..] = input else { return };
    let whole = run(*mode, stream, [stream.len()]);
    assert_eq!(whole, run(*mode, stream, std::iter::repeat(1)), "cut into bytes");
    assert_eq!(whole, run(*mode, stream, pieces(*seed)), "cut anywhere");
    assert_eq!(whole, run_lazily(*mode, stream, pieces(*seed)), "one message at a time");
}

/// Reads all that is there after each piece. The last length counts for whatever is left.
fn run(mode: u8, stream: &[u8], lengths: impl IntoIterator<Item = usize>) -> Vec<Got> {
    let mut connection = Connection::new(mode);
    for_each_piece(stream, lengths, |piece| connection.read(piece, usize::MAX));
    connection.finish()
}

/// Reads one message after each piece, and the rest when everything has arrived.
fn run_lazily(mode: u8, stream: &[u8], lengths: impl IntoIterator<Item = usize>) -> Vec<Got> {
    let mut connection = Connection::new(mode);
    for_each_piece(stream, lengths, |piece| connection.read(piece, 1));
    while connection.decoder.has_kept() {
        let before = connection.got.len();
        connection.read(&[], 1);
        let stands_still = connection.got.len() == before && connection.decoder.has_kept();
        assert!(!stands_still, "what is kept is either a message or not kept as one");
    }
    connection.finish()
}

fn for_each_piece(mut rest: &[u8], lengths: impl IntoIterator<Item = usize>, mut take: impl FnMut(&[u8])) {
    for length in lengths {
        if rest.is_empty() {
            break;
        }
        let (piece, others) = rest.split_at(length.min(rest.len()));
        rest = others;
        take(piece);
    }
}

/// Lengths of pieces, many small and some large, the same for the same seed.
fn pieces(seed: u8) -> impl Iterator<Item = usize> {
    let mut state = u32::from(seed);
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let spread = [3, 9, 70, 3_000][(state >> 30) as usize];
        (state >> 8) as usize % spread
    })
}

impl Connection {
    fn new(mode: u8) -> Self {
        let limit = LIMITS[usize::from(mode >> 1) % LIMITS.len()];
        let inflater = (mode & 1 == 1).then(Inflater::new);
        Self { decoder: Decoder::new(limit), inflater, limit, arrived: 0, got: Vec::new() }
    }

    /// Reads a piece, and asks for so many messages.
    fn read(&mut self, piece: &[u8], wanted: usize) {
        self.arrived += piece.len();
        let had_ended = self.decoder.has_ended();
        let before = self.got.len();
        let mut piece = piece.to_vec();
        collect(self.decoder.read(&mut piece, self.inflater.as_mut()), wanted, &mut self.got);
        assert!(!had_ended || self.got.len() == before, "something came after the end");
        for got in &self.got[before..] {
            assert!(got.length() <= (self.limit as usize).max(125), "a message is larger than it may be");
        }
        let held = self.decoder.heap_bytes();
        assert!(held <= 2 * self.arrived + BASE_BYTES, "{held} bytes are held for {}", self.arrived);
        let inflated = self.inflater.as_ref().map_or(0, Inflater::output_bytes);
        let most = INFLATER_KEEPS.max(self.limit as usize + 1);
        assert!(inflated <= most, "the inflater holds {inflated} bytes");
    }

    fn finish(self) -> Vec<Got> {
        let last = matches!(self.got.last(), Some(Got::Close(_) | Got::Wrong(_)));
        assert_eq!(self.decoder.has_ended(), last, "the stream ends with a close frame or a violation");
        assert!(!last || self.decoder.heap_bytes() == 0, "memory is held after the end");
        self.got
    }
}

fn collect(mut reading: Reading<'_>, wanted: usize, into: &mut Vec<Got>) {
    for _ in 0..wanted {
        match reading.next() {
            Ok(Some(incoming)) => into.push(incoming.into()),
            Ok(None) => break,
            Err(violation) => into.push(Got::Wrong(violation)),
        }
    }
}

impl Got {
    fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes.len(),
            Self::Close(_) | Self::Wrong(_) => 0,
        }
    }
}

impl From<Incoming<'_>> for Got {
    fn from(incoming: Incoming<'_>) -> Self {
        let owned = |reason: CloseReason<'_>| reason.map(|(code, reason)| (code, reason.to_owned()));
        match incoming {
            Incoming::Text(text) => Self::Text(text.to_owned()),
            Incoming::Binary(bytes) => Self::Binary(bytes.to_vec()),
            Incoming::Ping(payload) => Self::Ping(payload.to_vec()),
            Incoming::Pong(payload) => Self::Pong(payload.to_vec()),
            Incoming::Close(reason) => Self::Close(owned(reason)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::check;
    use crate::codec::samples::{deflated, frame};

    #[test]
    fn nothing_that_was_mended_breaks_again() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
        let mut checked = 0;
        for folder in ["seeds/frames", "regressions/frames"] {
            for entry in std::fs::read_dir(fuzz.join(folder)).unwrap() {
                check(&std::fs::read(entry.unwrap().path()).unwrap());
                checked += 1;
            }
        }
        assert!(checked >= 10, "only {checked} inputs were found");
    }

    /// A client's frame, mostly a sound one.
    fn any_frame() -> impl Strategy<Value = Vec<u8>> {
        let first = prop_oneof![
            8 => proptest::sample::select(&[0x81_u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0xc1, 0x41, 0xc2][..]),
            1 => any::<u8>(),
        ];
        let payload = prop_oneof![
            4 => ".{0,30}".prop_map(String::into_bytes),
            2 => proptest::collection::vec(any::<u8>(), 0..130),
            1 => (any::<u8>(), 0_usize..3_000).prop_map(|(byte, length)| vec![byte; length]),
        ];
        (first, payload, any::<bool>(), any::<[u8; 4]>()).prop_map(|(first, payload, plain, key)| {
            let compressed = first & 0x40 != 0 && !plain;
            if compressed { frame(first, &deflated(&payload), key) } else { frame(first, &payload, key) }
        })
    }

    proptest! {
        #[test]
        fn any_bytes_keep_the_properties(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
        }

        #[test]
        fn any_frames_keep_the_properties(
            mode in any::<u8>(),
            seed in any::<u8>(),
            frames in proptest::collection::vec(any_frame(), 0..8),
            cut in 0_usize..10,
        ) {
            let mut input = [&[mode, seed][..], &frames.concat()].concat();
            input.truncate(input.len().saturating_sub(cut));
            check(&input);
        }
    }
}
