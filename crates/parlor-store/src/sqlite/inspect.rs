//! A look at the file of a folder.

use std::path::{Path, PathBuf};

use super::file::{self, Found};
use super::{lock, open};
use crate::error::{Error, OpenError};
use crate::inspect::Inspection;

/// See [`crate::Database::inspect`].
pub(crate) async fn inspect(folder: PathBuf) -> Result<Inspection, OpenError> {
    let looking = tokio::task::spawn_blocking(move || look(&folder));
    looking.await.unwrap_or_else(|error| Err(Error::Database(error.to_string()).into()))
}

fn look(folder: &Path) -> Result<Inspection, OpenError> {
    let holder = lock::holder_of(folder)?;
    let path = folder.join(file::NAME);
    // A file that a server writes at this moment can only be understood through its log.
    let found = match holder {
        Some(_) => Found::Ours,
        None => file::look(&path)?,
    };
    if found == Found::Nothing {
        return Ok(Inspection { version: None, has_checksums: true, holder });
    }
    if holder.is_some() {
        // The checksums of a file that is being written are not yet on disk. The server compares what it reads itself.
        let version = open::check(&path)?;
        return Ok(Inspection { version: Some(version), has_checksums: true, holder });
    }
    let integrity = open::watch(&path, false)?;
    open::examine(&path, &integrity)?;
    let version = open::check(&path)?;
    Ok(Inspection { version: Some(version), has_checksums: true, holder })
}
