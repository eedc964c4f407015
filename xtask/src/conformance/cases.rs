//! The suite: where its archive is kept, how it gets there, and the command that runs its cases.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::output::say;
use crate::tools;
use crate::workspace::root;

/// The package of the cases and its version.
const PACKAGE: &str = "autobahntestsuite==25.10.1";
/// The name of its source archive.
const ARCHIVE: &str = "autobahntestsuite-25.10.1.tar.gz";
/// The SHA-256 of the archive. pip refuses another one before it runs anything of it.
const DIGEST: &str = "b083d6e15330fc16f3e5f0975cce2b15f21bfa0c6db09547316b1852c6dbd6df";
/// The oldest Python that our part of it is written for.
const OLDEST_PYTHON: &str = "3.9";

/// The cases, ready to be run.
pub(super) struct Suite {
    python: PathBuf,
    archive: PathBuf,
}

impl Suite {
    /// Finds the archive in the cache, or fetches it into there.
    pub(super) fn ready() -> Result<Self> {
        let python = find_python()?;
        let folder = tools::cache()?.join("conformance");
        let archive = folder.join(ARCHIVE);
        if !archive.is_file() {
            std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
            fetch(&python, &folder).with_context(|| {
                format!(
                    "can't fetch the cases ({PACKAGE}); they are kept in {} once they are there",
                    folder.display()
                )
            })?;
        }
        if !archive.is_file() {
            bail!("pip succeeded, but there is no {}", archive.display());
        }
        Ok(Self { python, archive })
    }

    /// Runs the cases that begin with one of `chosen`, all of them if there are none, against a server.
    pub(super) fn command(&self, server: SocketAddr, chosen: &[String]) -> Command {
        let mut command = Command::new(&self.python);
        // `-B`: nothing is written into the checkout. The warnings are about the cases, which are not ours to mend.
        command.args(["-B", "-W", "ignore"]).arg(root().join("xtask/src/conformance/run.py"));
        command.arg(&self.archive).arg(DIGEST).arg(server.ip().to_string()).arg(server.port().to_string());
        command.args(chosen);
        command
    }
}

fn find_python() -> Result<PathBuf> {
    let python = tools::find("python3").with_context(|| {
        format!("there is no `python3` in PATH; Python {OLDEST_PYTHON} or newer is needed to run the cases")
    })?;
    let question = format!("import sys; sys.exit(sys.version_info < ({},))", OLDEST_PYTHON.replace('.', ","));
    if !succeeds(Command::new(&python).args(["-c", &question]))? {
        bail!("{} is too old: Python {OLDEST_PYTHON} or newer is needed to run the cases", python.display());
    }
    Ok(python)
}

/// Fetches the archive with the pip of a fresh virtual environment: not every Python has one of its own.
fn fetch(python: &Path, folder: &Path) -> Result<()> {
    say(&format!("fetching {PACKAGE} into {}", folder.display()));
    let environment = folder.join("venv");
    if !succeeds(Command::new(python).args(["-m", "venv"]).arg(&environment))? {
        bail!(
            "`{} -m venv` failed; on Debian and Ubuntu it needs the package python3-venv",
            python.display()
        );
    }
    let wanted = folder.join("wanted.txt");
    std::fs::write(&wanted, format!("{PACKAGE} --hash=sha256:{DIGEST}\n"))?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--no-binary=:all:", "--require-hashes", "--requirement"])
        .arg(&wanted)
        .arg("--dest")
        .arg(folder);
    if !succeeds(&mut pip)? {
        bail!("pip failed; its own words are above. Does this machine reach the Python package index?");
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> Result<bool> {
    let program = command.get_program().to_owned();
    let status = command.stdin(Stdio::null()).status();
    Ok(status.with_context(|| format!("can't run {}", program.display()))?.success())
}
