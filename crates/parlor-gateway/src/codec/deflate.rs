//! Compresses messages (RFC 7692, section 7.2.1), each for itself: the same bytes go to everyone who agreed on
//! compression. One deflater serves all connections of a shard.

use flate2::{Compress, Compression, FlushCompress};

use super::frame::Frame;

/// How far back a compressed message may refer, as a power of two: what a client can ask a server to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowBits(u8);

/// Compresses messages. Holds about 270 KB for the largest window, and the output of the largest message so far.
#[derive(Debug)]
pub struct Deflater {
    state: Compress,
    min_bytes: usize,
    output: Vec<u8>,
}

/// What a flush ends with, and the sender takes off.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

impl WindowBits {
    /// The largest window, 32 KiB: what everyone takes who asks for nothing else.
    pub const LARGEST: Self = Self(15);

    /// The window of `2^bits` bytes, if we can keep to it. The standard also knows 8, which nobody here can.
    pub const fn new(bits: u8) -> Option<Self> {
        if matches!(bits, 9..=15) { Some(Self(bits)) } else { None }
    }

    /// The power of two.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Bytes.
    pub fn bytes(self) -> usize {
        1 << self.0
    }
}

impl Deflater {
    /// Compresses messages of at least `min_bytes`, with references that keep within the window. Below about 256 bytes
    /// it rarely pays.
    ///
    /// A message never refers back further than to its beginning: one that is not longer than a client's window can be
    /// sent to it whatever window it was compressed with.
    pub fn new(window: WindowBits, min_bytes: usize) -> Self {
        let state = Compress::new_with_window_bits(Compression::default(), false, window.bits());
        Self { state, min_bytes, output: Vec::new() }
    }

    /// A compressed text message; `None` if that does not make it shorter.
    pub fn text(&mut self, text: &str) -> Option<Frame> {
        self.deflate(text.as_bytes()).map(|payload| Frame::deflated(true, payload))
    }

    /// A compressed binary message; `None` if that does not make it shorter.
    pub fn binary(&mut self, bytes: &[u8]) -> Option<Frame> {
        self.deflate(bytes).map(|payload| Frame::deflated(false, payload))
    }

    fn deflate(&mut self, message: &[u8]) -> Option<&[u8]> {
        if message.len() < self.min_bytes {
            return None;
        }
        self.state.reset();
        self.output.clear();
        // Room for what does not get shorter, so that one call does it all: a flush that runs out of room would mark its
        // end twice.
        self.output.reserve(message.len() + message.len() / 256 + 64);
        self.state.compress_vec(message, &mut self.output, FlushCompress::Sync).ok()?;
        let all = self.state.total_in() == message.len() as u64 && self.output.len() < self.output.capacity();
        let payload = self.output.strip_suffix(&TAIL).filter(|_| all)?;
        (payload.len() < message.len()).then_some(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Inflater;
    use proptest::prelude::*;

    /// Text that compresses, with references as far back as it is long.
    fn words(length: usize) -> String {
        (0..).map(|number| format!("{} and {}; ", number % 97, number * 7919 % 1009)).collect_text(length)
    }

    trait CollectText: Iterator<Item = String> {
        fn collect_text(self, length: usize) -> String
        where
            Self: Sized,
        {
            let mut text = String::new();
            for piece in self {
                text.push_str(&piece);
                if text.len() >= length {
                    break;
                }
            }
            text.truncate(length);
            text
        }
    }
    impl<T: Iterator<Item = String>> CollectText for T {}

    #[test]
    fn what_does_not_get_shorter_is_sent_plain() {
        let mut deflater = Deflater::new(WindowBits::LARGEST, 0);
        assert_eq!(deflater.text("xyz"), None);
        assert_eq!(deflater.text(""), None);
        let text = words(5_000);
        assert!(deflater.text(&text).unwrap().len() < 2_500);
        let mut reluctant = Deflater::new(WindowBits::LARGEST, 5_001);
        assert_eq!(reluctant.text(&text), None, "it is below the least size");
    }

    #[test]
    fn one_message_leaves_nothing_for_the_next() {
        let text = words(5_000);
        let mut deflater = Deflater::new(WindowBits::LARGEST, 0);
        let first = deflater.text(&text);
        assert_eq!(deflater.text(&text), first);
    }

    #[test]
    fn windows_are_those_we_can_keep_to() {
        assert_eq!(WindowBits::new(8), None);
        assert_eq!(WindowBits::new(16), None);
        assert_eq!(WindowBits::new(15), Some(WindowBits::LARGEST));
        assert_eq!(WindowBits::new(9).unwrap().bytes(), 512);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_was_deflated_inflates(length in 0_usize..50_000, bits in 9_u8..=15) {
            let text = words(length);
            let mut deflater = Deflater::new(WindowBits::new(bits).unwrap(), 0);
            if let Some(payload) = deflater.deflate(text.as_bytes()) {
                let payload = payload.to_vec();
                let mut inflater = Inflater::new();
                prop_assert_eq!(inflater.inflate(&payload, length), Ok(text.as_bytes()));
                // A receiver that keeps no more than the window understands it too.
                let mut small = flate2::Decompress::new_with_window_bits(false, bits);
                let mut output = Vec::with_capacity(length + 64);
                let input = [&payload[..], &TAIL].concat();
                small.decompress_vec(&input, &mut output, flate2::FlushDecompress::Sync).unwrap();
                prop_assert_eq!(output, text.into_bytes());
            } else {
                prop_assert!(length < 200);
            }
        }
    }
}
