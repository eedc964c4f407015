//! Why somebody was not recognised.

use parlor_model::Refusal;

/// Why somebody was not recognised.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The credentials are not good, or the server is busy.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server failed. For the log.
    #[error("{0}")]
    Failed(String),
}

impl From<parlor_store::Error> for Error {
    fn from(error: parlor_store::Error) -> Self {
        match error.as_refusal() {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Failed(error.to_string()),
        }
    }
}
