//! `cargo xtask counts`: how many instructions the hot paths take, against what is committed.
//!
//! Instructions are counted by Valgrind, which executes them one by one, so that a busy machine changes nothing. Each
//! path is run twice, with some rounds and with twice as many: the difference is free of what it takes to start.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::output::say;
use crate::tools;
use crate::workspace::{build_example, root};

/// The counts that are committed: a line each, `<name> <instructions>`.
const BASELINES: &str = "xtask/counts.txt";
/// What a path may take more than is committed before the check fails, in percent. The same code gives the same count
/// to the instruction on one machine; the C library's memory functions differ from processor to processor.
const TOLERANCE: f64 = 5.0;
/// Rounds of the first run.
const ROUNDS: u32 = 2_000;

/// The task `counts`: compares, or with `update` writes down what is counted.
pub(crate) fn run(update: bool) -> Result<ExitCode> {
    let valgrind = tools::find("valgrind").context(
        "there is no `valgrind` in PATH, and nothing else here counts instructions; it is a package of that name",
    )?;
    let program = build_example("counts")?;
    let mut counted = Vec::new();
    for name in names(&program)? {
        let once = count(&valgrind, &program, &name, ROUNDS)?;
        let twice = count(&valgrind, &program, &name, 2 * ROUNDS)?;
        let difference = twice.checked_sub(once).context("twice the rounds took fewer instructions")?;
        #[expect(clippy::cast_precision_loss, reason = "a few million instructions are exact in a float")]
        counted.push((name, difference as f64 / f64::from(ROUNDS)));
    }
    let path = root().join(BASELINES);
    if update {
        let lines = counted.iter().map(|(name, count)| format!("{name} {count:.1}\n"));
        std::fs::write(&path, lines.collect::<String>())
            .with_context(|| format!("can't write {BASELINES}"))?;
        say(&format!("{BASELINES} is written anew"));
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {BASELINES}"))?;
    let (lines, failures) = compare(&counted, &parse(&text)?);
    for line in &lines {
        say(line);
    }
    if failures > 0 {
        say(&format!(
            "{failures} of {} are not what is committed. If it is worth it, say why in the commit, with what `cargo \
             xtask counts --update` writes.",
            lines.len()
        ));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn names(program: &Path) -> Result<Vec<String>> {
    let output = Command::new(program).output().context("can't run the program to be counted")?;
    let text = String::from_utf8(output.stdout).context("the program to be counted told no names")?;
    let names: Vec<String> = text.lines().map(str::to_owned).collect();
    if names.is_empty() {
        bail!("there is nothing to count");
    }
    Ok(names)
}

/// The instructions of one run, from its start to its end.
fn count(valgrind: &PathBuf, program: &Path, name: &str, rounds: u32) -> Result<u64> {
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([name, &rounds.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .context("can't run valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{name} did not run under valgrind:\n{said}");
    }
    collected(&said).with_context(|| format!("valgrind told no count of {name}:\n{said}"))
}

/// The number in `==<process>== Collected : <number>`.
fn collected(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

fn parse(text: &str) -> Result<Vec<(&str, f64)>> {
    let parsed = text.lines().map(|line| {
        let (name, count) = line.split_once(' ')?;
        Some((name, count.trim().parse().ok()?))
    });
    parsed
        .collect::<Option<_>>()
        .with_context(|| format!("each line of {BASELINES} should be `<name> <number>`"))
}

/// A line for each path, and how many are wrong. One that takes less than is committed is told, not blamed.
fn compare(counted: &[(String, f64)], committed: &[(&str, f64)]) -> (Vec<String>, usize) {
    let mut lines = Vec::new();
    let mut failures = 0;
    for (name, count) in counted {
        let baseline = committed.iter().find(|(known, _)| known == name).map(|(_, baseline)| *baseline);
        let Some(baseline) = baseline else {
            lines.push(format!("{name:<32} {count:>9.1} instructions: FAILED, nothing is committed"));
            failures += 1;
            continue;
        };
        let percent = (count / baseline - 1.0) * 100.0;
        let failed = percent > TOLERANCE;
        failures += usize::from(failed);
        let verdict = match percent {
            _ if failed => ": FAILED",
            _ if percent < -TOLERANCE => ": better; write it down with --update",
            _ => "",
        };
        lines
            .push(format!("{name:<32} {count:>9.1} instructions, {percent:+.1} % of {baseline:.1}{verdict}"));
    }
    for (name, _) in committed.iter().filter(|(known, _)| !counted.iter().any(|(name, _)| name == known)) {
        lines.push(format!("{name:<32} FAILED: it is committed, but there is no such path"));
        failures += 1;
    }
    (lines, failures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_tolerance_fails() {
        let judge = |count: f64| compare(&[("path".to_owned(), count)], &[("path", 100.0)]);
        assert_eq!(judge(104.9).1, 0);
        assert_eq!(judge(105.1).1, 1);
        let (lines, failures) = judge(90.0);
        assert_eq!(failures, 0);
        assert!(lines[0].contains("better"), "{lines:?}");
    }

    #[test]
    fn paths_and_baselines_belong_together() {
        assert_eq!(compare(&[("new".to_owned(), 1.0)], &[]).1, 1);
        assert_eq!(compare(&[], &[("old", 1.0)]).1, 1);
        assert!(parse("one 1.5\ntwo 2\n").is_ok());
        assert!(parse("one\n").is_err());
    }

    #[test]
    fn the_count_is_found_in_what_valgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 123456\n==7==\n";
        assert_eq!(collected(said), Some(123_456));
        assert_eq!(collected("valgrind: failed"), None);
    }
}
