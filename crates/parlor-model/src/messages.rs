//! Messages: what a person said in a room.

use std::fmt;

use crate::ids::{MessageId, RoomId, UserId};
use crate::refusal::{Field, Refusal};
use crate::rooms::Seq;
use crate::time::Timestamp;
use crate::visible::has_visible;

/// What sort of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Something said.
    Text,
    /// Something done, in the third person: `/me waves`.
    Action,
}

impl MessageKind {
    /// The word for it in rows and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Action => "action",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Text, Self::Action].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The text of a message, in Markdown, exactly as it was sent. Never without a visible character, never with a NUL, at most the configured
/// number of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Checks a text.
    ///
    /// A NUL is refused because no database text may hold one; every other character is kept as it came.
    pub fn new(text: String, max_bytes: usize) -> Result<Self, Refusal> {
        if text.len() > max_bytes {
            return Err(Refusal::BodyTooLong { max_bytes });
        }
        if !has_visible(&text) {
            return Err(Refusal::BodyEmpty);
        }
        if text.contains('\0') {
            return Err(Refusal::invalid(Field::Body, "it contains a NUL character"));
        }
        Ok(Self(text))
    }

    /// A body from a row, which was checked when it came.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The body of a deleted message.
    pub fn erased() -> Self {
        Self(String::new())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A client's own name for a send. A second send of the same author with the same nonce returns the first's result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// The longest nonce, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks a nonce: 1 to 64 visible ASCII characters.
    pub fn new(text: String) -> Result<Self, Refusal> {
        if text.is_empty()
            || text.len() > Self::MAX_BYTES
            || !text.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Refusal::invalid(Field::Nonce, "it must be 1 to 64 visible ASCII characters"));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A message as it is now. Deleting leaves a tombstone: the place, the author and the times, with an empty body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub room: RoomId,
    /// The `seq` of its creation: its place in the room, for ever.
    pub seq: Seq,
    /// The `seq` of its newest change; equal to `seq` until it is edited or deleted.
    pub changed_seq: Seq,
    /// Who said it.
    pub author: UserId,
    /// What sort it is.
    pub kind: MessageKind,
    /// What was said.
    pub body: Body,
    /// The sender's name for the send.
    pub nonce: Option<Nonce>,
    /// The message this answers, in the same room.
    pub reply_to: Option<MessageId>,
    /// When the server took it.
    pub sent_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_to_the_byte() {
        let text = "  \u{2}bold\u{2}\tand\nlines  ".to_owned();
        assert_eq!(Body::new(text.clone(), 100).map(|body| body.as_str().to_owned()), Ok(text));
    }

    #[test]
    fn blank_long_and_nul_bodies_are_refused() {
        assert_eq!(Body::new(" \n\t".into(), 100), Err(Refusal::BodyEmpty));
        // Whatever the script of a blank: see `visible`.
        for text in
            ["\u{200b}", "\u{3164}", "\u{2800}\n\u{115f}", "\u{e0041}\u{fe0f}", "\u{200f}\u{2066}", "\u{34f}"]
        {
            assert_eq!(Body::new(text.into(), 100), Err(Refusal::BodyEmpty), "{text:?}");
        }
        assert_eq!(Body::new("é".repeat(6), 11), Err(Refusal::BodyTooLong { max_bytes: 11 }));
        assert!(Body::new("é".repeat(6), 12).is_ok());
        assert!(matches!(Body::new("a\0b".into(), 100), Err(Refusal::Invalid { field: Field::Body, .. })));
    }

    #[test]
    fn a_nonce_is_short_and_visible() {
        assert!(Nonce::new("k7-01JD".into()).is_ok());
        for text in ["", " ", "a b", "é", &"x".repeat(65)] {
            assert!(Nonce::new(text.into()).is_err(), "{text:?}");
        }
    }
}
