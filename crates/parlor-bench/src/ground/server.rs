//! The server under measurement: started on a folder of its own, or one that runs already.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::http::Http;

const START_WITHIN: Duration = Duration::from_mins(2);
const STOP_WITHIN: Duration = Duration::from_mins(1);
/// What the kernel calls a file system that lives in memory.
const TMPFS: i64 = 0x0102_1994;

/// Where the server comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// This binary, on a temporary folder below this one.
    Binary {
        /// The binary.
        path: PathBuf,
        /// Where the folder of the data is made.
        folder: PathBuf,
    },
    /// A server that runs already.
    Running {
        /// Where it listens.
        address: SocketAddr,
        /// Its process.
        pid: u32,
    },
}

/// A server. Dropping it kills it, if it was started here, and removes its data.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    child: Option<(Child, PathBuf)>,
    folder: Option<PathBuf>,
    temporary: bool,
}

impl Source {
    /// A server, ready, with the time that it took from starting its process to its first answer.
    pub fn launch(&self) -> Result<(Server, Duration)> {
        match self {
            Self::Running { address, pid } => {
                let server =
                    Server { address: *address, pid: *pid, child: None, folder: None, temporary: false };
                Ok((server, Duration::ZERO))
            }
            Self::Binary { path, folder } => {
                let data = folder.join(format!("parlor-bench-{:x}", crate::load::now()));
                std::fs::create_dir_all(&data)?;
                Server::start(path, &data, true)
            }
        }
    }

    /// A server on a folder that stays.
    ///
    /// # Errors
    /// It runs already, so nobody can choose its folder; or it does not start.
    pub fn launch_on(&self, data: &Path) -> Result<(Server, Duration)> {
        let Self::Binary { path, .. } = self else { bail!("this needs a server that is started here") };
        Server::start(path, data, false)
    }
}

impl Server {
    fn start(binary: &Path, data: &Path, temporary: bool) -> Result<(Self, Duration)> {
        let kind = rustix::fs::statfs(data)?.f_type;
        ensure!(
            i128::from(kind) != i128::from(TMPFS),
            "{} is in memory: nothing there is ever written to a disk; name another with --folder",
            data.display()
        );
        let address = free_address()?;
        let log = File::create(data.join("bench-server.log"))?;
        let mut command = Command::new(binary);
        for (name, _value) in std::env::vars_os() {
            // Settings of whoever measures are not settings of what is measured.
            if name.to_string_lossy().starts_with("PARLOR_") {
                command.env_remove(name);
            }
        }
        command
            .args(["--listen", &address.to_string(), "--data-dir"])
            .arg(data)
            .current_dir(data)
            .env("PARLOR_LIMITS_ENABLED", "false")
            // As many as a process with 20,000 descriptors can hold, with some left for files.
            .env("PARLOR_LIMITS_MAX_CONNECTIONS", "19900")
            .env("PARLOR_REGISTRATION", "open")
            .env("PARLOR_GUESTS", "open")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let begun = Instant::now();
        let child = command.spawn().with_context(|| format!("can't run {}", binary.display()))?;
        let pid = child.id();
        let child = Some((child, binary.to_owned()));
        let mut server = Self { address, pid, child, folder: Some(data.to_owned()), temporary };
        let took = server.wait_until_ready(begun)?;
        Ok((server, took))
    }

    fn wait_until_ready(&mut self, begun: Instant) -> Result<Duration> {
        while begun.elapsed() < START_WITHIN {
            let answer =
                Http::open(self.address).and_then(|mut http| http.call("GET", "/readyz", None, None));
            if answer.is_ok() {
                return Ok(begun.elapsed());
            }
            if let Some((child, _)) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                bail!("the server ended with {status}: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("the server was not ready within {START_WITHIN:?}: {}", self.log())
    }

    /// Stops it and starts it again on the same data, so that nothing that it did before stays in its memory.
    ///
    /// # Errors
    /// It was not started here.
    pub fn restart(&mut self) -> Result<()> {
        let (binary, data) = match (&self.child, &self.folder) {
            (Some((_, binary)), Some(folder)) => (binary.clone(), folder.clone()),
            _ => bail!("this needs a server that is started here"),
        };
        self.stop()?;
        let temporary = std::mem::take(&mut self.temporary);
        let (server, _took) = Self::start(&binary, &data, temporary)?;
        *self = server;
        Ok(())
    }

    /// Asks it to stop, and waits until it has. A server that was not started here goes on.
    pub fn stop(&mut self) -> Result<()> {
        let Some((mut child, _)) = self.child.take() else {
            return Ok(());
        };
        if let Some(pid) = Pid::from_raw(self.pid.cast_signed()) {
            kill_process(pid, Signal::TERM)?;
        }
        let begun = Instant::now();
        while begun.elapsed() < STOP_WITHIN {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill()?;
        child.wait()?;
        bail!("the server did not stop within {STOP_WITHIN:?}: {}", self.log())
    }

    /// The end of what it said.
    pub fn log(&self) -> String {
        let path = self.folder.as_ref().map(|folder| folder.join("bench-server.log"));
        let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.child {
            let _gone = child.kill();
            let _ended = child.wait();
        }
        if self.temporary
            && let Some(folder) = &self.folder
        {
            let _removed = std::fs::remove_dir_all(folder);
        }
    }
}

/// An address that nobody listens on at present.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
