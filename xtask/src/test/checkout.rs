//! The checkouts of a user share one build directory when they are tested, so that a fresh clone need not compile every
//! dependency. Cargo then tells their crates apart by the times of source files alone: after a newer clone was built,
//! an older checkout looks up to date although it may hold other code.
//!
//! So one checkout at a time is tested, under a lock. A note in the build directory names the one that was tested last,
//! and when that was another one, our files become as new as now. Cargo then builds our crates again, and the
//! dependencies stay.

use std::fs::File;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::output::say;
use crate::workspace::{Tree, metadata, root};

/// The note's name in the build directory.
const NOTE: &str = "last-tested-checkout";
/// The lock's name there.
const LOCK: &str = "being-tested.lock";

/// Makes sure that what gets tested is this checkout, as long as the answer lives.
pub(super) fn claim_build_directory() -> Result<Option<File>> {
    let metadata = metadata()?;
    let directory = metadata["build_directory"].as_str().context("cargo names no build directory")?;
    let (directory, root) = (Path::new(directory), root());
    if directory.starts_with(&root) {
        return Ok(None);
    }
    std::fs::create_dir_all(directory)?;
    let lock = lock(&directory.join(LOCK))?;
    let claimed = claim(&directory.join(NOTE), &root)?;
    if claimed {
        say(&format!("{} may hold crates of another checkout: ours get built anew", directory.display()));
        renew(&root, &Tree::read()?.paths)?;
    }
    Ok(Some(lock))
}

/// Waits for another checkout's tests to end.
fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("can't write {}", path.display()))?;
    if file.try_lock().is_err() {
        say("another checkout is being tested; waiting for it to end");
        file.lock().with_context(|| format!("can't lock {}", path.display()))?;
    }
    Ok(file)
}

/// Notes our name; answers whether it was another's before.
fn claim(note: &Path, root: &Path) -> Result<bool> {
    let ours = root.to_string_lossy();
    if std::fs::read_to_string(note).is_ok_and(|last| last == ours) {
        return Ok(false);
    }
    std::fs::write(note, ours.as_bytes()).with_context(|| format!("can't write {}", note.display()))?;
    Ok(true)
}

/// Sets the time of change of all files to now. Lock files keep theirs: npm's dependencies are up to date by it.
fn renew(root: &Path, paths: &[String]) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the times of files are the machine's, not the server's")]
    let now = SystemTime::now();
    for path in paths.iter().filter(|path| !path.ends_with("-lock.json")) {
        let file = File::options()
            .append(true)
            .open(root.join(path))
            .with_context(|| format!("can't open {path}"))?;
        file.set_modified(now).with_context(|| format!("can't set the time of {path}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("parlor-xtask-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_build_directory_is_claimed_once_for_each_change_of_checkout() {
        let folder = folder("claim");
        let note = folder.join(NOTE);
        let claims = ["/one", "/one", "/two", "/one"].map(|root| claim(&note, Path::new(root)).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(claims, [true, false, true, true]);
    }

    #[test]
    fn sources_become_new_and_lock_files_stay() {
        let folder = folder("renew");
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let paths = ["lib.rs".to_owned(), "package-lock.json".to_owned()];
        for path in &paths {
            File::create(folder.join(path)).unwrap().set_modified(old).unwrap();
        }
        renew(&folder, &paths).unwrap();
        let times =
            paths.clone().map(|path| std::fs::metadata(folder.join(path)).unwrap().modified().unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(times[0] > old);
        assert_eq!(times[1], old);
    }
}
