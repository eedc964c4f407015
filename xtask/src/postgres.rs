//! A throwaway PostgreSQL for tests: own folder, own port, durable like a real one, gone with us.
//!
//! A keeper process (`postgres-keeper.sh`) starts the server and holds the reading end of a pipe whose writing end is
//! ours. However this process ends (return, panic, Ctrl-C, kill), the pipe closes, and the keeper stops the server
//! and removes its folder. So no signal handler is needed, and nothing is left behind.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::output::say;
use crate::tools;

const KEEPER: &str = include_str!("postgres-keeper.sh");

/// A running server; dropping it stops it and waits until its data is removed.
pub(crate) struct Postgres {
    keeper: Child,
    url: String,
}

impl Postgres {
    /// Starts a server on a free loopback port and waits until it answers.
    pub(crate) fn start() -> Result<Self> {
        let folder = tools::postgres_folder().context("PostgreSQL is not installed: there is no `initdb`")?;
        let port = free_port()?;
        let password = random_password()?;
        let mut keeper = keeper_command()?
            .arg(&folder)
            .arg(port.to_string())
            .arg(&password)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start PostgreSQL's keeper")?;
        let stdout = keeper.stdout.take().context("the keeper has no output")?;
        let mut first_line = String::new();
        BufReader::new(stdout).read_line(&mut first_line)?;
        if first_line.trim() != "ready" {
            let status = keeper.wait()?;
            bail!("PostgreSQL did not start ({status})");
        }
        Ok(Self { keeper, url: format!("postgres://parlor:{password}@127.0.0.1:{port}/postgres") })
    }

    /// Where it listens, with the password of its superuser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The task `postgres`: runs a server until we are interrupted.
pub(crate) fn run() -> Result<ExitCode> {
    let mut postgres = Postgres::start()?;
    eprintln!("PostgreSQL runs until Ctrl-C. For the tests:");
    say(&format!("export PARLOR_TEST_POSTGRES_URL={}", postgres.url()));
    let pipe = postgres.keeper.stdin.take();
    let status = postgres.keeper.wait()?;
    // Held until here: letting go of it is what stops the server.
    drop(pipe);
    bail!("PostgreSQL ended by itself ({status})");
}

/// PostgreSQL refuses to run as root, so root becomes the user that its package made.
fn keeper_command() -> Result<Command> {
    let mut command = if tools::is_root() {
        let user = if user_exists("postgres") { "postgres" } else { "nobody" };
        let mut command = Command::new(tools::find("setpriv").context("there is no `setpriv` (util-linux)")?);
        command.args(["--reuid", user, "--regid", user, "--init-groups", "--", "sh"]).env_remove("TMPDIR");
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", KEEPER, "postgres-keeper"]);
    Ok(command)
}

fn user_exists(name: &str) -> bool {
    let mut command = Command::new("id");
    command.args(["-u", name]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A port that was free a moment ago. Whoever takes it before PostgreSQL does makes the start fail, loudly.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// 128 random bits in hexadecimal digits: other users of this machine can reach the port too.
fn random_password() -> Result<String> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut password = String::with_capacity(32);
    for byte in bytes {
        write!(password, "{byte:02x}")?;
    }
    Ok(password)
}
