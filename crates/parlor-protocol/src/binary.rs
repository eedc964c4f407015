//! The compact encoding of frames: `MessagePack` with short forms for what Parlor's frames are made of.
//!
//! A connection that asked for the subprotocol [`SUBPROTOCOL`] sends and gets one such map a binary frame, with the
//! same fields as the JSON object. Three short forms make it compact; each stands for exactly one JSON text, so nothing
//! is lost: decoding what was encoded gives the same JSON value, whatever it was.
//!
//! - A key that stands in [`KEYS`] is its number. Other keys are strings.
//! - Key 0 says that the value of `type` is a number, too: that of a name in [`TYPES`]. Any other value of `type` has
//!   the key as a string.
//! - A string that is a typed id is an extension: its kind says the prefix ([`ID_KINDS`]), its 16 bytes are the id. A
//!   string that is a time in Parlor's form (`2026-01-02T03:04:05.678Z`) is an extension of kind [`TIME_KIND`]: 8 bytes,
//!   the milliseconds since 1970, signed, big-endian.
//!
//! Whoever sends may leave short forms out: a frame from any `MessagePack` library is understood, as long as it has a
//! place in JSON. That excludes binary strings, other extensions, floats that are not finite, and keys that are neither
//! strings nor known numbers.
//!
//! The tables are part of the contract: a row may be added at an end, and none is ever changed or taken away.

mod ids;
mod reader;
mod tables;
mod times;
mod writer;

use serde::Serialize;
use serde_json::Value;

pub use ids::ID_KINDS;
pub use tables::{KEYS, TYPES};
pub use times::TIME_KIND;

/// The subprotocol that asks for frames in this encoding.
pub const SUBPROTOCOL: &str = "parlor.v1.msgpack";
/// The subprotocol that asks for JSON, which is also what comes without one.
pub const JSON_SUBPROTOCOL: &str = "parlor.v1.json";

/// How deep lists and maps may be nested: as deep as `serde_json` reads them.
pub const MAX_DEPTH: usize = 127;

/// Why something can't be encoded or decoded. Positions are bytes from the start of the frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The frame ends inside a value, or before one.
    #[error("the frame ends where a value should go on, at byte {at}")]
    CutShort {
        /// Where.
        at: usize,
    },
    /// A list or map says that it holds more than the rest of the frame can.
    #[error("what begins at byte {at} says that it holds more than the frame does")]
    Exaggerated {
        /// Where.
        at: usize,
    },
    /// Something follows the value.
    #[error("the frame goes on after its value, at byte {at}")]
    Trailing {
        /// Where.
        at: usize,
    },
    /// Lists and maps are nested deeper than [`MAX_DEPTH`].
    #[error("lists and maps are nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// A value of `MessagePack` that JSON has no place for.
    #[error("JSON has no place for {what} (at byte {at})")]
    NotJson {
        /// What it is.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// A string that is not UTF-8.
    #[error("the string at byte {at} is not UTF-8")]
    NotText {
        /// Where.
        at: usize,
    },
    /// A key that is neither a string nor a number.
    #[error("a key must be a string or the number of one")]
    InvalidKey,
    /// A key's number that is not in [`KEYS`].
    #[error("there is no key number {number}")]
    UnknownKey {
        /// The number.
        number: u64,
    },
    /// Key 0 stands before something that is not the number of a name in [`TYPES`].
    #[error("key 0 must stand before the number of a known type (at byte {at})")]
    UnknownType {
        /// Where the value is.
        at: usize,
    },
    /// An extension of an unknown kind, or of the wrong length for its kind.
    #[error("there is no extension of kind {kind} with {length} bytes")]
    UnknownExtension {
        /// Its kind.
        kind: i8,
        /// Its length in bytes.
        length: usize,
    },
    /// A time before the year 0 or after the year 9999.
    #[error("the time {milliseconds} is beyond what RFC 3339 can write")]
    TimeOutOfRange {
        /// Milliseconds since 1970.
        milliseconds: i64,
    },
    /// What was to be encoded refused.
    #[error("{0}")]
    Unencodable(String),
}

/// Encodes whatever `serde_json` would encode, with the same meaning: decoded, it is the same JSON value.
///
/// # Errors
/// [`Error::TooDeep`], [`Error::InvalidKey`] for a map with other keys than strings, and what the value itself says when
/// it refuses. Wire types and JSON values that were read from text always encode.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut writer = writer::Writer::default();
    value.serialize(&mut writer)?;
    Ok(writer.into_bytes())
}

/// Decodes one value, which must be all that `bytes` holds. What it allocates is bounded by their number.
///
/// # Errors
/// Whatever is not a JSON value in this encoding: all of [`Error`] but [`Error::Unencodable`].
pub fn decode(bytes: &[u8]) -> Result<Value, Error> {
    let mut reader = reader::Reader::new(bytes);
    let value = reader.value()?;
    reader.end()?;
    Ok(value)
}
