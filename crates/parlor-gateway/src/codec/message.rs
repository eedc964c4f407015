//! A message that did not come in one piece: what has arrived of it so far, unmasked.

use super::violation::Violation;

/// The first allocation is no smaller than this, in bytes, unless less than that is still to come.
const FIRST_CAPACITY: usize = 256;

/// The part of a message that has arrived.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) is_text: bool,
    pub(super) deflated: bool,
    bytes: Vec<u8>,
    /// So many of the bytes are known to be whole characters.
    checked: usize,
}

impl Message {
    pub(super) fn new(is_text: bool, deflated: bool) -> Self {
        Self { is_text, deflated, bytes: Vec::new(), checked: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of memory taken.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Adds what arrived. `announced` is how much more the present frame will bring after it: memory is taken for what
    /// came, at most twice that, and never for more than was announced.
    pub(super) fn append(&mut self, payload: &[u8], announced: usize) -> Result<(), Violation> {
        let needed = self.bytes.len() + payload.len();
        if needed > self.bytes.capacity() {
            let comfortable = needed.max(self.bytes.capacity() * 2).max(FIRST_CAPACITY);
            let target = comfortable.min(needed + announced);
            self.bytes.reserve_exact(target - self.bytes.len());
        }
        self.bytes.extend_from_slice(payload);
        if self.is_text && !self.deflated { self.check() } else { Ok(()) }
    }

    /// Finds the first byte that no further ones can mend, so that a peer need not send the rest in vain. A character
    /// whose end is still to come is not judged.
    fn check(&mut self) -> Result<(), Violation> {
        match std::str::from_utf8(&self.bytes[self.checked..]) {
            Ok(_) => self.checked = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(Violation::NotUtf8),
        }
        Ok(())
    }
}
