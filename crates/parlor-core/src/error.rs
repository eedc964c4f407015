//! Why an action did not happen: it was refused, or the server failed.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use parlor_model::Refusal;

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The rows could not be read or written.
    #[error(transparent)]
    Store(parlor_store::Error),
    /// Something that can't happen did.
    #[error("{0}")]
    Internal(String),
}

/// A fault that was logged, by the id that finds it there. All that a stranger may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident(String);

impl From<parlor_store::Error> for Error {
    fn from(error: parlor_store::Error) -> Self {
        match error.as_refusal() {
            // The store says once what is the matter with it, not for each request.
            Some(refusal) => Self::Refused(refusal),
            None => Self::Store(error),
        }
    }
}

impl Error {
    /// The refusal, for the edge to translate; or the incident, which is logged here, once.
    pub fn into_refusal(self) -> Result<Refusal, Incident> {
        match self {
            Self::Refused(refusal) => Ok(refusal),
            Self::Store(error) => Err(Incident::log(&error)),
            Self::Internal(error) => Err(Incident::log(&error)),
        }
    }
}

impl Incident {
    /// Logs a fault under a new id.
    pub fn log(error: &dyn fmt::Display) -> Self {
        // The standard library seeds every `RandomState` anew, which is random enough for a label.
        let incident = Self(format!("{:016x}", RandomState::new().build_hasher().finish()));
        tracing::error!(incident = %incident, %error, "an action failed");
        incident
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
