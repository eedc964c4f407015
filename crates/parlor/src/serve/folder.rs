//! The data folder: made on the first start, for its owner alone.

use std::fs::{DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Result, anyhow};

/// Makes sure that there is a folder in which this user may write.
///
/// # Errors
/// What is in the way, and what to do about it.
pub(super) fn prepare(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| explain(folder, &error))?;
    let probe = folder.join(format!(".parlor-can-write-{}", std::process::id()));
    File::create(&probe).map_err(|error| explain(folder, &error))?;
    std::fs::remove_file(&probe).map_err(|error| explain(folder, &error))?;
    warn_if_others_may_look(folder);
    Ok(())
}

/// A folder that was there before keeps its permissions, but the log says that they are too wide.
fn warn_if_others_may_look(folder: &Path) {
    let Ok(metadata) = folder.metadata() else { return };
    if metadata.permissions().mode() & 0o077 != 0 {
        let advice = format!("run: chmod 700 {}", folder.display());
        tracing::warn!(advice, "other users of this machine may look into the data folder");
    }
}

fn explain(folder: &Path, error: &std::io::Error) -> anyhow::Error {
    let name = folder.display();
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => format!(
            "Let this user ({}) write there, or choose another folder with --data-dir.",
            rustix::process::geteuid().as_raw()
        ),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            "A part of this path is a file. Choose another folder with --data-dir.".into()
        }
        ErrorKind::ReadOnlyFilesystem => {
            "The disk is mounted read-only. Choose another folder with --data-dir.".into()
        }
        ErrorKind::StorageFull => {
            "The disk is full. Make room, or choose another folder with --data-dir.".into()
        }
        _ => "Choose another folder with --data-dir.".into(),
    };
    anyhow!("can't use the data folder {name}: {error}. {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_is_private_and_a_file_is_no_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        prepare(&folder).unwrap();
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);

        let file = parent.path().join("file");
        File::create(&file).unwrap();
        let error = prepare(&file).unwrap_err().to_string();
        assert!(error.contains("--data-dir"), "{error}");
    }
}
