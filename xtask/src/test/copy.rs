//! What gets tested is a copy of the checkout, kept in the user's cargo cache with all that was compiled and installed
//! for it. So a fresh clone costs what its changes cost, wherever it stands: the compiler can't use what it did before
//! for the same sources under another path.
//!
//! Before the steps run, the copy becomes what a fresh clone would be: the repository's files and nothing else, but for
//! compiled crates and installed packages. A file keeps its time while its content stays, so cargo and npm see what
//! changed. The steps then know no other folder. One run at a time has the copy, under a lock.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::output::say;
use crate::workspace::{Tree, checkout, tested_copy, work_in};

/// Beside the copy, the lock of whoever tests it.
const LOCK: &str = "being-tested.lock";
/// Folders that stay, wherever they are: compiled crates, installed packages, and git's own, which lists the files.
const KEPT: [&str; 3] = ["target", "node_modules", ".git"];

/// How many files had to change.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changed {
    written: usize,
    removed: usize,
}

/// Makes the copy what the checkout is, and all that follows work in it. It is ours as long as the answer lives.
pub(super) fn enter() -> Result<Option<File>> {
    let Some(copy) = tested_copy() else {
        say("without a home folder there is no place for a copy; the tests run where the checkout is");
        return Ok(None);
    };
    if copy == checkout() {
        bail!("this is the copy that tests make for themselves: run them where you work");
    }
    fs::create_dir_all(&copy).with_context(|| format!("can't make {}", copy.display()))?;
    let lock = lock(&copy.with_file_name(LOCK))?;
    let changed = mirror(&checkout(), &Tree::read()?.paths, &copy)?;
    let Changed { written, removed } = changed;
    say(&format!(
        "testing a copy in {}: {written} files differed from its last run, {removed} were left over",
        copy.display()
    ));
    list_by_git(&copy)?;
    work_in(copy);
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

/// Writes the files that differ, and removes those that do not belong.
fn mirror(from: &Path, paths: &[String], to: &Path) -> Result<Changed> {
    let wanted: HashSet<&Path> = paths.iter().map(Path::new).collect();
    let mut changed = Changed { written: 0, removed: clear(to, Path::new(""), &wanted)? };
    for path in paths {
        let written =
            bring(&from.join(path), &to.join(path)).with_context(|| format!("can't copy {path}"))?;
        changed.written += usize::from(written);
    }
    Ok(changed)
}

/// Removes what is below `folder` and not wanted, links and empty folders too. Returns how many files that were.
fn clear(root: &Path, folder: &Path, wanted: &HashSet<&Path>) -> Result<usize> {
    let mut removed = 0;
    let full = root.join(folder);
    for entry in fs::read_dir(&full).with_context(|| format!("can't read {}", full.display()))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            if !wanted.contains(path.as_path()) {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        } else if !KEPT.iter().any(|kept| entry.file_name() == *kept) {
            removed += clear(root, &path, wanted)?;
            // It stays if something is in it.
            let _ = fs::remove_dir(entry.path());
        }
    }
    Ok(removed)
}

/// Copies a file, with its permissions, unless it is there already. Answers whether it was written.
fn bring(from: &Path, to: &Path) -> io::Result<bool> {
    let content = fs::read(from)?;
    let permissions = fs::metadata(from)?.permissions();
    let is_same = fs::symlink_metadata(to)
        .is_ok_and(|known| known.is_file() && known.permissions() == permissions)
        && fs::read(to).is_ok_and(|known| known == content);
    if is_same {
        return Ok(false);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, content)?;
    fs::set_permissions(to, permissions)?;
    Ok(true)
}

/// Lets git tell the copy's files as it tells the checkout's: `tidy` asks it.
fn list_by_git(copy: &Path) -> Result<()> {
    if copy.join(".git").exists() {
        return Ok(());
    }
    let status = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(copy)
        .stdin(Stdio::null())
        .status()
        .context("can't run `git init`")?;
    if !status.success() {
        bail!("`git init` failed in {}", copy.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::time::SystemTime;

    /// A folder that goes when it is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("parlor-xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn with(self, files: &[(&str, &str)]) -> Self {
            for (path, text) in files {
                fs::create_dir_all(self.0.join(path).parent().unwrap()).unwrap();
                fs::write(self.0.join(path), text).unwrap();
            }
            self
        }

        fn time(&self, path: &str) -> SystemTime {
            fs::metadata(self.0.join(path)).unwrap().modified().unwrap()
        }

        fn read(&self, path: &str) -> Option<String> {
            fs::read_to_string(self.0.join(path)).ok()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn paths(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn a_file_that_stays_keeps_its_time() {
        let checkout = Folder::new("keeps").with(&[("a/same.rs", "1"), ("other.rs", "2")]);
        let copy = Folder::new("kept").with(&[("a/same.rs", "1"), ("other.rs", "3")]);
        for path in ["a/same.rs", "other.rs"] {
            let file = File::options().append(true).open(copy.0.join(path)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        let changed = mirror(&checkout.0, &paths(&["a/same.rs", "other.rs"]), &copy.0).unwrap();
        assert_eq!(changed, Changed { written: 1, removed: 0 });
        assert_eq!(copy.time("a/same.rs"), SystemTime::UNIX_EPOCH);
        assert!(copy.time("other.rs") > SystemTime::UNIX_EPOCH);
        assert_eq!(copy.read("other.rs").as_deref(), Some("2"));
    }

    #[test]
    fn what_does_not_belong_goes_and_what_was_built_stays() {
        let checkout = Folder::new("belongs").with(&[("src/main.rs", "1"), ("ignored.log", "not listed")]);
        let copy = Folder::new("built").with(&[
            ("src/removed.rs", "old"),
            ("web/dist/index.html", "built by a step"),
            ("target/debug/parlor", "compiled"),
            ("web/node_modules/vite/index.js", "installed"),
        ]);
        let changed = mirror(&checkout.0, &paths(&["src/main.rs"]), &copy.0).unwrap();
        assert_eq!(changed, Changed { written: 1, removed: 2 });
        assert_eq!(copy.read("src/main.rs").as_deref(), Some("1"));
        assert!(!copy.0.join("src/removed.rs").exists() && !copy.0.join("web/dist").exists());
        assert!(
            copy.read("target/debug/parlor").is_some()
                && copy.read("web/node_modules/vite/index.js").is_some()
        );
        assert!(!copy.0.join("ignored.log").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_replaced_and_permissions_brought() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let checkout = Folder::new("modes").with(&[("run", "#!")]);
        fs::set_permissions(checkout.0.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
        let copy = Folder::new("links").with(&[("run", "#!")]);
        symlink(&checkout.0, copy.0.join("away")).unwrap();
        let changed = mirror(&checkout.0, &paths(&["run"]), &copy.0).unwrap();
        assert_eq!(changed, Changed { written: 1, removed: 1 });
        assert_eq!(fs::metadata(copy.0.join("run")).unwrap().permissions().mode() & 0o777, 0o755);
        assert!(checkout.read("run").is_some(), "what a link names is not followed");
    }
}
