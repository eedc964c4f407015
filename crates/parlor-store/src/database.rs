//! Which database, and how it is to be used.

use std::fmt;
use std::path::PathBuf;

/// A text that no log and no error may show, like an address with a password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Where the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In the file `parlor.sqlite` of a folder, which is made if it is missing.
    Sqlite {
        /// The folder.
        folder: PathBuf,
    },
    /// In a PostgreSQL database that belongs to Parlor alone.
    Postgres {
        /// The address: `postgres://user:password@host:5432/parlor`.
        url: Secret,
    },
}

impl Database {
    /// The database in a folder.
    pub fn sqlite(folder: impl Into<PathBuf>) -> Self {
        Self::Sqlite { folder: folder.into() }
    }

    /// The PostgreSQL database at an address.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: Secret::new(url) }
    }

    /// The engine's name, for logs and metrics.
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres { .. } => "postgres",
        }
    }
}

/// How much of what the store may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many reads run at the same time: threads on SQLite, connections on PostgreSQL. At least 1 is used.
    pub readers: usize,
    /// How many writes, and how many reads, may wait. One more is answered with [`crate::Error::Busy`] at once.
    pub queue: usize,
    /// How many bytes the messages may hold that wait to be appended. A message for which there is no space is answered
    /// with [`crate::Error::Busy`] at once.
    pub queue_bytes: usize,
    /// How many writes one commit takes at most.
    pub batch: usize,
    /// A deliberate error, for proving that the crash tests see it. Only builds for those tests know any.
    pub planted: Planted,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, queue: 4096, queue_bytes: 16 << 20, batch: 1024, planted: Planted::Nothing }
    }
}

/// A deliberate error. Without the cargo feature `planted-errors` none does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Planted {
    /// No error: what a real build always has.
    #[default]
    Nothing,
    /// Answers before the commit, which then takes `SLOW_COMMIT`, as on a slow disk. A kill of the process
    /// loses what was answered in that time; the sync itself no kill of a process can take back.
    EarlyAck,
    /// Takes every send for a new one.
    IgnoreNonce,
    /// Compares nothing with its checksum.
    IgnoreChecksums,
}

impl Planted {
    /// How long a commit takes that was answered early.
    pub(crate) const SLOW_COMMIT: std::time::Duration = std::time::Duration::from_millis(20);
    /// Whether this build knows planted errors at all. A constant, so that a real build holds nothing of them.
    const KNOWN: bool = cfg!(feature = "planted-errors");

    /// The error that the environment variable `PARLOR_PLANTED_ERROR` names (`early-ack`, `ignore-nonce` or `ignore-checksums`). A build
    /// without the feature does not look at it.
    ///
    /// # Errors
    /// The value of the variable, if it names no such error: a crash run with a misspelt one would prove nothing.
    pub fn from_environment() -> Result<Self, String> {
        if !Self::KNOWN {
            return Ok(Self::Nothing);
        }
        match std::env::var("PARLOR_PLANTED_ERROR").as_deref() {
            Err(_) | Ok("") => Ok(Self::Nothing),
            Ok("early-ack") => Ok(Self::EarlyAck),
            Ok("ignore-nonce") => Ok(Self::IgnoreNonce),
            Ok("ignore-checksums") => Ok(Self::IgnoreChecksums),
            Ok(other) => Err(other.to_owned()),
        }
    }

    pub(crate) fn answers_early(self) -> bool {
        Self::KNOWN && self == Self::EarlyAck
    }

    pub(crate) fn is_blind(self) -> bool {
        Self::KNOWN && self == Self::IgnoreChecksums
    }

    pub(crate) fn ignores_nonces(self) -> bool {
        Self::KNOWN && self == Self::IgnoreNonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_password() {
        let shown = format!("{:?}", Database::postgres("postgres://parlor:hunter2@db/parlor"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
