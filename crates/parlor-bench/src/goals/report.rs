//! What an experiment found out, in the form that is kept: figures with what they should be, and all runs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::load::ledger::Findings;
use crate::measure::machine::Machine;

/// What was found out about a goal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Its short name: `p1`.
    pub goal: String,
    /// What it is about.
    pub title: String,
    /// How it was measured, in a sentence.
    pub method: String,
    /// The command that repeats it.
    pub command: String,
    /// True if it was shorter or smaller than the goal wants: to try something, not to be told.
    #[serde(default)]
    pub shortened: bool,
    /// Where.
    pub machine: Machine,
    /// The load average before each run.
    pub loads: Vec<f64>,
    /// What should be reached, and what tells more about it.
    pub figures: Vec<Figure>,
    /// What the checker found wrong, in all runs together.
    pub findings: Findings,
    /// What else went wrong: lost connections, refusals, sends without an answer.
    pub wrongs: Vec<String>,
}

/// A figure, once for every run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// Of what.
    pub unit: String,
    /// What it has to be, at most or at least.
    pub must: Option<f64>,
    /// What it would be at its best.
    pub aim: Option<f64>,
    /// True if more is better.
    pub more_is_better: bool,
    /// What it was, run by run.
    pub values: Vec<f64>,
}

impl Figure {
    /// A figure of which less is better.
    pub fn less(name: &str, unit: &str) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), ..Self::default() }
    }

    /// A figure of which more is better.
    pub fn more(name: &str, unit: &str) -> Self {
        Self { more_is_better: true, ..Self::less(name, unit) }
    }

    /// What it has to be, and would be at its best.
    #[must_use]
    pub fn goal(mut self, must: f64, aim: f64) -> Self {
        (self.must, self.aim) = (Some(must), Some(aim));
        self
    }

    /// What it would be at its best, where nothing has to be.
    #[must_use]
    pub fn aim(mut self, aim: f64) -> Self {
        self.aim = Some(aim);
        self
    }

    /// What it was, run by run.
    #[must_use]
    pub fn values(mut self, values: impl IntoIterator<Item = f64>) -> Self {
        self.values = values.into_iter().collect();
        self
    }

    /// The value in the middle, 0 if there is none.
    pub fn median(&self) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
        match (sorted.get(low), sorted.get(high)) {
            (Some(low), Some(high)) => f64::midpoint(*low, *high),
            _ => 0.0,
        }
    }

    /// The worst value, 0 if there is none.
    pub fn worst(&self) -> f64 {
        let values = self.values.iter().copied();
        let worst =
            if self.more_is_better { values.min_by(f64::total_cmp) } else { values.max_by(f64::total_cmp) };
        worst.unwrap_or_default()
    }

    /// How far it came, in words; empty if there is nothing to come to.
    pub fn verdict(&self) -> &'static str {
        match (self.must.map(|must| self.reaches(must)), self.aim.map(|aim| self.reaches(aim))) {
            (_, Some(true)) => "aim reached",
            (Some(true), _) => "must reached",
            (Some(false), _) => "**not reached**",
            (None, Some(false)) => "aim not reached",
            (None, None) => "",
        }
    }

    /// True if the median is as good as this.
    pub fn reaches(&self, wanted: f64) -> bool {
        if self.more_is_better { self.median() >= wanted } else { self.median() <= wanted }
    }
}

impl Report {
    /// How much is wrong. Figures of such a run mean nothing.
    pub fn wrong(&self) -> u64 {
        self.findings.count + self.wrongs.len() as u64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loads: Vec<String> = self.loads.iter().map(|load| format!("{load:.1}")).collect();
        let shortened = if self.shortened { " (shortened: not the goal's figures)" } else { "" };
        writeln!(formatter, "{}: {}{shortened}", self.goal.to_uppercase(), self.title)?;
        writeln!(formatter, "  {} runs, load average before each: {}", self.loads.len(), loads.join(" "))?;
        for figure in &self.figures {
            write!(formatter, "  {:<40}", format!("{} [{}]", figure.name, figure.unit))?;
            write!(formatter, " median {:>10} worst {:>10}", short(figure.median()), short(figure.worst()))?;
            if let Some(aim) = figure.aim {
                let must = figure.must.map_or_else(|| "-".to_owned(), short);
                write!(formatter, "  must {must} aim {}", short(aim))?;
                if !self.shortened {
                    write!(formatter, ": {}", figure.verdict())?;
                }
            }
            writeln!(formatter)?;
        }
        for finding in &self.findings.first {
            writeln!(formatter, "  {finding}")?;
        }
        for wrong in &self.wrongs {
            writeln!(formatter, "  {wrong}")?;
        }
        writeln!(formatter, "  findings: {}", self.wrong())
    }
}

/// A number with as many digits as one wants to read.
pub fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        ..0.1 => 4,
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    let plain = format!("{value:.digits$}");
    let (whole, rest) =
        plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match rest {
        Some(rest) => format!("{sign}{grouped}.{rest}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_worst() {
        let less = Figure::less("x", "ms").values([3.0, 1.0, 2.0]);
        assert_eq!((short(less.median()), short(less.worst())), ("2.00".to_owned(), "3.00".to_owned()));
        let more = Figure::more("x", "1/s").values([4.0, 1.0, 2.0, 3.0]);
        assert_eq!((short(more.median()), short(more.worst())), ("2.50".to_owned(), "1.00".to_owned()));
        assert_eq!(short(Figure::less("x", "ms").median()), "0");
    }

    #[test]
    fn a_goal_is_reached_from_the_right_side() {
        let less = Figure::less("x", "ms").goal(4.0, 1.0).values([2.0]);
        assert!(less.reaches(4.0) && !less.reaches(1.0));
        let more = Figure::more("x", "1/s").goal(4.0, 10.0).values([5.0]);
        assert!(more.reaches(4.0) && !more.reaches(10.0));
    }

    #[test]
    fn numbers_are_short() {
        let texts = [0.0, 0.0123, 0.5, 1.234, 12.34, 1234.6, -1_234_567.0].map(short);
        assert_eq!(texts, ["0", "0.0123", "0.50", "1.23", "12.3", "1,235", "-1,234,567"]);
    }
}
