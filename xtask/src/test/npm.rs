//! The JavaScript packages: where they are, their dependencies, and their scripts.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::counts::Counts;
use crate::children::{stream, succeeds};
use crate::output::say;
use crate::tools;
use crate::workspace::root;

/// The client library, with no dependencies of its own at run time.
pub(super) const CLIENT: &str = "packages/client";
/// The web client.
pub(super) const WEB: &str = "web";

/// Installs the dependencies of every package that has a lock file, unless they are as new as the lock file.
pub(super) fn install_dependencies() -> Result<()> {
    for folder in locked_folders() {
        install(&folder)?;
    }
    Ok(())
}

/// Runs scripts of a package, each counted as one unless its runner prints counts. A script that `package.json` does
/// not have is a failure: a check must not vanish by renaming it.
pub(super) fn run_scripts(package: &str, scripts: &[&str]) -> Result<Counts> {
    let folder = root().join(package);
    install_for(&folder)?;
    let manifest = manifest(&folder)?;
    let mut total = Counts::default();
    for script in scripts {
        if manifest["scripts"][script].is_string() {
            total.add(run_script(&folder, script)?);
        } else {
            say(&format!("{package}/package.json has no script `{script}`"));
            total.add(Counts::FAILED);
        }
    }
    Ok(total)
}

fn run_script(folder: &Path, script: &str) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut command = npm(folder)?;
    let succeeded = stream(command.args(["run", "--silent", script]), |line| {
        counts.observe_javascript(line);
    })?;
    let counts = counts.of_run(succeeded, false);
    if counts.failed > 0 {
        say(&format!("`npm run {script}` in {} failed", folder.display()));
    }
    Ok(counts)
}

fn manifest(folder: &Path) -> Result<serde_json::Value> {
    let path = folder.join("package.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// Folders with a lock file: the top one for npm workspaces, or each package's own.
fn locked_folders() -> Vec<PathBuf> {
    let folders = [root(), root().join(CLIENT), root().join(WEB)];
    folders.into_iter().filter(|folder| folder.join("package-lock.json").is_file()).collect()
}

/// Installs what the package needs: by the lock file nearest above it.
fn install_for(folder: &Path) -> Result<()> {
    let locked = folder.ancestors().find(|above| locked_folders().iter().any(|locked| locked == above));
    match locked {
        Some(locked) => install(locked),
        None => bail!("there is no package-lock.json for {}", folder.display()),
    }
}

/// The build of the web client installs, too, maybe at this moment: whoever does holds the same lock.
fn install(folder: &Path) -> Result<()> {
    let target = root().join("target");
    std::fs::create_dir_all(&target)?;
    let lock = File::create(target.join("node_modules.lock")).context("can't write node_modules.lock")?;
    lock.lock().context("can't lock node_modules.lock")?;
    if is_installed(folder) {
        return Ok(());
    }
    let mut command = npm(folder)?;
    if !succeeds(command.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]))? {
        bail!("`npm ci` failed in {}", folder.display());
    }
    Ok(())
}

/// Whether npm's own note of what it installed is as new as the lock file.
fn is_installed(folder: &Path) -> bool {
    let modified = |path: PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let wanted = modified(folder.join("package-lock.json"));
    let installed = modified(folder.join("node_modules/.package-lock.json"));
    installed.is_some() && installed >= wanted
}

/// npm in a folder. Packages must not download browsers: the tests drive the installed one.
fn npm(folder: &Path) -> Result<Command> {
    let mut command = Command::new(tools::find("npm").context("npm is not installed")?);
    command
        .current_dir(folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("npm_config_update_notifier", "false");
    if let Some(chromium) = tools::chromium() {
        command.env("CHROMIUM", chromium);
    }
    Ok(command)
}
