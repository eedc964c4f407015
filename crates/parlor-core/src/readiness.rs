//! Whether the server can do its work now, in few words that a stranger may read.

use std::time::Duration;

use parlor_store::Error;

use crate::Core;

/// How long the store may take to answer. Whoever asks wants to know now.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Why the server can't do its work now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer, or not in time.
    #[error("the database does not answer")]
    Silent,
    /// A write found no space, and so did another one now.
    #[error("no space is left for the database")]
    Full,
    /// Nothing is acknowledged any more until the server is started again.
    #[error("an earlier write could not be made durable")]
    NotDurable,
    /// The store has no place for one more request.
    #[error("too much waits for the database")]
    Busy,
    /// Anything else, which is in the log.
    #[error("the database can't be used")]
    Failed,
}

impl Core {
    /// Reads from the store, and writes if its newest write found no space.
    ///
    /// # Errors
    /// See [`NotReady`]. It comes within two seconds.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let checked = tokio::time::timeout(ANSWER_WITHIN, self.store().check()).await;
        checked.unwrap_or(Err(Error::Unreachable(String::new()))).map_err(|error| match error {
            Error::Unreachable(_) => NotReady::Silent,
            Error::Full(_) => NotReady::Full,
            Error::NotDurable => NotReady::NotDurable,
            Error::Busy => NotReady::Busy,
            other => {
                tracing::debug!(error = %other, "the server is not ready");
                NotReady::Failed
            }
        })
    }
}
