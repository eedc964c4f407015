//! The server that the cases are run against: builds it, starts it, and ends it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::workspace::build_example;

/// The server as it runs. It ends when this is dropped.
pub(super) struct Echo {
    child: Child,
    address: SocketAddr,
}

impl Echo {
    /// Builds and starts it; returns when it listens.
    pub(super) fn start() -> Result<Self> {
        // As it would be released: the largest cases move gigabytes.
        let program = build_example("echo_frames")?;
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
