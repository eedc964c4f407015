//! Backups of a server that does not run, made and put back as the documentation says.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::Server;
use crate::database::PostgresCopy;

/// A copy of a server's data.
#[derive(Debug)]
pub struct Backup {
    folder: TempDir,
    postgres: Option<PostgresCopy>,
}

impl Server {
    /// Copies the data: the folder, and the database of a server on PostgreSQL. The server must have been stopped or
    /// killed.
    pub async fn backup(&self) -> Result<Backup> {
        ensure!(self.pid().is_none(), "the server still runs");
        let folder = tempfile::tempdir()?;
        copy_files(self.data_dir(), folder.path())?;
        let postgres = match self.postgres() {
            Some(postgres) => Some(postgres.copy().await?),
            None => None,
        };
        Ok(Backup { folder, postgres })
    }

    /// Puts a backup in the place of the data. The server must not run.
    pub async fn restore(&self, backup: &Backup) -> Result<()> {
        ensure!(self.pid().is_none(), "the server still runs");
        for entry in std::fs::read_dir(self.data_dir())? {
            std::fs::remove_file(entry?.path())?;
        }
        copy_files(backup.folder.path(), self.data_dir())?;
        if let Some((postgres, copy)) = self.postgres().zip(backup.postgres.as_ref()) {
            postgres.restore(copy).await?;
        }
        Ok(())
    }
}

impl Backup {
    /// The folder with the copied files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))
            .with_context(|| format!("can't copy {}", entry.path().display()))?;
    }
    Ok(())
}
