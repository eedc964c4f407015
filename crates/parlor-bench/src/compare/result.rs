//! What a comparison found out: a row for each server, in a form that is kept, and as a table with ratios.

use std::fmt;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::peer::Peer;
use crate::goals::Figure;
use crate::goals::report::short;
use crate::goals::stage::Sample;
use crate::measure::machine::Machine;

/// A comparison.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// How it was measured.
    pub method: String,
    /// The command that repeats it.
    pub command: String,
    /// True if it was shorter or smaller than it should be.
    pub shortened: bool,
    /// Where.
    pub machine: Machine,
    /// The servers, Parlor first.
    pub rows: Vec<Row>,
}

/// A server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What becomes of a message before it is acknowledged.
    pub durable: String,
    /// Everybody in one room.
    pub one_room: Side,
    /// Everybody in small rooms.
    pub small_rooms: Side,
    /// Why it is not there.
    pub left_out: Option<String>,
    /// Runs that failed.
    pub failed: Vec<String>,
}

/// Figures of a server with one kind of rooms.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Side {
    /// Deliveries a second.
    pub deliveries: Figure,
    /// Microseconds of server CPU a delivery.
    pub cpu: Figure,
    /// Milliseconds until half of the sends were acknowledged.
    pub acknowledged: Figure,
    /// KiB of resident memory a connection, before anything is said.
    pub memory: Figure,
    /// Places that were missing, repeated or out of order, and connections that were lost.
    pub findings: u64,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            deliveries: Figure::more("deliveries", "1/s"),
            cpu: Figure::less("server CPU a delivery", "µs"),
            acknowledged: Figure::less("acknowledgement p50", "ms"),
            memory: Figure::less("resident memory a connection", "KiB"),
            findings: 0,
        }
    }
}

impl Row {
    /// Nothing is known of this one yet.
    pub fn new(peer: Peer) -> Self {
        Self { name: peer.title().to_owned(), durable: peer.durable().to_owned(), ..Self::default() }
    }

    /// Notes why something is not there.
    pub fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result
            .map_err(|error| {
                eprintln!("{} is left out: {error:#}", self.name);
                self.left_out = Some(format!("{error:#}"));
            })
            .ok()
    }

    /// Adds a run.
    pub fn add(&mut self, one_room: bool, sample: &Sample, memory: f64) {
        let side = if one_room { &mut self.one_room } else { &mut self.small_rooms };
        side.deliveries.values.push(sample.deliveries_a_second());
        side.cpu.values.push(sample.cpu_a_delivery());
        side.acknowledged.values.push(sample.total.acks.milliseconds_at(0.5));
        side.memory.values.push(memory);
        let outcome = &sample.total.outcome;
        side.findings += sample.findings.count + outcome.lost + outcome.refused + outcome.unanswered;
    }
}

impl Comparison {
    /// What is wrong with Parlor. What is wrong with a peer is told in its row and is no failure of the comparison.
    pub fn wrong(&self) -> u64 {
        let own = self.rows.iter().filter(|row| row.name == Peer::Parlor.title());
        own.map(|row| row.one_room.findings + row.small_rooms.findings + row.failed.len() as u64).sum()
    }

    /// The table in Markdown, for one kind of rooms.
    pub fn table(&self, side: fn(&Row) -> &Side) -> String {
        let base = self.rows.iter().find(|row| row.name == Peer::Parlor.title()).map(side);
        let mut lines = vec![
            "| server | deliveries/s | Parlor is | CPU a delivery µs | Parlor needs | ack p50 ms | KiB a connection | durable | findings |"
                .to_owned(),
            "|---|---:|---:|---:|---:|---:|---:|---|---:|".to_owned(),
        ];
        for row in self.rows.iter().filter(|row| !side(row).deliveries.values.is_empty()) {
            let this = side(row);
            let times = |of: fn(&Side) -> &Figure| {
                let base = base.map(|base| of(base).median()).filter(|base| *base > 0.0);
                match (base, of(this).median()) {
                    (Some(base), other) if other > 0.0 => format!("{}×", short(base / other)),
                    _ => "–".to_owned(),
                }
            };
            lines.push(format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.name,
                short(this.deliveries.median()),
                times(|side| &side.deliveries),
                short(this.cpu.median()),
                times(|side| &side.cpu),
                short(this.acknowledged.median()),
                short(this.memory.median()),
                row.durable,
                this.findings
            ));
        }
        lines.join("\n") + "\n"
    }

    /// What is not there, and why: one line each.
    pub fn absent(&self) -> Vec<String> {
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let left_out =
            |row: &Row| row.left_out.as_ref().map(|why| format!("{} was left out: {}", row.name, first(why)));
        let failed = |row: &Row| -> Vec<String> {
            row.failed.iter().map(|why| format!("{} failed with {}", row.name, first(why))).collect()
        };
        self.rows.iter().flat_map(|row| left_out(row).into_iter().chain(failed(row))).collect()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shortened = if self.shortened { " (shortened: not for telling)" } else { "" };
        writeln!(formatter, "One room{shortened}\n\n{}", self.table(|row| &row.one_room))?;
        writeln!(formatter, "Small rooms\n\n{}", self.table(|row| &row.small_rooms))?;
        self.absent().iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(peer: Peer, deliveries: f64, cpu: f64) -> Row {
        let mut row = Row::new(peer);
        row.one_room.deliveries.values.push(deliveries);
        row.one_room.cpu.values.push(cpu);
        row
    }

    #[test]
    fn ratios_are_parlor_in_terms_of_the_other() {
        let rows = vec![row(Peer::Parlor, 300_000.0, 1.0), row(Peer::NodeWs, 60_000.0, 8.0)];
        let comparison = Comparison { rows, ..Comparison::default() };
        let table = comparison.table(|row| &row.one_room);
        assert!(table.contains("| Node `ws` | 60,000 | 5.00× | 8.00 | 0.12× |"), "{table}");
        assert_eq!(comparison.table(|row| &row.small_rooms).lines().count(), 2);
    }

    #[test]
    fn what_is_left_out_is_told_and_is_no_failure() {
        let mut absent = Row::new(Peer::Prosody);
        assert_eq!(absent.note::<()>(Err(anyhow::anyhow!("no apt\nat all"))), None);
        let comparison = Comparison { rows: vec![absent], ..Comparison::default() };
        assert_eq!(comparison.absent(), ["Prosody MUC was left out: no apt"]);
        assert_eq!(comparison.wrong(), 0);
    }
}
