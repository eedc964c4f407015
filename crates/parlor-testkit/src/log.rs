//! What a server says on standard error: kept for the test that fails, and read for the addresses in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStderr;
use tokio::sync::watch;

/// How many lines are kept; older ones go.
const KEPT_LINES: usize = 2000;
const READY: &str = "Parlor is ready at ";
const SETUP: &str = "Create the owner's account: ";

/// The newest lines of a server's log. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<VecDeque<String>>>);

/// What a start of the server told us.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) address: Option<String>,
    pub(crate) setup_link: Option<String>,
    /// Standard error was closed: the server is gone.
    pub(crate) ended: bool,
}

impl Log {
    /// Reads until the server closes its end, so that it never waits for us.
    pub(crate) fn drain(&self, stderr: ChildStderr) -> watch::Receiver<Told> {
        let (told, receiver) = watch::channel(Told::default());
        let log = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                let line = String::from_utf8_lossy(&line).into_owned();
                told.send_if_modified(|told| told.read(&line));
                log.push(line);
            }
            told.send_modify(|told| told.ended = true);
        });
        receiver
    }

    pub(crate) fn text(&self) -> String {
        let lines = self.lines();
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    fn push(&self, line: String) {
        let mut lines = self.lines();
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn lines(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Takes what a line tells; true if it told something. The setup link stands before or after the address.
    fn read(&mut self, line: &str) -> bool {
        if let Some((_, address)) = line.split_once(READY) {
            self.address = Some(address.trim().to_owned());
        } else if let Some((_, link)) = line.split_once(SETUP) {
            self.setup_link = Some(link.trim().to_owned());
        } else {
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_are_read_from_the_log() {
        let mut told = Told::default();
        assert!(!told.read("something else"));
        assert!(told.read("Parlor is ready at http://127.0.0.1:4000"));
        assert!(told.read("Create the owner's account: http://127.0.0.1:4000/setup#abc\r"));
        assert_eq!(told.address.as_deref(), Some("http://127.0.0.1:4000"));
        assert_eq!(told.setup_link.as_deref(), Some("http://127.0.0.1:4000/setup#abc"));
    }

    #[test]
    fn only_the_newest_lines_are_kept() {
        let log = Log::default();
        for number in 0..=KEPT_LINES {
            log.push(number.to_string());
        }
        let text = log.text();
        assert!(text.starts_with("1\n") && text.ends_with("\n2000"));
    }
}
