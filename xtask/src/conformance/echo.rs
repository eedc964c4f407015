//! The server that the cases are run against: builds it, starts it, and ends it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::cargo;

/// The server as it runs. It ends when this is dropped.
pub(super) struct Echo {
    child: Child,
    address: SocketAddr,
}

impl Echo {
    /// Builds and starts it; returns when it listens.
    pub(super) fn start() -> Result<Self> {
        let program = build()?;
        let mut child = Command::new(&program)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It tells of every connection that a case resets on purpose.
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        match first_line(&mut child) {
            Ok(address) => Ok(Self { child, address }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn first_line(child: &mut Child) -> Result<SocketAddr> {
    let output = child.stdout.take().context("the echo server has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    line.trim().parse().with_context(|| format!("the echo server said {line:?} instead of where it listens"))
}

/// Builds the example as it would be released: the largest cases move gigabytes. Returns where it is.
fn build() -> Result<PathBuf> {
    let output = cargo("build")
        .args(["--locked", "--release", "--package=parlor-gateway", "--example=echo"])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("can't run cargo")?;
    if !output.status.success() {
        bail!("the echo server does not build");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    messages.lines().find_map(executable).context("cargo did not tell where the echo server is")
}

/// Where a message of cargo says that the example was put.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    (message["target"]["name"] == "echo").then_some(())?;
    Some(PathBuf::from(message["executable"].as_str()?))
}
