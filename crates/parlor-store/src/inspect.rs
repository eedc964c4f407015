//! A look at a database from outside, for `parlor doctor`: nothing is opened for good, locked or changed.

use crate::database::Database;
use crate::error::OpenError;
use crate::migrations;

/// What a look at a database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The version of its schema; `None` if Parlor has made nothing there yet.
    pub version: Option<u32>,
    /// Whether damage to its pages would be noticed: always with SQLite, and as `data_checksums` says with PostgreSQL.
    pub has_checksums: bool,
    /// Who has it open, if a server has.
    pub holder: Option<String>,
}

impl Inspection {
    /// The version of the schema that this program makes.
    pub fn known_version() -> u32 {
        migrations::newest()
    }
}

impl Database {
    /// Looks at the database, also while a server has it open. On SQLite it reads the whole file to find damage.
    ///
    /// # Errors
    /// What would keep a server from opening it, with advice, except that another server has it.
    pub async fn inspect(&self) -> Result<Inspection, OpenError> {
        match self {
            Self::Sqlite { folder } => crate::sqlite::inspect(folder.clone()).await,
            Self::Postgres { url } => crate::postgres::inspect(url).await,
        }
    }
}
