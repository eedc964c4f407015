//! What came of a replay: for people as a table, for machines as JSON.

use std::fmt;

use serde::Serialize;

use super::play::Play;
use crate::figures::Usage;
use crate::history::Finding;
use crate::irc::Log;

/// What came of all files.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// One a file, in the order in which they were played.
    pub files: Vec<FileReport>,
}

/// A line that the server refused, as it had to.
#[derive(Debug, Clone, Serialize)]
pub struct Skipped {
    /// Its number in the file.
    pub line: usize,
    /// The server's code.
    pub reason: String,
}

/// What came of a file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// The file's name without its extension.
    pub file: String,
    /// Lines that were played.
    pub lines: usize,
    /// Messages that were said.
    pub messages: usize,
    /// `/me` actions.
    pub actions: usize,
    /// Joins, those included that the log does not tell of.
    pub joins: usize,
    /// Leaves that the log tells of.
    pub leaves: usize,
    /// Leaves that it does not tell of, but that must have been.
    pub silent_leaves: usize,
    /// Renames.
    pub renames: usize,
    /// Connections, one a person.
    pub connections: usize,
    /// Events and messages that the connections were given, all checked.
    pub deliveries: usize,
    /// Messages that were read back, all checked.
    pub read_back: usize,
    /// How long the playing took.
    pub seconds: f64,
    /// Acknowledgements of messages, joins, leaves and renames.
    pub acknowledgements: usize,
    /// The time until a message was acknowledged, in milliseconds: half of them.
    pub median_milliseconds: f64,
    /// The same: 99 of 100.
    pub p99_milliseconds: f64,
    /// Processor seconds of the server, while the file was played.
    pub server_cpu_seconds: Option<f64>,
    /// The server's memory after it, in MiB.
    pub server_memory_mib: Option<f64>,
    /// The most memory of the server so far, in MiB.
    pub server_peak_memory_mib: Option<f64>,
    /// How often the server asked to wait.
    pub waits: usize,
    /// Lines that the server refused, as it had to.
    pub refused: Vec<Skipped>,
    /// Lines of no known form, by their numbers.
    pub strange: Vec<usize>,
    /// Lines that tell of modes and topics.
    pub notices: usize,
    /// Lines that were not valid UTF-8.
    pub mended: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl FileReport {
    pub(super) fn new(log: &Log, play: &Play<'_>, seconds: f64, usage: Option<(Usage, Usage)>) -> Self {
        let counts = play.counts;
        let spoken = counts.messages + counts.actions - play.refused.len();
        Self {
            file: log.name.clone(),
            lines: log.lines.len(),
            messages: counts.messages,
            actions: counts.actions,
            joins: counts.joins,
            leaves: counts.leaves,
            silent_leaves: counts.silent_leaves,
            renames: counts.renames,
            connections: play.connections(),
            deliveries: 0,
            read_back: 0,
            seconds,
            acknowledgements: spoken + counts.joins + counts.leaves + counts.silent_leaves + counts.renames,
            median_milliseconds: play.times.milliseconds_at(0.5),
            p99_milliseconds: play.times.milliseconds_at(0.99),
            server_cpu_seconds: usage.map(|(before, after)| after.cpu_seconds - before.cpu_seconds),
            server_memory_mib: usage.map(|(_, after)| after.memory_mib),
            server_peak_memory_mib: usage.map(|(_, after)| after.peak_memory_mib),
            waits: counts.waits,
            refused: play.refused.clone(),
            strange: log.strange.iter().map(|(number, _)| *number).collect(),
            notices: log.notices,
            mended: log.mended,
            findings: play.problems.clone(),
        }
    }

    fn row(&self) -> Row {
        Row {
            name: self.file.clone(),
            messages: self.messages + self.actions,
            connections: self.connections,
            deliveries: self.deliveries,
            seconds: self.seconds,
            acknowledgements: self.acknowledgements,
            median: Some(self.median_milliseconds),
            p99: Some(self.p99_milliseconds),
            cpu: self.server_cpu_seconds,
            memory: self.server_memory_mib,
            refused: self.refused.len(),
            findings: self.findings.len(),
        }
    }
}

impl Report {
    /// How many things are wrong.
    pub fn findings(&self) -> usize {
        self.files.iter().map(|file| file.findings.len()).sum()
    }

    fn total(&self) -> Row {
        let rows: Vec<Row> = self.files.iter().map(FileReport::row).collect();
        let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum();
        Row {
            name: "total".to_owned(),
            messages: sum(|row| row.messages),
            connections: sum(|row| row.connections),
            deliveries: sum(|row| row.deliveries),
            seconds: rows.iter().map(|row| row.seconds).sum(),
            acknowledgements: sum(|row| row.acknowledgements),
            median: None,
            p99: None,
            cpu: rows.iter().map(|row| row.cpu).sum(),
            memory: rows.last().and_then(|row| row.memory),
            refused: sum(|row| row.refused),
            findings: sum(|row| row.findings),
        }
    }
}

struct Row {
    name: String,
    messages: usize,
    connections: usize,
    deliveries: usize,
    seconds: f64,
    acknowledgements: usize,
    median: Option<f64>,
    p99: Option<f64>,
    cpu: Option<f64>,
    memory: Option<f64>,
    refused: usize,
    findings: usize,
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number =
            |value: Option<f64>, digits| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        let acknowledgements = u32::try_from(self.acknowledgements).unwrap_or(u32::MAX);
        let per_second = f64::from(acknowledgements) / self.seconds.max(f64::MIN_POSITIVE);
        write!(
            formatter,
            "| {:<12} | {:>8} | {:>11} | {:>10} | {:>7.1} | {:>6.0} | {:>6} | {:>6} | {:>5} | {:>7} | {:>7} | {:>8} |",
            self.name,
            self.messages,
            self.connections,
            self.deliveries,
            self.seconds,
            per_second,
            number(self.median, 2),
            number(self.p99, 2),
            number(self.cpu, 1),
            number(self.memory, 0),
            self.refused,
            self.findings,
        )
    }
}

/// A table that is also Markdown, then what was refused, left out and found.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "| file         | messages | connections | deliveries | seconds | acks/s | p50 ms | p99 ms | CPU s | RSS MiB | refused | findings |\n\
             |--------------|---------:|------------:|-----------:|--------:|-------:|-------:|-------:|------:|--------:|--------:|---------:|"
        )?;
        for row in self.files.iter().map(FileReport::row).chain([self.total()]) {
            writeln!(formatter, "{row}")?;
        }
        for file in &self.files {
            for Skipped { line, reason } in &file.refused {
                writeln!(formatter, "{}: line {line} was refused, as it had to be: {reason}", file.file)?;
            }
            for line in &file.strange {
                writeln!(formatter, "{}: line {line} is of no known form", file.file)?;
            }
            if file.mended > 0 {
                writeln!(formatter, "{}: {} lines are not valid UTF-8", file.file, file.mended)?;
            }
            for finding in &file.findings {
                writeln!(formatter, "{}: {finding}", file.file)?;
            }
        }
        Ok(())
    }
}
