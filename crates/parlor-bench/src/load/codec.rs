//! The WebSocket framing of a client (RFC 6455), as far as a load generator needs it: masked frames out, whole
//! unmasked frames in. Fragments and compression are not asked for, so their appearance is an error.

use anyhow::{Result, bail, ensure};

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Bytes.
    Binary,
    /// The server says goodbye.
    Close,
    /// The server asks whether one is there.
    Ping,
    /// An answer to that.
    Pong,
}

impl Kind {
    const fn opcode(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }
}

/// A frame in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'b> {
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub payload: &'b [u8],
    /// How many bytes of the buffer it takes, its head included.
    pub length: usize,
}

/// The largest frame that is believed.
const LARGEST: usize = 64 * 1024 * 1024;

/// The frame at the beginning of `bytes`; `None` if it is not whole yet.
///
/// # Errors
/// No server that speaks the protocol sends this.
pub fn decode(bytes: &[u8]) -> Result<Option<Frame<'_>>> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    ensure!(first & 0x80 != 0, "a fragment came");
    ensure!(first & 0x70 == 0 && second & 0x80 == 0, "a compressed or masked frame came");
    let kind = match first & 0x0f {
        1 => Kind::Text,
        2 => Kind::Binary,
        8 => Kind::Close,
        9 => Kind::Ping,
        10 => Kind::Pong,
        other => bail!("a frame of the unknown kind {other} came"),
    };
    let (head, size) = match (second & 0x7f, rest) {
        (126, [one, two, ..]) => (4, usize::from(u16::from_be_bytes([*one, *two]))),
        (127, rest) => match rest.first_chunk::<8>() {
            Some(size) => (10, usize::try_from(u64::from_be_bytes(*size))?),
            None => return Ok(None),
        },
        (126, _) => return Ok(None),
        (small, _) => (2, usize::from(small)),
    };
    ensure!(size <= LARGEST, "a frame of {size} bytes came");
    let payload = bytes.get(head..head + size);
    Ok(payload.map(|payload| Frame { kind, payload, length: head + size }))
}

/// Appends a frame as a client has to send it. The key of the mask may be anything: nothing between here and the
/// server could be confused by the bytes.
pub fn encode(kind: Kind, payload: &[u8], key: u32, out: &mut Vec<u8>) {
    const MASKED: u8 = 0x80;
    out.push(0x80 | kind.opcode());
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(size @ ..126), _) => out.push(MASKED | size),
        (_, Ok(size)) => {
            out.push(MASKED | 0x7e);
            out.extend(size.to_be_bytes());
        }
        _ => {
            out.push(MASKED | 0x7f);
            out.extend((payload.len() as u64).to_be_bytes());
        }
    }
    let key = key.to_ne_bytes();
    out.extend(key);
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server would send.
    fn unmasked(payload: &[u8]) -> Vec<u8> {
        let mut masked = Vec::new();
        encode(Kind::Text, payload, 0, &mut masked);
        let head = masked.len() - payload.len() - 4;
        let mut bytes = masked[..head].to_vec();
        bytes[1] &= 0x7f;
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn every_size_comes_back() {
        for size in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let payload = vec![b'x'; size];
            let bytes = unmasked(&payload);
            let frame = decode(&bytes).unwrap().unwrap();
            assert_eq!((frame.kind, frame.payload, frame.length), (Kind::Text, &payload[..], bytes.len()));
            assert_eq!(decode(&bytes[..bytes.len() - 1]).unwrap(), None, "{size} bytes cut by one");
            assert_eq!(decode(&bytes[..1]).unwrap(), None);
        }
    }

    #[test]
    fn a_mask_can_be_taken_off() {
        let mut bytes = Vec::new();
        encode(Kind::Text, b"hello", 0x1234_5678, &mut bytes);
        let key = &bytes[2..6];
        let plain: Vec<u8> =
            bytes[6..].iter().zip(key.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        assert_eq!((bytes[0], bytes[1], &plain[..]), (0x81, 0x85, &b"hello"[..]));
    }

    #[test]
    fn what_was_not_asked_for_is_an_error() {
        for bytes in [[0x01, 0], [0xc1, 0], [0x81, 0x80], [0x83, 0]] {
            assert!(decode(&bytes).is_err(), "{bytes:?}");
        }
    }
}
