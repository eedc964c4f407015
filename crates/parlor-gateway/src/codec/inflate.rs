//! Inflates a client's compressed messages (RFC 7692, section 7.2.2), each for itself. One inflater serves all
//! connections of a shard: nothing of one message is left when the next begins.

use flate2::{Decompress, FlushDecompress, Status};

use super::violation::Violation;

/// What the sender took off, and behind it an empty block that is marked as the last. A message is complete if and only
/// if exactly that block ends it.
const TAIL: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff];

/// The least room that is made for what comes out, in bytes.
const STEP: usize = 4 * 1024;

/// Keeps its memory between messages, but no more than this, in bytes.
const KEPT: usize = 64 * 1024;

/// Inflates messages. Holds about 50 KB beside the last message.
#[derive(Debug)]
pub struct Inflater {
    state: Decompress,
    output: Vec<u8>,
}

impl Inflater {
    /// An inflater for messages of any agreed window.
    pub fn new() -> Self {
        Self { state: Decompress::new(false), output: Vec::new() }
    }

    /// Bytes of memory that the last message takes: at most 64 KiB, or what the largest message allowed needs.
    pub fn output_bytes(&self) -> usize {
        self.output.capacity()
    }

    /// Inflates a message. Stops as soon as there is more than `max` bytes of it, and never takes memory for more.
    pub(crate) fn inflate(&mut self, payload: &[u8], max: usize) -> Result<&[u8], Violation> {
        self.output.clear();
        self.output.shrink_to(KEPT);
        self.state.reset(false);
        // Some senders compress nothing to nothing.
        if !payload.is_empty() {
            self.feed(payload, max)?;
            self.finish(max)?;
        }
        Ok(&self.output)
    }

    /// Feeds the payload. A block that is marked as the last does not end a message: what follows begins anew.
    fn feed(&mut self, mut input: &[u8], max: usize) -> Result<(), Violation> {
        while !input.is_empty() {
            let (taken, status) = self.step(input, max)?;
            input = &input[taken..];
            if status == Status::StreamEnd {
                self.state.reset(false);
            }
        }
        Ok(())
    }

    /// Feeds what ends every message. Anything but a whole number of blocks before it makes something else of it.
    fn finish(&mut self, max: usize) -> Result<(), Violation> {
        let mut input = &TAIL[..];
        loop {
            let (taken, status) = self.step(input, max)?;
            input = &input[taken..];
            if status == Status::StreamEnd {
                return if input.is_empty() { Ok(()) } else { Err(Violation::NotDeflated) };
            }
        }
    }

    /// Inflates some of the input, tells how much, and makes room as it goes. It is an error if nothing came of it.
    fn step(&mut self, input: &[u8], max: usize) -> Result<(usize, Status), Violation> {
        let before = (self.state.total_in(), self.output.len());
        if self.output.len() == self.output.capacity() {
            self.output.reserve_exact(before.1.max(STEP).min(max + 1 - before.1));
        }
        let result = self.state.decompress_vec(input, &mut self.output, FlushDecompress::Sync);
        let status = result.map_err(|_| Violation::NotDeflated)?;
        if self.output.len() > max {
            return Err(Violation::TooLarge);
        }
        let taken = usize::try_from(self.state.total_in() - before.0).unwrap_or(input.len());
        if taken == 0 && self.output.len() == before.1 && status != Status::StreamEnd {
            return Err(Violation::NotDeflated);
        }
        Ok((taken, status))
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::samples::deflated;

    /// The examples of RFC 7692, section 7.2.3: each is another way to say `Hello`.
    const HELLO: [&[u8]; 5] = [
        &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
        &[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
        &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
        &[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
        &[0xca, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
    ];

    #[test]
    fn every_way_to_say_hello_is_understood() {
        let mut inflater = Inflater::new();
        for (index, payload) in HELLO.iter().take(4).enumerate() {
            assert_eq!(inflater.inflate(payload, 100), Ok(&b"Hello"[..]), "example {index}");
        }
        assert_eq!(inflater.inflate(&[], 100), Ok(&b""[..]));
        assert_eq!(inflater.inflate(&[0x00], 100), Ok(&b""[..]));
    }

    #[test]
    fn what_is_cut_off_or_spoilt_is_refused() {
        let mut inflater = Inflater::new();
        let whole = deflated(b"some words that are said and said and said again");
        for end in 1..whole.len() {
            assert_eq!(
                inflater.inflate(&whole[..end], 1_000),
                Err(Violation::NotDeflated),
                "cut after {end}"
            );
        }
        assert_eq!(inflater.inflate(&[0x07], 1_000), Err(Violation::NotDeflated), "there is no such block");
        assert!(inflater.inflate(&whole, 1_000).is_ok(), "an error leaves nothing behind");
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = deflated(&vec![b'a'; 50_000_000]);
        let mut inflater = Inflater::new();
        for max in [10, 1_000, 200_000] {
            assert_eq!(inflater.inflate(&bomb, max), Err(Violation::TooLarge));
            assert!(inflater.output.capacity() <= KEPT.max(max + 1), "{} bytes", inflater.output.capacity());
        }
        let exact = deflated(&vec![b'a'; 200_000]);
        assert_eq!(inflater.inflate(&exact, 200_000).map(<[u8]>::len), Ok(200_000));
        assert_eq!(inflater.inflate(&exact, 199_999), Err(Violation::TooLarge));
        assert!(inflater.inflate(HELLO[0], 100).is_ok());
        assert!(inflater.output.capacity() <= KEPT, "the memory of a large message is given back");
    }
}
