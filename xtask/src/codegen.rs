//! Committed files that a program writes: how each is made, and whether it is stale.
//!
//! To add one, add a row to [`GENERATED`]; the check in `cargo xtask test` and the rules of tidy follow.

use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::output::say;
use crate::workspace::{cargo, root};

/// A committed file and the program that prints it.
pub(crate) struct Generated {
    /// Path from the repository's top folder.
    pub(crate) path: &'static str,
    /// What to tell `cargo run`.
    program: &'static [&'static str],
    /// Whether a test of the crate compares file and program, so that a check here would only build more.
    has_test: bool,
}

/// All generated files.
pub(crate) const GENERATED: &[Generated] = &[
    Generated {
        path: "packages/client/src/protocol.ts",
        program: &["--package=parlor-protocol", "--features=ts", "--example=typescript"],
        has_test: false,
    },
    Generated {
        path: "packages/client/src/binary-tables.ts",
        program: &[
            "--package=parlor-protocol",
            "--features=ts",
            "--example=typescript",
            "--",
            "binary-tables",
        ],
        has_test: false,
    },
    Generated {
        path: "docs/configuration.md",
        program: &["--package=parlor", "--", "config", "reference"],
        has_test: true,
    },
];

/// The task `codegen`.
pub(crate) fn run(check: bool) -> Result<ExitCode> {
    let mut stale = 0;
    for generated in GENERATED.iter().filter(|generated| !(check && generated.has_test)) {
        let wanted = generated.text()?;
        let path = root().join(generated.path);
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        if present == wanted {
            say(&format!("{} is fresh", generated.path));
        } else if check {
            stale += 1;
            say(&format!("{} is stale: {}", generated.path, first_difference(&present, &wanted)));
        } else {
            std::fs::write(&path, wanted).with_context(|| format!("can't write {}", generated.path))?;
            say(&format!("{} is written anew", generated.path));
        }
    }
    if stale > 0 {
        say("Run `cargo xtask codegen` and commit what it writes.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

impl Generated {
    /// What the file should hold, from its generator.
    fn text(&self) -> Result<String> {
        let output = cargo("run")
            .args(["--quiet", "--locked"])
            .args(self.program)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("can't run cargo")?;
        if !output.status.success() {
            bail!("the generator of {} failed: `cargo run {}`", self.path, self.program.join(" "));
        }
        if output.stdout.is_empty() {
            bail!("the generator of {} printed nothing", self.path);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("the generator of {} printed no text", self.path))
    }
}

/// Says where two texts part.
fn first_difference(present: &str, wanted: &str) -> String {
    let (mut present, mut wanted) = (present.lines(), wanted.lines());
    for number in 1_usize.. {
        match (present.next(), wanted.next()) {
            (Some(is), Some(should)) if is == should => {}
            (Some(is), Some(should)) => {
                let same = is.chars().zip(should.chars()).take_while(|(is, should)| is == should).count();
                return format!(
                    "line {number} is `{}`, should be `{}`",
                    around(is, same),
                    around(should, same)
                );
            }
            (Some(is), None) => return format!("line {number} is too much: `{}`", around(is, 0)),
            (None, Some(should)) => return format!("line {number} is missing: `{}`", around(should, 0)),
            (None, None) => break,
        }
    }
    "the ends of lines differ".to_owned()
}

/// The part of a line around a character: some lines are very long.
fn around(line: &str, place: usize) -> String {
    const BEFORE: usize = 30;
    const LENGTH: usize = 80;
    let start = place.saturating_sub(BEFORE);
    let part: String = line.chars().skip(start).take(LENGTH).collect();
    let head = if start > 0 { "…" } else { "" };
    let tail = if line.chars().count() > start + LENGTH { "…" } else { "" };
    format!("{head}{part}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), "line 2 is `b`, should be `c`");
        assert_eq!(first_difference("a\n", "a\nb\n"), "line 2 is missing: `b`");
        assert_eq!(first_difference("a\nb\n", "a\n"), "line 2 is too much: `b`");
        assert_eq!(first_difference("a", "a\n"), "the ends of lines differ");
    }

    #[test]
    fn long_lines_are_shown_where_they_differ() {
        let long = |middle: &str| format!("{}{middle}{}", "x".repeat(200), "y".repeat(200));
        let said = first_difference(&long("old"), &long("new"));
        assert!(said.contains("old") && said.contains("new"), "{said}");
        assert!(said.chars().count() < 250, "{said}");
    }
}
