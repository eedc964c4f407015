//! The command line.

mod all_command;
mod compare_command;
mod goal_command;

use std::io::{BufReader, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use parlor_bench::compare::naive;
use parlor_bench::load::worker;
use parlor_bench::{crash, greedy, replay};
use parlor_testkit::{Database, Options, Server};
use tokio::runtime::Runtime;

/// Runs that show what a Parlor server promises.
#[derive(Debug, Parser)]
#[command(name = "parlor-bench", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures a goal of speed, P1 to P9: throughput, processor time, latency, memory, with every delivery checked.
    Goal(goal_command::Arguments),
    /// Runs the big room and the small rooms against Parlor and its peers, which it installs, starts and stops itself.
    Compare(compare_command::Arguments),
    /// Measures every goal and compares, in one go of less than half an hour, on a machine that does nothing else.
    All(all_command::AllArguments),
    /// Writes the results that are kept into the page of benchmarks, with a plot for each goal.
    Report(all_command::ReportArguments),
    /// Serves the naive peer on a port of the loopback.
    #[command(hide = true)]
    Naive {
        /// The port.
        port: u16,
    },
    /// Generates load for another process of this program: orders on standard input, results on standard output.
    #[command(hide = true)]
    Worker,
    /// Plays IRC logs against a server, one connection a nick, and checks what everybody saw.
    Replay(Replay),
    /// Takes as much as one can of everything that is limited, while fifty others chat, and measures how they fare.
    Greedy(Greedy),
    /// Kills a server with SIGKILL under load, again and again, and checks what became of everything.
    Crash(Crash),
}

#[derive(Debug, Args)]
struct Replay {
    /// Logs in the form of irclogs.ubuntu.com, one file a day.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A server that runs and that strangers may register at and guests enter.
    #[arg(long, default_value = "http://127.0.0.1:8080", conflicts_with = "spawn")]
    server: String,
    /// Starts this binary on a temporary folder instead, without rate limits.
    #[arg(long, value_name = "PATH")]
    spawn: Option<PathBuf>,
    /// The server's process, to report its use of the processor and of memory.
    #[arg(long, conflicts_with = "spawn")]
    pid: Option<u32>,
    /// So many times faster than it happened, instead of as fast as acknowledgements allow.
    #[arg(long, value_name = "N", value_parser = parse_speed)]
    speed: Option<f64>,
    /// Prints the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Greedy {
    /// The server.
    #[arg(long, value_name = "PATH", default_value = "target/release/parlor")]
    server_binary: PathBuf,
    /// Seconds of each stretch, without and with somebody greedy.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Prints the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Crash {
    /// How often the server is killed.
    #[arg(long, default_value_t = 30)]
    kills: usize,
    /// What it runs on. PostgreSQL is the one that `PARLOR_TEST_POSTGRES_URL` names.
    #[arg(long, value_enum, default_value = "sqlite")]
    database: DatabaseName,
    /// The server.
    #[arg(long, value_name = "PATH")]
    server_binary: PathBuf,
    /// Decides what is said and when the server is killed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plants an error that has to be found: `early-ack` or `ignore-nonce`. Needs a binary with the feature
    /// `planted-errors`.
    #[arg(long, value_name = "ERROR")]
    planted: Option<String>,
    /// Prints the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DatabaseName {
    Sqlite,
    Postgres,
}

fn main() -> Result<ExitCode> {
    // What generates load has its own threads and no runtime beside them.
    match Arguments::parse().command {
        Command::Goal(arguments) => Ok(verdict(usize::try_from(goal_command::run(&arguments)?)?)),
        Command::Compare(arguments) => Ok(verdict(usize::try_from(compare_command::run(&arguments)?)?)),
        Command::All(arguments) => Ok(verdict(usize::try_from(all_command::run_all(&arguments)?)?)),
        Command::Report(arguments) => all_command::run_report(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Naive { port } => naive::serve(port).map(|()| ExitCode::SUCCESS),
        Command::Worker => {
            worker::work(BufReader::new(std::io::stdin()), BufWriter::new(std::io::stdout()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Replay(arguments) => Runtime::new()?.block_on(run_replay(arguments)),
        Command::Greedy(arguments) => Runtime::new()?.block_on(run_greedy(arguments)),
        Command::Crash(arguments) => Runtime::new()?.block_on(run_crash(arguments)),
    }
}

async fn run_replay(arguments: Replay) -> Result<ExitCode> {
    let server = match arguments.spawn {
        Some(binary) => Some(Server::start(Options::new(binary.canonicalize()?)).await?),
        None => None,
    };
    let options = replay::Options {
        server: server.as_ref().map_or(arguments.server, |server| server.url().to_owned()),
        pid: server.as_ref().map_or(arguments.pid, Server::pid),
        speed: arguments.speed,
        progress: !arguments.json,
    };
    let report = replay::run(&options, &arguments.files).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    if let Some(server) = server {
        server.stop().await?;
    }
    Ok(verdict(report.findings()))
}

async fn run_greedy(arguments: Greedy) -> Result<ExitCode> {
    let settings = greedy::Settings {
        binary: arguments.server_binary.canonicalize()?,
        stretch: Duration::from_secs(arguments.seconds),
    };
    let report = greedy::run(&settings).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(verdict(report.wrongs()))
}

async fn run_crash(arguments: Crash) -> Result<ExitCode> {
    let options = crash::Options {
        binary: arguments.server_binary.canonicalize()?,
        database: match arguments.database {
            DatabaseName::Sqlite => Database::Sqlite,
            DatabaseName::Postgres => Database::Postgres,
        },
        kills: arguments.kills,
        seed: arguments.seed,
        planted: arguments.planted,
        progress: !arguments.json,
    };
    let report = crash::run(&options).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(verdict(report.wrongs()))
}

/// Zero if nothing is wrong.
fn verdict(findings: usize) -> ExitCode {
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse_speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if speed > 0.0 && f64::is_finite(speed) => Ok(speed),
        _ => Err("it must be a number above 0".to_owned()),
    }
}
