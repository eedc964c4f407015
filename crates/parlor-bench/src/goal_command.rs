//! The command `goal`: its flags, and what is done with the reports.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use parlor_bench::goals::start::MESSAGES;
use parlor_bench::goals::{self, Goal, Settings};
use parlor_bench::ground::server::Source;

/// How long, how often, against what.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to measure.
    #[arg(value_enum, ignore_case = true)]
    goal: Goal,
    #[command(flatten)]
    load: LoadArguments,
    /// Where the result is written as JSON, with the machine, the revision and the command.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What `goal` and `compare` have in common.
#[derive(Debug, Args)]
pub(crate) struct LoadArguments {
    /// The server's binary. It is started for each run, on an empty folder, without rate limits, and stopped again.
    #[arg(
        long,
        alias = "server",
        value_name = "PATH",
        default_value = "target/release/parlor",
        conflicts_with_all = ["url", "pid"]
    )]
    server_binary: PathBuf,
    /// Measures a server that runs already, on this address. It must let guests in and people register, without rate
    /// limits (`PARLOR_GUESTS=open PARLOR_REGISTRATION=open PARLOR_LIMITS_ENABLED=false`).
    #[arg(long, value_name = "ADDRESS:PORT", requires = "pid")]
    url: Option<String>,
    /// The process of that server.
    #[arg(long, requires = "url")]
    pid: Option<u32>,
    /// Where temporary data is kept while a server runs: on a disk, not in memory.
    #[arg(long, value_name = "PATH")]
    folder: Option<PathBuf>,
    /// Where peers are installed and large databases kept between runs.
    #[arg(long, value_name = "PATH", default_value = "target/bench-cache")]
    cache: PathBuf,
    /// Two seconds, once, with a tenth of everybody: to see that everything works, in less than a minute.
    #[arg(long)]
    quick: bool,
    /// How often to run; the median and the worst are told.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Seconds of load before anything counts.
    #[arg(long, default_value_t = 3.0)]
    warm_up: f64,
    /// Seconds that count.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Decides the schedules.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that generate load; 1, or one a process of 9,000 connections, unless it is named.
    #[arg(long)]
    workers: Option<usize>,
    /// Fewer or more connections than the goal says, to try something. The figures are not the goal's then.
    #[arg(long)]
    connections: Option<usize>,
    /// Messages in the large database of P9.
    #[arg(long, default_value_t = MESSAGES)]
    messages: u64,
    /// Bytes of a message.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(20..4000))]
    body: u16,
}

impl LoadArguments {
    /// How experiments are run.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let source = match (&self.url, self.pid) {
            (Some(url), Some(pid)) => {
                let address = url.trim_start_matches("http://").trim_end_matches('/');
                let address: SocketAddr =
                    address.parse().with_context(|| format!("`{url}` is no address"))?;
                Source::Running { address, pid }
            }
            _ => Source::Binary {
                path: self
                    .server_binary
                    .canonicalize()
                    .with_context(|| format!("there is no server at {}", self.server_binary.display()))?,
                folder: self.folder.clone().unwrap_or_else(std::env::temp_dir),
            },
        };
        let quick = self.quick;
        Ok(Settings {
            source,
            runs: if quick { 1 } else { self.runs.max(1) },
            warm_up: if quick { 1.0 } else { self.warm_up },
            seconds: if quick { 2.0 } else { self.seconds },
            seed: self.seed,
            workers: self.workers,
            connections: self.connections,
            body: usize::from(self.body),
            program: std::env::current_exe().ok(),
            cache: self.cache.clone(),
            messages: if quick { self.messages.min(20_000) } else { self.messages },
            quick,
            deadline: None,
            verbose: true,
        })
    }
}

/// Measures, prints, and keeps the result where it is wanted. Returns how much is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<u64> {
    let report = goals::measure(arguments.goal, &arguments.load.settings()?)?;
    print!("{report}");
    if let Some(path) = &arguments.json {
        keep(path, &report)?;
    }
    Ok(report.wrong())
}

/// Writes a result as JSON, and the folders that it is in.
pub(crate) fn keep(path: &Path, result: &impl Serialize) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let text = serde_json::to_string_pretty(result)? + "\n";
    std::fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
}
