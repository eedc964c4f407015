//! The header of a client's frame (RFC 6455, section 5.2): everything that can be judged without knowing what came
//! before it.

use super::violation::Violation;

/// The longest header: two bytes, eight of length, four of mask.
pub(super) const MAX_HEADER: usize = 14;

/// The largest payload of a control frame.
pub(super) const MAX_CONTROL: usize = 125;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;
const RSV2_AND_3: u8 = 0x30;
const MASKED: u8 = 0x80;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// What stands before a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) opcode: Opcode,
    /// Whether it is the last frame of its message.
    pub(super) fin: bool,
    /// Whether the first reserved bit says that the message is compressed.
    pub(super) deflated: bool,
    /// Bytes of payload.
    pub(super) length: u64,
    pub(super) mask: [u8; 4],
}

impl Opcode {
    pub(super) fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }

    fn of(number: u8) -> Result<Self, Violation> {
        Ok(match number {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            _ => return Err(Violation::Protocol("unknown opcode")),
        })
    }
}

impl Header {
    /// Reads a header and tells how many bytes it took; `None` if it is not complete. What is wrong is found as soon as
    /// the bytes that show it are there.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Violation> {
        let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
        let (fin, deflated) = (first & FIN != 0, first & RSV1 != 0);
        let opcode = Opcode::of(first & 0x0f)?;
        judge_first(first, opcode)?;
        let Some((&second, rest)) = rest.split_first() else { return Ok(None) };
        if second & MASKED == 0 {
            return Err(Violation::Protocol("a client's frame must be masked"));
        }
        let short = second & !MASKED;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL {
            return Err(Violation::Protocol("a control frame is too long"));
        }
        let Some((length, rest)) = read_length(short, rest)? else { return Ok(None) };
        let Some(&mask) = rest.first_chunk::<4>() else { return Ok(None) };
        let taken = bytes.len() - rest.len() + mask.len();
        Ok(Some((Self { opcode, fin, deflated, length, mask }, taken)))
    }
}

/// Judges the flags and the opcode alone.
fn judge_first(first: u8, opcode: Opcode) -> Result<(), Violation> {
    if first & RSV2_AND_3 != 0 {
        return Err(Violation::Protocol("a reserved bit is set"));
    }
    if opcode.is_control() && first & FIN == 0 {
        return Err(Violation::Protocol("a control frame must not be fragmented"));
    }
    if first & RSV1 != 0 && !matches!(opcode, Opcode::Text | Opcode::Binary) {
        return Err(Violation::Protocol("only the first frame of a message tells that it is compressed"));
    }
    Ok(())
}

/// Reads the length that follows the first two bytes, and returns what comes after it.
fn read_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Violation> {
    let (length, least, rest) = match short {
        126 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<2>() else { return Ok(None) };
            (u64::from(u16::from_be_bytes(*bytes)), 126, rest)
        }
        127 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<8>() else { return Ok(None) };
            (u64::from_be_bytes(*bytes), 1 << 16, rest)
        }
        _ => return Ok(Some((u64::from(short), rest))),
    };
    if length < least {
        return Err(Violation::Protocol("a length must take as few bytes as it can"));
    }
    if length >> 63 != 0 {
        return Err(Violation::Protocol("a length has at most 63 bits"));
    }
    Ok(Some((length, rest)))
}
