//! The data folder: whose it is, who may look into it, and how much room there is.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, StatVfs, access, statvfs};

use super::report::Check;
use crate::config::Configuration;

/// Below this, a server may stop to take messages within days.
const LITTLE_BYTES: u64 = 1 << 30;
/// Below this, it may within minutes.
const TOO_LITTLE_BYTES: u64 = 100 << 20;

/// Examines the folder and its disk. With PostgreSQL there is no folder.
pub(super) fn examine(configuration: &Configuration) -> Vec<Check> {
    if configuration.database.url.is_some() {
        return Vec::new();
    }
    let folder = &configuration.server.data_dir;
    vec![permissions(folder), space(folder)]
}

fn permissions(folder: &Path) -> Check {
    const NAME: &str = "data folder";
    let shown = folder.display();
    let another = "Choose another folder with --data-dir.";
    let metadata = match folder.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return missing(NAME, folder),
        Err(error) => return Check::problem(NAME, format!("can't look at {shown}: {error}"), another),
    };
    if !metadata.is_dir() {
        return Check::problem(NAME, format!("{shown} is not a folder"), another);
    }
    if let Err(error) = access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        let advice = format!("Let the user that runs Parlor write there. {another}");
        return Check::problem(NAME, format!("this user can't write into {shown}: {error}"), advice);
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let message = format!("other users of this machine may look into {shown} (mode {mode:o})");
        return Check::warning(NAME, message, format!("Run: chmod 700 {shown}"));
    }
    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        let message = format!("{shown} belongs to user {}, but this is user {user}", metadata.uid());
        return Check::warning(NAME, message, "Run `parlor doctor` as the user that runs the server.");
    }
    Check::ok(NAME, format!("{shown}, for its owner alone"))
}

/// A folder that is not there yet is made by the first start, if the one above it lets us.
fn missing(name: &'static str, folder: &Path) -> Check {
    let parent = existing(folder);
    match access(&parent, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Check::ok(name, format!("{} is made by the first start", folder.display())),
        Err(error) => Check::problem(
            name,
            format!("{} can't be made in {}: {error}", folder.display(), parent.display()),
            "Choose another folder with --data-dir, or make it as a user who may.",
        ),
    }
}

fn space(folder: &Path) -> Check {
    const NAME: &str = "disk space";
    let advice = "Make room, or choose a folder on another disk with --data-dir.";
    match statvfs(existing(folder)) {
        Ok(StatVfs { f_bavail, f_frsize, .. }) => judge(NAME, f_bavail.saturating_mul(f_frsize), advice),
        Err(error) => Check::warning(NAME, format!("the system does not tell: {error}"), advice),
    }
}

fn judge(name: &'static str, free: u64, advice: &str) -> Check {
    let message = format!("{} MiB free", free >> 20);
    match free {
        0..TOO_LITTLE_BYTES => Check::problem(name, message, advice),
        TOO_LITTLE_BYTES..LITTLE_BYTES => Check::warning(name, message, advice),
        LITTLE_BYTES.. => Check::ok(name, message),
    }
}

/// The path, or the nearest one above it that exists.
fn existing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut above = absolute.ancestors();
    above.find(|path| path.exists()).unwrap_or(Path::new("/")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_none_a_problem() {
        let status = |free| judge("disk space", free, "").status;
        assert_eq!(status(2 << 30), Status::Ok);
        assert_eq!(status(500 << 20), Status::Warning);
        assert_eq!(status(0), Status::Problem);
    }

    #[test]
    fn open_folders_and_files_are_noticed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        assert_eq!(permissions(&folder).status, Status::Ok);
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(permissions(&folder).status, Status::Warning);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(permissions(&folder).status, Status::Ok);
        std::fs::write(folder.join("file"), "").unwrap();
        assert_eq!(permissions(&folder.join("file")).status, Status::Problem);
    }
}
