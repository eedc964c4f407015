//! What the flows share: running the program to its end, and one body for both databases.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use parlor_testkit::{DEADLINE, Options};
use rustix::process::{Pid, Signal, kill_process};

/// The program.
pub(crate) const PARLOR: &str = env!("CARGO_BIN_EXE_parlor");

/// A server of the program, as the tests like it: open doors, no rate limits.
pub(crate) fn server() -> Options {
    Options::new(PARLOR)
}

/// The program with nothing of ours in its environment, in a working directory of its own.
pub(crate) fn parlor(folder: &Path) -> Command {
    let mut command = Command::new(PARLOR);
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PARLOR_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    end_of(parlor(folder).args(arguments))
}

/// Runs a program to its end. One that goes on, like a server that should have refused to start, is killed.
pub(crate) fn end_of(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let process = Pid::from_child(&child);
    let (ended, end) = mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        if end.recv_timeout(DEADLINE) == Err(mpsc::RecvTimeoutError::Timeout) {
            kill_process(process, Signal::KILL).unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    watchdog.join().unwrap();
    output
}

/// What it printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Makes each test function two tests: one on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(parlor_testkit::Database::Sqlite).await
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> anyhow::Result<()> {
                super::$name(parlor_testkit::Database::Postgres).await
            })+
        }
    };
}
pub(crate) use on_both_databases;
