//! Every reason for which an action is refused. Edges turn one into an error code and words; see `parlor-protocol`.

use std::time::Duration;

use crate::moderation::{self, MuteReason};

/// A field of a request, for refusals that name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// `username`
    Username,
    /// `password`
    Password,
    /// `display_name`
    DisplayName,
    /// `name` (of a room)
    Name,
    /// `topic`
    Topic,
    /// `body`
    Body,
    /// `nonce`
    Nonce,
    /// `reply_to`
    ReplyTo,
    /// `limit`
    Limit,
    /// `expires_in`
    ExpiresIn,
    /// `max_uses`
    MaxUses,
    /// `duration`
    Duration,
    /// `reason`
    Reason,
}

impl Field {
    /// The field's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Password => "password",
            Self::DisplayName => "display_name",
            Self::Name => "name",
            Self::Topic => "topic",
            Self::Body => "body",
            Self::Nonce => "nonce",
            Self::ReplyTo => "reply_to",
            Self::Limit => "limit",
            Self::ExpiresIn => "expires_in",
            Self::MaxUses => "max_uses",
            Self::Duration => "duration",
            Self::Reason => "reason",
        }
    }
}

/// Why an action was refused. The message is for the person who asked: it never says more than they may know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not exist, or the actor may not know that it does: the two answer alike.
    #[error("There is no such {0}, or you may not see it.")]
    NotFound(&'static str),
    /// The actor sees the thing but may not do that with it.
    #[error("You may not {0}.")]
    Forbidden(&'static str),
    /// There is no valid session.
    #[error("You are not signed in, or your session has ended.")]
    Unauthenticated,
    /// Wrong name or wrong password: which of the two is not said.
    #[error("That name and password do not match an account.")]
    WrongCredentials,
    /// A field's value is not acceptable.
    #[error("The field “{}” is not valid: {reason}.", .field.as_str())]
    Invalid {
        /// Which field.
        field: Field,
        /// What it must be, or what is wrong with it.
        reason: String,
    },
    /// A message without a character that can be seen.
    #[error("A message needs some text that can be seen.")]
    BodyEmpty,
    /// A message with too much text.
    #[error("The message is too long: at most {max_bytes} bytes fit.")]
    BodyTooLong {
        /// The limit.
        max_bytes: usize,
    },
    /// Somebody or something already has this name.
    #[error("That name is taken.")]
    NameTaken,
    /// The name looks like another one that is taken (UTS 39).
    #[error("That name looks too much like one that is taken.")]
    NameConfusable,
    /// Strangers may not register here, or need an invitation to.
    #[error("Registration needs an invitation here.")]
    RegistrationNeedsInvite,
    /// Nobody may register here.
    #[error("Registration is closed here.")]
    RegistrationClosed,
    /// Guests need an invitation here.
    #[error("Guests need an invitation here.")]
    GuestsNeedInvite,
    /// There are no guests here.
    #[error("Guests may not enter here.")]
    GuestsClosed,
    /// The invitation does not exist, has expired, is used up or was withdrawn.
    #[error("This invitation does not work any more. Ask for a new one.")]
    InviteInvalid,
    /// The setup link was used or replaced by a newer one.
    #[error("This setup link does not work any more. The server prints the present one when it starts.")]
    SetupTokenInvalid,
    /// Only a guest can become an account.
    #[error("You already have an account.")]
    NotAGuest,
    /// A message that begins like a command which does not exist.
    #[error("There is no command /{0}. Begin with // to send the text as it is.")]
    UnknownCommand(String),
    /// The actor may read here, but not write at present.
    #[error("{}", moderation::words(.reason, *.retry_after))]
    Muted {
        /// Why.
        reason: MuteReason,
        /// How long it lasts; until somebody ends it, if absent.
        retry_after: Option<Duration>,
    },
    /// Too many requests of this kind in a short time.
    #[error("That was too fast. Try again in {} s.", .retry_after.as_secs().max(1))]
    RateLimited {
        /// When to try again.
        retry_after: Duration,
    },
    /// A queue is full: nothing was done, and the same request may succeed in a moment.
    #[error("The server is busy. Try again in a moment.")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// Nothing can be stored at present: the disk is full, or the database does not answer.
    #[error("The server can't store anything at the moment. Its log says why.")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl Refusal {
    /// A refusal of a field's value.
    pub fn invalid(field: Field, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    /// After how long it is worth trying again, where that is known.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after }
            | Self::Busy { retry_after }
            | Self::Unavailable { retry_after } => Some(*retry_after),
            Self::Muted { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
