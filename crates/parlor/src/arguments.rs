//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;
use crate::config::value::Value;

/// A chat server for your team, your community or your product, with a web client in it.
///
/// Without a command it serves. It needs nothing else: the database is made on the first start, in the data folder,
/// and the server prints a link with which you make the owner's account.
#[derive(Debug, Parser)]
#[command(name = "parlor", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  parlor                                    Serve at http://127.0.0.1:8080, data in ./data
  parlor --listen 0.0.0.0:8080              Let other machines in
  PARLOR_DATABASE_URL=postgres://… parlor   Keep the data in PostgreSQL
  parlor doctor                             Find out what is wrong

Exit codes:
  0   success
  1   the server could not start, or was stopped at once by a second signal
  2   wrong command line or configuration
  3   the database is damaged
  70  a part of the server that it can't do without failed
  74  a write could not be made durable
  75  another server has taken the database over";

/// The flags that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    #[arg(long, global = true, value_name = "ADDRESS", value_parser = address)]
    #[arg(help = "The IP address and port to listen on [variable: PARLOR_LISTEN] [default: 127.0.0.1:8080]")]
    listen: Option<SocketAddr>,
    #[arg(long, global = true, value_name = "FOLDER")]
    #[arg(help = "The folder of the database [variable: PARLOR_DATA_DIR] [default: ./data]")]
    data_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE")]
    #[arg(
        help = "The configuration file [variable: PARLOR_CONFIG] [default: ./parlor.toml, if there is one]"
    )]
    config: Option<PathBuf>,
}

impl Sources {
    /// What they say about the configuration.
    pub(crate) fn flags(&self) -> Flags {
        Flags { config: self.config.clone(), listen: self.listen, data_dir: self.data_dir.clone() }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server until it is told to stop (the default)
    #[command(after_help = SERVE_EXAMPLES)]
    Serve,
    /// Check whether a server can run here, and say what to do where it can't
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor {
        /// Print the report as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show and check the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

const SERVE_EXAMPLES: &str = "\
Examples:
  parlor serve
  parlor serve --listen 0.0.0.0:80 --data-dir /var/lib/parlor
  parlor serve --config /etc/parlor.toml

When it is ready it says so on standard error, with its address and, until somebody is the owner, with the link to
become it. The first SIGTERM or SIGINT (Ctrl-C) stops it in order; a second one at once.";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  parlor doctor
  parlor doctor --data-dir /var/lib/parlor
  parlor doctor --json | jq '.checks[] | select(.status != \"ok\")'

It changes nothing, and may run beside a server. Exit codes: 0 all is well; 1 warnings; 2 problems.";

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print an annotated parlor.toml with every setting and its default
    #[command(after_help = "Example:\n  parlor config example > parlor.toml")]
    Example,
    /// Print what a server would use and where each value comes from, or what is wrong
    #[command(
        after_help = "Examples:\n  parlor config check\n  parlor config check --config /etc/parlor.toml"
    )]
    Check,
    /// Print the manual of all settings, in Markdown
    #[command(after_help = "Example:\n  parlor config reference | less")]
    Reference,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    <SocketAddr as Value>::parse(text)
        .ok_or_else(|| format!("expected {}", <SocketAddr as Value>::expected()))
}
