//! Processes of a peer: started with a folder of their own, stopped by their ids, one after another.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::ground::server::Source;

const LISTENS_WITHIN: Duration = Duration::from_mins(2);
const STOPS_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How many of its last lines are told if something goes wrong.
const LAST_WORDS: usize = 8;

/// A peer that runs. Dropping it ends its processes and removes its folder.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    children: Vec<Child>,
    folder: PathBuf,
}

impl Running {
    /// Nothing runs yet; there is a folder and a port.
    pub fn new(source: &Source) -> Result<Self> {
        let parent = match source {
            Source::Binary { folder, .. } => folder.clone(),
            Source::Running { .. } => std::env::temp_dir(),
        };
        let folder = parent.join(format!("parlor-bench-peer-{:x}", crate::load::now()));
        std::fs::create_dir_all(&folder)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        Ok(Self { address, children: Vec::new(), folder: folder.canonicalize()? })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file into its folder.
    pub fn file(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Starts a process.
    pub fn start(&mut self, command: &mut Command) -> Result<()> {
        let log: File = OpenOptions::new().create(true).append(true).open(self.log_path())?;
        let name = command.get_program().to_string_lossy().into_owned();
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.children.push(command.spawn().with_context(|| format!("can't run {name}"))?);
        Ok(())
    }

    /// Its processes.
    pub fn pids(&self) -> Vec<u32> {
        self.children.iter().map(Child::id).collect()
    }

    /// Waits until somebody can connect.
    ///
    /// # Errors
    /// A process ends, or nobody can within two minutes.
    pub fn wait_until_it_listens(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < LISTENS_WITHIN {
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!("it ended ({status}): {}", self.last_words());
                }
            }
            std::thread::sleep(LOOK_EVERY);
        }
        bail!("it does not listen: {}", self.last_words())
    }

    /// Stops everything, the newest first. Returns its last words.
    pub fn stop(&mut self) -> String {
        while let Some(mut child) = self.children.pop() {
            end(&mut child);
        }
        self.last_words()
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("log")
    }
}

/// Asks a process to end, and ends it if it does not.
fn end(child: &mut Child) {
    if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
        let _asked = kill_process(pid, Signal::TERM);
    }
    let begun = Instant::now();
    while begun.elapsed() < STOPS_WITHIN {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let _killed = child.kill();
    let _ended = child.wait();
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port that nobody listens on at present.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
