//! The real binary as a child process: started, killed, started again, stopped.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use parlor_client::Client;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::database::{Database, FreshPostgres};
use crate::log::{Log, Told};

const START_DEADLINE: Duration = Duration::from_mins(1);
const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Options {
    binary: PathBuf,
    database: Database,
    environment: Vec<(OsString, OsString)>,
}

impl Options {
    /// The binary at this path, on SQLite, letting strangers register and guests in, without rate limits.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        let environment =
            [("PARLOR_REGISTRATION", "open"), ("PARLOR_GUESTS", "open"), ("PARLOR_LIMITS_ENABLED", "false")];
        Self {
            binary: binary.into(),
            database: Database::Sqlite,
            environment: environment.map(|(name, value)| (name.into(), value.into())).to_vec(),
        }
    }

    /// On another database.
    #[must_use]
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// With a variable of the environment set. A later one of the same name wins.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }
}

/// A server that runs, or that was killed and can be started again. Dropping it kills it and removes its data.
#[derive(Debug)]
pub struct Server {
    // Fields are dropped in this order: the process goes before its data.
    process: Option<Child>,
    folder: TempDir,
    postgres: Option<FreshPostgres>,
    options: Options,
    log: Log,
    told: Told,
}

impl Server {
    /// Starts a server on a free port of the loopback and waits until it is ready.
    ///
    /// # Errors
    /// The binary can't be run or is not ready in time: with what it said.
    pub async fn start(options: Options) -> Result<Self> {
        let postgres = match options.database {
            Database::Sqlite => None,
            Database::Postgres => Some(FreshPostgres::create().await?),
        };
        let mut server = Self {
            process: None,
            folder: tempfile::tempdir()?,
            postgres,
            options,
            log: Log::default(),
            told: Told::default(),
        };
        server.launch("127.0.0.1:0").await?;
        Ok(server)
    }

    /// Starts it again on the same data and the same port, after [`Server::kill`] or [`Server::terminate`].
    pub async fn restart(&mut self) -> Result<()> {
        self.kill().await?;
        let address = self.address()?.to_string();
        self.launch(&address).await
    }

    /// Sets a variable of the environment, from the next start on.
    pub fn set_env(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.options.environment.push((name.into(), value.into()));
    }

    /// Begins to start it again, and kills it at once or after `delay`: a crash during recovery.
    pub async fn restart_and_kill(&mut self, delay: Duration) -> Result<()> {
        self.kill().await?;
        let address = self.address()?.to_string();
        let mut process = self.command(&address).spawn()?;
        if let Some(stderr) = process.stderr.take() {
            let _told = self.log.drain(stderr);
        }
        self.process = Some(process);
        tokio::time::sleep(delay).await;
        self.kill().await
    }

    /// Kills it with SIGKILL and waits until it is gone. Nothing happens if it is gone already.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.start_kill()?;
            process.wait().await?;
        }
        Ok(())
    }

    /// Asks it to stop with SIGTERM and waits until it has.
    ///
    /// # Errors
    /// It took too long, or was not running.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        let mut process = self.process.take().context("the server is not running")?;
        let pid = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        kill_process(pid.context("the server has ended by itself")?, Signal::TERM)?;
        match tokio::time::timeout(STOP_DEADLINE, process.wait()).await {
            Ok(status) => Ok(status?),
            Err(_elapsed) => bail!("the server did not stop within {STOP_DEADLINE:?}\n{}", self.log()),
        }
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// It took too long, or was not running.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let mut process = self.process.take().context("the server is not running")?;
        match tokio::time::timeout(STOP_DEADLINE, process.wait()).await {
            Ok(status) => Ok(status?),
            Err(_elapsed) => bail!("the server did not end within {STOP_DEADLINE:?}\n{}", self.log()),
        }
    }

    /// Takes its PostgreSQL database from it, for as long as what this returns lives.
    ///
    /// # Errors
    /// It is not on one, or that can't be reached.
    pub async fn lose_database(&self) -> Result<impl Send + use<>> {
        crate::database::take_over(self.database_url().context("the server is not on PostgreSQL")?).await
    }

    /// Stops it for good, and checks that it ended well.
    pub async fn stop(mut self) -> Result<()> {
        let status = self.terminate().await?;
        ensure!(status.success(), "the server ended with {status}\n{}", self.log());
        Ok(())
    }

    /// Its address, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        self.told.address.as_deref().unwrap_or_default()
    }

    /// The link for making the owner's account, as printed by the newest start.
    pub fn setup_link(&self) -> Option<&str> {
        self.told.setup_link.as_deref()
    }

    /// A client that is nobody yet.
    pub fn client(&self) -> Result<Client> {
        Ok(Client::new(self.url())?)
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().and_then(Child::id)
    }

    /// The folder of its data.
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// The address of its PostgreSQL database, if it is on one.
    pub fn database_url(&self) -> Option<&str> {
        self.postgres.as_ref().map(|postgres| postgres.url.as_str())
    }

    pub(crate) fn postgres(&self) -> Option<&FreshPostgres> {
        self.postgres.as_ref()
    }

    /// The newest lines of what it said on standard error.
    pub fn log(&self) -> String {
        self.log.text()
    }

    async fn launch(&mut self, listen: &str) -> Result<()> {
        let mut process = self
            .command(listen)
            .spawn()
            .with_context(|| format!("can't run {}", self.options.binary.display()))?;
        let stderr = process.stderr.take().context("the server has no standard error")?;
        let mut told = self.log.drain(stderr);
        self.process = Some(process);
        let is_ready = |told: &Told| told.ended || told.address.is_some();
        let ready = tokio::time::timeout(START_DEADLINE, told.wait_for(is_ready))
            .await
            .map(|said| said.is_ok_and(|said| said.address.is_some()));
        match ready {
            Ok(true) => {}
            Ok(false) => bail!("the server ended before it was ready\n{}", self.log()),
            Err(_elapsed) => bail!("the server was not ready within {START_DEADLINE:?}\n{}", self.log()),
        }
        self.wait_for_setup_link(&mut told).await;
        Ok(())
    }

    /// The setup link comes right after the address while there is no owner; with an owner it never comes.
    async fn wait_for_setup_link(&mut self, told: &mut tokio::sync::watch::Receiver<Told>) {
        self.told = told.borrow().clone();
        let needed = match self.client() {
            Ok(client) => client.server_info().await.is_ok_and(|info| info.setup_needed),
            Err(_no_address) => false,
        };
        if needed {
            let linked = told.wait_for(|told| told.ended || told.setup_link.is_some());
            if let Ok(Ok(said)) = tokio::time::timeout(START_DEADLINE, linked).await {
                self.told = said.clone();
            }
        }
    }

    fn command(&self, listen: &str) -> Command {
        let mut command = Command::new(&self.options.binary);
        command
            .args(["--listen", listen, "--data-dir"])
            .arg(self.folder.path())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, _value) in std::env::vars_os() {
            // Settings of whoever runs the tests are not settings of the tests.
            if name.to_string_lossy().starts_with("PARLOR_") {
                command.env_remove(name);
            }
        }
        if let Some(postgres) = &self.postgres {
            command.env("PARLOR_DATABASE_URL", &postgres.url);
        }
        command.envs(self.options.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn address(&self) -> Result<SocketAddr> {
        let host = self.url().strip_prefix("http://").context("the server never told its address")?;
        host.parse().with_context(|| format!("`{host}` is not an address"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _gone = process.start_kill();
        }
        if std::thread::panicking() {
            eprintln!("--- what the server said ---\n{}\n---", self.log());
        }
    }
}
