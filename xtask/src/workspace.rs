//! Where the repository is, what files it holds, and what cargo knows about its crates.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

/// The copy of the checkout that is worked in, once one is.
static COPY: OnceLock<PathBuf> = OnceLock::new();

/// The top folder of the repository's files: the checkout's, or its copy's after [`work_in`].
pub(crate) fn root() -> PathBuf {
    COPY.get().cloned().unwrap_or_else(checkout)
}

/// The top folder of the checkout. `cargo run` names this crate's folder; the other source is where it was compiled.
pub(crate) fn checkout() -> PathBuf {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    crate_folder.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where a copy of the checkout is tested: in the user's cargo cache, so that it outlives each checkout.
pub(crate) fn tested_copy() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))?;
    Some(home.join("build").join("parlor").join("copy"))
}

/// From now on all work is done in this copy of the checkout. The first word counts.
pub(crate) fn work_in(copy: PathBuf) {
    COPY.get_or_init(|| copy);
}

/// A cargo command in the repository, with the cargo that runs us. In a copy nobody else may have compiled what it
/// takes for its own: there it builds in the copy's `target`, whatever the environment or a configuration says.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(subcommand).current_dir(root());
    if let Some(copy) = COPY.get() {
        let target = copy.join("target");
        command.env("CARGO_TARGET_DIR", &target).env("CARGO_BUILD_BUILD_DIR", target);
    }
    command
}

/// Builds an example of the gateway as it would be released, and tells where it is.
pub(crate) fn build_example(name: &str) -> Result<PathBuf> {
    let output = cargo("build")
        .args(["--locked", "--release", "--package=parlor-gateway", "--example", name])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("can't run cargo")?;
    if !output.status.success() {
        bail!("the example {name} of parlor-gateway does not build");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let path = message["executable"].as_str().filter(|_| message["target"]["name"] == name)?;
        Some(PathBuf::from(path))
    };
    messages.lines().find_map(executable).with_context(|| format!("cargo did not tell where {name} is"))
}

/// The manifests of the workspace as cargo reads them; needs no network.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let output = cargo("metadata")
        .args(["--no-deps", "--format-version=1", "--offline"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("can't run `cargo metadata`")?;
    if !output.status.success() {
        bail!("`cargo metadata` failed");
    }
    serde_json::from_slice(&output.stdout).context("can't read what `cargo metadata` said")
}

/// A text file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Path from the top folder, with `/` between its parts.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

impl SourceFile {
    /// What follows the last dot of the name; empty when there is none.
    pub(crate) fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// All text files of the repository: those git tracks, and new ones it does not ignore.
pub(crate) struct Tree {
    /// In the order of their paths.
    pub(crate) files: Vec<SourceFile>,
    /// Paths of all files, texts or not.
    pub(crate) paths: Vec<String>,
}

impl Tree {
    /// Reads the tree from disk.
    pub(crate) fn read() -> Result<Self> {
        let root = root();
        let paths = listed(&root)?;
        let mut files = Vec::with_capacity(paths.len());
        for path in &paths {
            let bytes = std::fs::read(root.join(path)).with_context(|| format!("can't read {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(SourceFile { path: path.clone(), text });
            }
        }
        Ok(Self { files, paths })
    }

    /// The file at this path.
    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files whose name ends in one of these.
    pub(crate) fn with_extension<'t>(
        &'t self,
        extensions: &'t [&str],
    ) -> impl Iterator<Item = &'t SourceFile> {
        self.files.iter().filter(move |file| extensions.contains(&file.extension()))
    }

    /// A tree made of pairs of path and text.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        Self { paths: files.iter().map(|file| file.path.clone()).collect(), files }
    }
}

/// Paths of the files that belong to the repository and exist. Git's check of the folder's owner is lifted for this
/// one call: in CI the checkout often belongs to another user, and listing it runs nothing from it.
fn listed(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false"])
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("can't run `git ls-files`")?;
    if !output.status.success() {
        bail!("`git ls-files` failed in {}", root.display());
    }
    let mut paths: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|path| !path.is_empty() && root.join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}
