//! Builds the web client with Node's tools and leaves a table of its files for the crate to include.
//!
//! It does nothing when nothing changed, writes only below `OUT_DIR` (and `node_modules`, where that is missing), and
//! makes a build without Node possible: then the crate holds a page that says how to get the client.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

/// What the built client depends on, relative to the repository. Tests and settings of editors are not among it.
const INPUTS: [&str; 9] = [
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    "web/index.html",
    "web/package.json",
    "web/public",
    "web/src",
    "web/vite.config.ts",
    "packages/client/src",
];
/// What the packing depends on besides.
const PACKERS: [&str; 2] = ["web/scripts/pack.js", "web/svelte.config.js"];

fn main() -> ExitCode {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    // Asked for while it runs, not while it is compiled: another checkout may have compiled it.
    let crate_folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = crate_folder.ancestors().nth(2).unwrap_or(&crate_folder).to_path_buf();
    println!("cargo::rerun-if-env-changed=PARLOR_SKIP_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    for input in INPUTS.iter().chain(&PACKERS) {
        // Relative to the crate: checkouts may share a build directory, and each has to look at its own files.
        println!("cargo::rerun-if-changed=../../{input}");
    }
    let done = match obstacle(&root) {
        Some(obstacle) => {
            println!("cargo::warning=The web client is not built in: {obstacle}.");
            placeholder(&out).map_err(|error| format!("The placeholder could not be written: {error}"))
        }
        None => build(&root, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("\n{trouble}\n\nTo build without the web client, set PARLOR_SKIP_WEB=1.\n");
            ExitCode::FAILURE
        }
    }
}

/// Why the client can't or shall not be built.
fn obstacle(root: &Path) -> Option<&'static str> {
    let skip = std::env::var("PARLOR_SKIP_WEB").unwrap_or_default();
    if !matches!(skip.as_str(), "" | "0") {
        return Some("PARLOR_SKIP_WEB is set");
    }
    if !root.join("web/package.json").is_file() {
        return Some("its source is not here");
    }
    let answers = |program| Command::new(program).arg("--version").output().is_ok();
    if !answers("node") || !answers(npm()) {
        return Some("Node.js was not found (https://nodejs.org, 20.19 or newer)");
    }
    None
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// An empty table; the crate brings the page itself.
fn placeholder(out: &Path) -> io::Result<()> {
    let _ = fs::remove_file(out.join("built"));
    fs::write(out.join("assets.rs"), "&[]\n")
}

fn build(root: &Path, out: &Path) -> Result<(), String> {
    let stamp = out.join("built");
    let started = newest(INPUTS.iter().chain(&PACKERS).map(|input| root.join(input)).collect());
    let here = root.to_string_lossy();
    let is_ours = fs::read_to_string(&stamp).is_ok_and(|whose| whose == here);
    if is_ours && modified(&stamp) > started {
        return Ok(());
    }
    // The mark is as old as the beginning of the build: what changes while it runs is newer, and built the next time.
    let begun = out.join("begun");
    fs::write(&begun, here.as_bytes())
        .map_err(|error| format!("{} could not be written: {error}", begun.display()))?;
    install(root)?;
    let built = out.join("web");
    let vite = root.join("node_modules/vite/bin/vite.js");
    let (vite, built) = (vite.as_os_str(), built.as_os_str());
    let flags = ["--emptyOutDir", "--logLevel", "warn"].map(OsStr::new);
    let arguments = [&[vite, OsStr::new("build"), OsStr::new("--outDir"), built], &flags[..]].concat();
    run(&root.join("web"), "node", &arguments)?;
    run(&root.join("web"), "node", &[OsStr::new("scripts/pack.js"), built, out.as_os_str()])?;
    fs::rename(&begun, &stamp).map_err(|error| format!("{} could not be written: {error}", stamp.display()))
}

/// Fetches the client's dependencies where they are missing or older than the lock file says.
///
/// Builds of several profiles run this script at the same time and share `node_modules`, so only one may touch it.
fn install(root: &Path) -> Result<(), String> {
    let folder = root.join("target");
    let guard = fs::create_dir_all(&folder)
        .and_then(|()| File::create(folder.join("node_modules.lock")))
        .and_then(|file| file.lock().map(|()| file));
    let _guard = guard.map_err(|error| format!("{}/node_modules.lock: {error}", folder.display()))?;
    let installed = modified(&root.join("node_modules/.package-lock.json"));
    if installed >= modified(&root.join("package-lock.json")) && installed > SystemTime::UNIX_EPOCH {
        return Ok(());
    }
    run(root, npm(), &["ci", "--no-audit", "--no-fund"].map(OsStr::new))
}

/// Runs a program to its end. Its words are shown only if it fails.
fn run(folder: &Path, program: &str, arguments: &[&OsStr]) -> Result<(), String> {
    let words = arguments.join(OsStr::new(" "));
    let line = format!("{program} {}", words.display());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("`{line}` could not be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    Err(format!("`{line}` failed in {} ({}):\n{}", folder.display(), output.status, said.trim()))
}

/// When the newest of these files, or files below these folders, was changed.
fn newest(paths: Vec<PathBuf>) -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    for path in paths {
        let below = fs::read_dir(&path).into_iter().flatten().flatten();
        newest = newest.max(modified(&path));
        newest = newest.max(self::newest(below.map(|item| item.path()).collect()));
    }
    newest
}

/// When a file was changed; the beginning of time if it is not there.
fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}
