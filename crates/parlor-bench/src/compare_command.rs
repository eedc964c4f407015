//! The command `compare`: its flags, and what is done with its result.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use parlor_bench::compare::{self, peer::Peer};

use crate::goal_command::{LoadArguments, keep};

/// Whom with, and how long.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Compare with these alone. Parlor is always among them.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Peer>,
    #[command(flatten)]
    load: LoadArguments,
    /// Where the result is written as JSON, with the machine, the revision and the command.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Compares, prints, and keeps the result where it is wanted. Returns how much is wrong with Parlor.
pub(crate) fn run(arguments: &Arguments) -> Result<u64> {
    let wanted =
        |peer: &Peer| *peer == Peer::Parlor || arguments.only.is_empty() || arguments.only.contains(peer);
    let peers: Vec<Peer> = Peer::all().into_iter().filter(wanted).collect();
    let comparison = compare::run(&arguments.load.settings()?, &peers)?;
    print!("{comparison}");
    if let Some(path) = &arguments.json {
        keep(path, &comparison)?;
    }
    Ok(comparison.wrong())
}
