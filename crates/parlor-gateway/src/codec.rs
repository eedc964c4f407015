//! The WebSocket protocol, server side: RFC 6455, and the compression of RFC 7692 without a context that outlives a
//! message.
//!
//! Bytes in, messages out, and the other way round. It reads and writes no socket, knows no clock and no runtime, and
//! keeps no queue: whoever drives it decides when to read, what to answer and when to hang up. The HTTP request before
//! the first frame is read elsewhere; [`handshake`] judges it.
//!
//! What is wrong is refused, even where many peers would put up with it: a [`Violation`] names the close code.

mod close;
mod decoder;
mod deflate;
mod frame;
pub mod handshake;
mod header;
mod inflate;
mod mask;
mod message;
mod partial;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
mod violation;

pub use close::{CloseReason, is_valid_code};
pub use decoder::{Decoder, Incoming, Reading};
pub use deflate::{Deflater, WindowBits};
pub use frame::{Builder, Frame};
pub use inflate::Inflater;
pub use violation::Violation;
