//! Everything that can go wrong, as one list: a code for programs, a number for the log, a message for people.
//!
//! Codes and numbers are never reused. Errors have the same form on both transports: over HTTP it is the whole body,
//! over WebSocket it stands in `error`.

use parlor_model::Refusal;

use crate::wire;

wire! {
    /// Why something was refused.
    pub struct Error {
        /// What programs go by.
        pub code: ErrorCode,
        /// What people read.
        pub message: String,
        /// What exactly, where there is more to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub details: Option<Box<ErrorDetails>>,
        /// Seconds until it is worth trying again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub retry_after: Option<f64>,
    }
}

wire! {
    /// More on an error.
    #[derive(Default)]
    pub struct ErrorDetails {
        /// The field that was not acceptable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub field: Option<String>,
        /// The limit that was passed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        pub limit: Option<u64>,
        /// Why those who keep order decided it, if they said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reason: Option<String>,
        /// What to tell the people who run the server.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub incident: Option<String>,
    }
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $number:literal, $status:literal;)*) => {
        /// What programs go by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of its number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// Its number, for logs and documentation.
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number),* }
            }

            /// Its HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// What it means, for the documentation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),* }
            }
        }
    };
}

error_codes! {
    /// The request is not JSON, or not of the expected shape.
    BadRequest = "bad_request", 1001, 400;
    /// There is no such command or event type.
    UnknownType = "unknown_type", 1002, 400;
    /// A field's value is not acceptable; `details.field` names it.
    InvalidField = "invalid_field", 1003, 422;
    /// The frame or request is larger than `details.limit` bytes.
    TooLarge = "too_large", 1004, 413;
    /// The message's text is longer than `details.limit` bytes.
    BodyTooLong = "body_too_long", 1005, 422;
    /// A message without a character that can be seen: blanks and characters without a glyph are not enough.
    BodyEmpty = "body_empty", 1006, 422;
    /// The text begins like a command that does not exist.
    UnknownCommand = "unknown_command", 1007, 422;
    /// The first frame of a connection must be `hello`, and only the first.
    HelloExpected = "hello_expected", 1008, 400;
    /// There is no such path.
    NoSuchPath = "no_such_path", 1009, 404;
    /// The path does not take this method.
    MethodNotAllowed = "method_not_allowed", 1010, 405;
    /// There is no valid session.
    Unauthenticated = "unauthenticated", 2001, 401;
    /// Wrong name or wrong password.
    WrongCredentials = "wrong_credentials", 2002, 401;
    /// Strangers need an invitation to register.
    RegistrationNeedsInvite = "registration_needs_invite", 2003, 403;
    /// Nobody may register.
    RegistrationClosed = "registration_closed", 2004, 403;
    /// Guests need an invitation.
    GuestsNeedInvite = "guests_need_invite", 2005, 403;
    /// There are no guests here.
    GuestsClosed = "guests_closed", 2006, 403;
    /// The invitation does not exist, has expired, is used up or was withdrawn.
    InviteInvalid = "invite_invalid", 2007, 403;
    /// The setup link was used or replaced.
    SetupTokenInvalid = "setup_token_invalid", 2008, 403;
    /// Only a guest can become an account.
    NotAGuest = "not_a_guest", 2009, 409;
    /// A page of another origin tried to use this server.
    OriginForbidden = "origin_forbidden", 2010, 403;
    /// It does not exist, or one may not know that it does.
    NotFound = "not_found", 3001, 404;
    /// One may see it, but not do that with it.
    Forbidden = "forbidden", 3002, 403;
    /// The name is taken.
    NameTaken = "name_taken", 3003, 409;
    /// The name looks too much like one that is taken.
    NameConfusable = "name_confusable", 3004, 409;
    /// One may read here, but not write; `retry_after` says when that is over, and is absent if somebody must end it.
    /// `details.reason` says why.
    Muted = "muted", 3005, 403;
    /// Too many requests of this kind; `retry_after` says when to go on.
    RateLimited = "rate_limited", 4001, 429;
    /// A queue is full; nothing was done; `retry_after` says when to try again.
    Busy = "busy", 4002, 503;
    /// Nothing can be stored at present; repeating a send with its nonce is safe; `retry_after` says when.
    Unavailable = "unavailable", 4003, 503;
    /// A fault of the server; `details.incident` finds it in the log.
    Internal = "internal", 5001, 500;
}

impl ErrorDetails {
    /// The field that was not acceptable.
    pub fn of_field(field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::default() }
    }

    /// The limit that was passed.
    fn of_limit(limit: usize) -> Self {
        Self { limit: u64::try_from(limit).ok(), ..Self::default() }
    }
}

impl Error {
    /// An error with nothing but a code and words.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, retry_after: None }
    }

    /// The same error with more to say, if there is more.
    #[must_use]
    pub fn with(self, details: impl Into<Option<ErrorDetails>>) -> Self {
        Self { details: details.into().map(Box::new), ..self }
    }

    /// A fault that the log knows as `incident`.
    pub fn internal(incident: String) -> Self {
        let message = "Something went wrong on the server. It was logged.";
        let details = ErrorDetails { incident: Some(incident), ..ErrorDetails::default() };
        Self::new(ErrorCode::Internal, message).with(details)
    }

    /// A frame or request that is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        let message = format!("That is too large: at most {limit} bytes fit.");
        Self::new(ErrorCode::TooLarge, message).with(ErrorDetails::of_limit(limit))
    }
}

