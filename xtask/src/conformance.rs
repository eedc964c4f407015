//! `cargo xtask conformance`: runs the WebSocket cases of the Autobahn suite against our codec, and counts the verdicts.
//!
//! The cases belong to others: they are fetched from the Python package index when they are first needed, and kept in a
//! cache outside the checkout. What runs them is in `conformance/*.py`; what they run against is the gateway's example
//! `echo`, which has the codec and blocking sockets and nothing else.

mod cases;
mod echo;
mod verdicts;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::children::read_within;
use crate::output::{duration, say};
use cases::Suite;
use echo::Echo;
use verdicts::Verdicts;

/// How long all cases may take: on a busy machine, compressing and inflating gigabytes does take long.
const LIMIT: Duration = Duration::from_hours(2);

/// The task `conformance`. `chosen` are chapters, sections or single cases (`7`, `7.3`, `7.3.1`); none stands for all.
pub(crate) fn run(chosen: &[String]) -> Result<ExitCode> {
    let suite = Suite::ready()?;
    let echo = Echo::start()?;
    say(&format!("the cases run against {}", echo.address()));
    let started = Instant::now();
    let mut verdicts = Verdicts::default();
    let mut unreadable = None;
    let succeeded = read_within(LIMIT, &mut suite.command(echo.address(), chosen), |line| {
        if let Err(error) = verdicts.take(line) {
            unreadable.get_or_insert(error);
        }
    })?;
    if let Some(error) = unreadable {
        return Err(error.context("what runs the cases said something unexpected"));
    }
    if !succeeded {
        bail!("what runs the cases failed; its own words are above");
    }
    verdicts.missing().map_or(Ok(()), Err).context("not every case was run")?;
    for line in verdicts.table() {
        say(&line);
    }
    say(&format!("{} in {}", verdicts.summary(), duration(started.elapsed())));
    Ok(if verdicts.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
