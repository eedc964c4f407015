//! From whatever went wrong to an answer: one form, one conversion. Which words a refusal has is decided in
//! `parlor-model`, which code and status in `parlor-protocol`; here it only becomes HTTP.

use axum::response::{IntoResponse, Response};
use parlor_core::Incident;
use parlor_model::Refusal;
use parlor_protocol::{Error, ErrorCode, ErrorDetails};

/// What a handler returns.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A request that was not done. Its body is a `parlor_protocol::Error` and nothing else.
#[derive(Debug)]
pub(crate) struct Failure(Error);

impl Failure {
    /// A failure with a code and words for a person.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Error::new(code, message))
    }

    /// A field or query parameter whose value is not acceptable, for those that the domain has no name for.
    pub(crate) fn invalid(field: &str, reason: impl std::fmt::Display) -> Self {
        let message = format!("The field “{field}” is not valid: {reason}.");
        Self(Error::new(ErrorCode::InvalidField, message).with(ErrorDetails::of_field(field)))
    }

    /// A body or query that is not of the expected shape; `field` is where, if that is known.
    pub(crate) fn malformed(message: impl Into<String>, field: Option<&str>) -> Self {
        Self(Error::new(ErrorCode::BadRequest, message).with(field.map(ErrorDetails::of_field)))
    }

    /// A body of more than `limit` bytes.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self(Error::too_large(limit))
    }

    /// True if there is no valid session, and nothing else is wrong.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        self.0.code == ErrorCode::Unauthenticated
    }

    /// A fault of the server, logged here under a new incident id that the answer carries.
    pub(crate) fn fault(what: &dyn std::fmt::Display) -> Self {
        Self(Error::internal(Incident::log(what).to_string()))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Error::from(&refusal))
    }
}

impl From<parlor_core::Error> for Failure {
    fn from(error: parlor_core::Error) -> Self {
        match error.into_refusal() {
            Ok(refusal) => refusal.into(),
            Err(incident) => Self(Error::internal(incident.to_string())),
        }
    }
}

impl From<parlor_identity::Error> for Failure {
    fn from(error: parlor_identity::Error) -> Self {
        match error {
            parlor_identity::Error::Refused(refusal) => refusal.into(),
            failed @ parlor_identity::Error::Failed(_) => Self::fault(&failed),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        parlor_edge::answer(&self.0)
    }
}