impl From<&Refusal> for ErrorCode {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotFound(_) => Self::NotFound,
            Refusal::Forbidden(_) => Self::Forbidden,
            Refusal::Unauthenticated => Self::Unauthenticated,
            Refusal::WrongCredentials => Self::WrongCredentials,
            Refusal::Invalid { .. } => Self::InvalidField,
            Refusal::BodyEmpty => Self::BodyEmpty,
            Refusal::BodyTooLong { .. } => Self::BodyTooLong,
            Refusal::NameTaken => Self::NameTaken,
            Refusal::NameConfusable => Self::NameConfusable,
            Refusal::RegistrationNeedsInvite => Self::RegistrationNeedsInvite,
            Refusal::RegistrationClosed => Self::RegistrationClosed,
            Refusal::GuestsNeedInvite => Self::GuestsNeedInvite,
            Refusal::GuestsClosed => Self::GuestsClosed,
            Refusal::InviteInvalid => Self::InviteInvalid,
            Refusal::SetupTokenInvalid => Self::SetupTokenInvalid,
            Refusal::NotAGuest => Self::NotAGuest,
            Refusal::UnknownCommand(_) => Self::UnknownCommand,
            Refusal::Muted { .. } => Self::Muted,
            Refusal::RateLimited { .. } => Self::RateLimited,
            Refusal::Busy { .. } => Self::Busy,
            Refusal::Unavailable { .. } => Self::Unavailable,
        }
    }
}

impl From<&Refusal> for Error {
    fn from(refusal: &Refusal) -> Self {
        let details = match refusal {
            Refusal::Invalid { field, .. } => Some(ErrorDetails::of_field(field.as_str())),
            Refusal::BodyTooLong { max_bytes } => Some(ErrorDetails::of_limit(*max_bytes)),
            Refusal::Muted { reason, .. } => reason
                .given()
                .map(|reason| ErrorDetails { reason: Some(reason.to_owned()), ..ErrorDetails::default() }),
            _ => None,
        };
        let retry_after = refusal.retry_after().map(|time| time.as_secs_f64());
        let details = details.map(Box::new);
        Self { code: ErrorCode::from(refusal), message: refusal.to_string(), details, retry_after }
    }
}

/// Why the server closed a WebSocket. Codes below 4500 mean: come back; from 4500 on: don't, before something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// The server stops or restarts.
    GoingAway,
    /// A frame broke the WebSocket protocol or was not text.
    Unsupported,
    /// A frame was larger than the limit.
    TooLarge,
    /// The peer was silent for too long.
    Silent,
    /// The server could not go on.
    Internal,
    /// `hello` did not come in time.
    HelloTimeout,
    /// The credentials are missing or not valid.
    Unauthenticated,
    /// The session ended: signed out, revoked or expired.
    SessionEnded,
    /// The client kept breaking the limits.
    Flooding,
}

impl CloseCode {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::GoingAway,
        Self::Unsupported,
        Self::TooLarge,
        Self::Internal,
        Self::HelloTimeout,
        Self::Silent,
        Self::Unauthenticated,
        Self::SessionEnded,
        Self::Flooding,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Unsupported => 1003,
            Self::TooLarge => 1009,
            Self::Internal => 1011,
            Self::HelloTimeout => 4401,
            Self::Silent => 4402,
            Self::Unauthenticated => 4501,
            Self::SessionEnded => 4502,
            Self::Flooding => 4503,
        }
    }

    /// The reason on the wire.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "the server is stopping",
            Self::Unsupported => "only text frames with JSON are understood",
            Self::TooLarge => "the frame is too large",
            Self::Internal => "the server could not go on",
            Self::HelloTimeout => "hello did not come in time",
            Self::Silent => "nothing was heard for too long",
            Self::Unauthenticated => "the credentials are not valid",
            Self::SessionEnded => "the session has ended",
            Self::Flooding => "too many frames",
        }
    }

    /// True if the client should connect again by itself.
    pub const fn come_back(self) -> bool {
        self.number() < 4500
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_numbers_are_unique() {
        let codes: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        let numbers: Vec<_> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    #[test]
    fn a_code_is_written_as_it_is_named() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn refusals_keep_what_a_program_needs() {
        let error = Error::from(&Refusal::BodyTooLong { max_bytes: 10 });
        assert_eq!(error.details.unwrap().limit, Some(10));
        let error = Error::from(&Refusal::Busy { retry_after: std::time::Duration::from_millis(1500) });
        assert_eq!((error.code, error.retry_after), (ErrorCode::Busy, Some(1.5)));
        let error = Error::from(&Refusal::Unavailable { retry_after: std::time::Duration::from_secs(5) });
        assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(5.0)));
        let reason = parlor_model::MuteReason::stored("spam".into());
        let retry_after = Some(std::time::Duration::from_secs(31));
        let error = Error::from(&Refusal::Muted { reason, retry_after });
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"code":"muted","message":"You are muted in this room for another 31 s. Reason: “spam”.","details":{"reason":"spam"},"retry_after":31.0}"#
        );
    }
}
