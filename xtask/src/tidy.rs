//! Rules that no compiler knows. Each check is a module with a test that plants a violation and sees it caught.

mod arrows;
mod functions;
mod generated;
mod links;
mod markers;
mod modules;
mod sizes;
mod words;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use crate::output::say;
use crate::workspace::{Tree, metadata};

/// A violation: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    path: String,
    line: Option<usize>,
    message: String,
}

impl Problem {
    /// A violation by a whole file or crate.
    fn of(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }

    /// A violation in a line, counted from 1.
    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.path, self.message),
            None => write!(out, "{}: {}", self.path, self.message),
        }
    }
}

/// The task `tidy`: prints every violation.
pub(crate) fn run() -> Result<ExitCode> {
    let tree = Tree::read()?;
    let mut problems = arrows::check(&metadata()?);
    for check in [
        functions::check,
        generated::check,
        links::check,
        markers::check,
        modules::check,
        sizes::check,
        words::check,
    ] {
        problems.extend(check(&tree));
    }
    problems.sort();
    for problem in &problems {
        say(&problem.to_string());
    }
    if problems.is_empty() {
        say(&format!("{} files are tidy", tree.paths.len()));
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("{} violations", problems.len()));
    Ok(ExitCode::FAILURE)
}
