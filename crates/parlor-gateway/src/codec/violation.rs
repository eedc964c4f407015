//! What a peer can do wrong, and the close code that tells it.

/// Why a connection cannot go on. Nothing more is read from it; it is to be closed with [`Violation::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The bytes break a rule of the protocol, which is named.
    #[error("{0}")]
    Protocol(&'static str),
    /// A text or the reason of a close frame is not UTF-8.
    #[error("text must be UTF-8")]
    NotUtf8,
    /// A message is larger than the decoder takes, before or after it was inflated.
    #[error("the message is too large")]
    TooLarge,
    /// A compressed message cannot be inflated.
    #[error("the message is not properly compressed")]
    NotDeflated,
}

impl Violation {
    /// The number to close the connection with (RFC 6455, section 7.4.1).
    pub fn code(self) -> u16 {
        match self {
            Self::Protocol(_) => 1002,
            Self::NotUtf8 | Self::NotDeflated => 1007,
            Self::TooLarge => 1009,
        }
    }
}
