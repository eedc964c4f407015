//! The end of a run: a table of times, and the one line that says it all.

use std::process::ExitCode;
use std::time::Duration;

use super::counts::Counts;
use crate::output::{duration, say};

/// What became of a step.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) counts: Counts,
    pub(super) elapsed: Duration,
}

/// Prints the table and, as the very last line, `N passed, N failed`.
pub(super) fn print(rows: &[Row], elapsed: Duration) -> ExitCode {
    for line in table(rows, elapsed) {
        say(&line);
    }
    let total = sum(rows);
    say(&last_line(total));
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn last_line(total: Counts) -> String {
    format!("{} passed, {} failed", total.passed, total.failed)
}

fn table(rows: &[Row], elapsed: Duration) -> Vec<String> {
    let mut lines =
        vec![String::new(), format!("{:<14} {:>7} {:>7} {:>12}", "step", "passed", "failed", "time")];
    for row in rows {
        let Counts { passed, failed } = row.counts;
        lines.push(format!("{:<14} {passed:>7} {failed:>7} {:>12}", row.name, duration(row.elapsed)));
    }
    lines.push(format!("{:<14} {:>7} {:>7} {:>12}", "together", "", "", duration(elapsed)));
    lines
}

fn sum(rows: &[Row]) -> Counts {
    rows.iter().fold(Counts::default(), |mut total, row| {
        total.add(row.counts);
        total
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_all_steps_are_added() {
        let row =
            |passed, failed| Row { name: "any", counts: Counts { passed, failed }, elapsed: Duration::ZERO };
        let total = sum(&[row(3, 0), row(4, 2)]);
        assert_eq!(total, Counts { passed: 7, failed: 2 });
        assert_eq!(last_line(total), "7 passed, 2 failed");
    }

    #[test]
    fn every_step_has_its_line() {
        let counts = Counts { passed: 12, failed: 1 };
        let lines = table(
            &[Row { name: "tests", counts, elapsed: Duration::from_secs(75) }],
            Duration::from_secs(80),
        );
        assert_eq!(lines[2], "tests               12       1   1 min 15 s");
        assert!(lines[3].ends_with("1 min 20 s"));
    }
}
