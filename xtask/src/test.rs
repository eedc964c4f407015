//! `cargo xtask test`: runs every step, goes on after a failed one, and ends with one line of counts.

mod copy;
mod counts;
mod npm;
mod prerequisites;
mod report;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::output::{duration, kept, say};
use counts::Counts;
use report::Row;
use steps::{STEPS, Step, When};

/// Names the steps.
pub(crate) fn list() {
    for step in STEPS {
        say(&format!("{:<14} {}", step.name, step.about));
    }
}

/// Runs the steps named, all of them if none is, in the order of the list.
pub(crate) fn run(only: &[String]) -> Result<ExitCode> {
    let chosen = choose(only)?;
    let started = Instant::now();
    let _copy = copy::enter()?;
    let mut rows = run_those(&chosen, When::First);
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| kept(|| run_those(&chosen, When::Beside)));
        rows.extend(run_those(&chosen, When::Compiling));
        if let Ok((more, words)) = beside.join() {
            say(words.trim_end());
            rows.extend(more);
        }
    });
    rows.extend(run_those(&chosen, When::Alone));
    if rows.len() < chosen.len() {
        bail!("a step panicked");
    }
    Ok(report::print(&rows, started.elapsed()))
}

fn run_those(chosen: &[&'static Step], when: When) -> Vec<Row> {
    chosen.iter().filter(|step| step.when == when).map(|step| run_step(step)).collect()
}

fn choose(only: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == name.as_str())) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; the steps are {}", names.join(", "));
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

fn run_step(step: &'static Step) -> Row {
    say(&format!("\n==== {}: {}", step.name, step.about));
    let started = Instant::now();
    let counts = (step.run)().unwrap_or_else(|error| {
        say(&format!("error: {error:#}"));
        Counts::FAILED
    });
    let elapsed = started.elapsed();
    let verdict = if counts.failed == 0 { "passed" } else { "FAILED" };
    say(&format!("---- {}: {verdict} in {}", step.name, duration(elapsed)));
    Row { name: step.name, counts, elapsed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_in_the_order_of_the_list() {
        let wanted = ["tidy".to_owned(), "format".to_owned()];
        let names: Vec<&str> = choose(&wanted).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(names, ["format", "tidy"]);
        assert_eq!(choose(&[]).unwrap().len(), STEPS.len());
        assert!(choose(&["nothing".to_owned()]).is_err());
    }

    #[test]
    fn steps_are_listed_as_they_run() {
        assert!(STEPS.is_sorted_by_key(|step| step.when));
    }
}
