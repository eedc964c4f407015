//! What came of a crash run: for people and for machines.

use std::fmt;

use parlor_testkit::Database;
use serde::Serialize;

use super::Options;
use super::killer::Kills;
use super::outbox::Outbox;
use crate::history::{Finding, Reading};

/// How many findings are shown in full.
const SHOWN: usize = 20;

/// What came of a crash run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// What the run was seeded with.
    pub seed: u64,
    /// Kills under load.
    pub kills_under_load: usize,
    /// Kills while the server started.
    pub kills_while_starting: usize,
    /// How long it took, the last answers included.
    pub seconds: f64,
    /// Messages that somebody tried to send.
    pub messages: usize,
    /// Acknowledgements.
    pub acknowledged: usize,
    /// Sends that were repeated because the answer got lost.
    pub resent: usize,
    /// Sends that were repeated though they had been answered.
    pub repeated: usize,
    /// Events and messages that readers were given, all checked.
    pub deliveries: usize,
    /// From the beginning of a start to readiness, in milliseconds: half of them.
    pub median_restart_milliseconds: f64,
    /// The same: the longest.
    pub longest_restart_milliseconds: f64,
    /// Refusals that should not have been.
    pub problems: Vec<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(options: &Options, kills: &Kills, seconds: f64) -> Self {
        Self {
            database: match options.database {
                Database::Sqlite => "sqlite",
                Database::Postgres => "postgres",
            },
            seed: options.seed,
            kills_under_load: kills.under_load,
            kills_while_starting: kills.while_starting,
            seconds,
            messages: 0,
            acknowledged: 0,
            resent: 0,
            repeated: 0,
            deliveries: 0,
            median_restart_milliseconds: kills.restarts.milliseconds_at(0.5),
            longest_restart_milliseconds: kills.restarts.milliseconds_at(1.0),
            problems: Vec::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, outboxes: &[Outbox], readings: &[Reading]) {
        for outbox in outboxes {
            self.messages += outbox.attempts.len();
            self.acknowledged += outbox.attempts.iter().map(|attempt| attempt.answers.len()).sum::<usize>();
            self.resent += outbox.resent;
            self.repeated += outbox.repeated;
            self.problems.extend(outbox.problems.iter().cloned());
        }
        self.deliveries = readings.iter().map(Reading::deliveries).sum();
    }

    /// How many things are wrong.
    pub fn wrongs(&self) -> usize {
        self.findings.len() + self.problems.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "| database | seed | kills | of these at start | seconds | messages | acks | resent | repeated | deliveries | \
             restart p50 ms | restart max ms | findings |\n\
             |----------|-----:|------:|------------------:|--------:|---------:|-----:|-------:|---------:|-----------:|\
             ---------------:|---------------:|---------:|"
        )?;
        writeln!(
            formatter,
            "| {} | {} | {} | {} | {:.1} | {} | {} | {} | {} | {} | {:.0} | {:.0} | {} |",
            self.database,
            self.seed,
            self.kills_under_load + self.kills_while_starting,
            self.kills_while_starting,
            self.seconds,
            self.messages,
            self.acknowledged,
            self.resent,
            self.repeated,
            self.deliveries,
            self.median_restart_milliseconds,
            self.longest_restart_milliseconds,
            self.wrongs(),
        )?;
        for finding in self.findings.iter().take(SHOWN) {
            writeln!(formatter, "{finding}")?;
        }
        for problem in self.problems.iter().take(SHOWN) {
            writeln!(formatter, "refused: {problem}")?;
        }
        Ok(())
    }
}
