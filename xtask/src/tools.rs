//! Programs that the tests need and cargo does not bring: where they are, and where else things may be kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Finds a program in `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// The folder for what may be deleted and is then fetched or made again.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    Ok(base.context("neither XDG_CACHE_HOME nor HOME says where a cache may be")?.join("parlor"))
}

/// Chromium without the windows, menus and tabs that nobody sees in a test: it needs less than half the time.
pub(crate) const HEADLESS_CHROMIUM: &str = "chromium-headless-shell";

/// The browser: what `CHROMIUM` names, else what the usual names find.
pub(crate) fn chromium() -> Option<PathBuf> {
    let usual = [HEADLESS_CHROMIUM, "chromium", "chromium-browser", "google-chrome"];
    chosen_chromium().or_else(|| usual.into_iter().find_map(find))
}

/// The browser that `CHROMIUM` names, if it is there.
pub(crate) fn chosen_chromium() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file())
}

/// The folder with `initdb`, `pg_ctl` and `postgres`. Debian keeps each version's apart and out of `PATH`.
pub(crate) fn postgres_folder() -> Option<PathBuf> {
    let in_path = find("initdb").and_then(|initdb| initdb.canonicalize().ok());
    in_path
        .and_then(|initdb| initdb.parent().map(Path::to_path_buf))
        .filter(|folder| is_complete(folder))
        .or_else(|| {
            let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
            let folders = versions.flatten().map(|version| version.path().join("bin"));
            folders.filter(|folder| is_complete(folder)).max_by_key(|folder| version_of(folder))
        })
}

/// Whether we may do anything on this machine. PostgreSQL refuses to run like that, and apt-get needs it.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// The number in `/usr/lib/postgresql/<number>/bin`.
fn version_of(folder: &Path) -> u32 {
    let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|name| name.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_is_a_matter_of_numbers() {
        let nine = Path::new("/usr/lib/postgresql/9/bin");
        let fifteen = Path::new("/usr/lib/postgresql/15/bin");
        assert!(version_of(fifteen) > version_of(nine));
    }

    #[test]
    fn a_program_is_found_in_path() {
        assert!(find("sh").is_some());
        assert!(find("there-is-no-such-program").is_none());
    }
}
