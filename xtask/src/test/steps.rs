//! The steps, in their order: what is quick and breaks often comes first.

use std::process::{Command, ExitCode};

use anyhow::Result;

use super::counts::Counts;
use super::{npm, prerequisites};
use crate::children::{stream, succeeds};
use crate::output::say;
use crate::postgres::Postgres;
use crate::workspace::{cargo, checkout};
use crate::{codegen, tidy, tools};

/// A part of the run that can be asked for by name.
pub(super) struct Step {
    /// What `--only` calls it.
    pub(super) name: &'static str,
    /// What it does, in a line.
    pub(super) about: &'static str,
    /// What it may run beside.
    pub(super) when: When,
    /// An error counts as one failure.
    pub(super) run: fn() -> Result<Counts>,
}

/// What a step may run beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    /// Before all others.
    First,
    /// One after the other.
    Compiling,
    /// Beside those that compile: Node leaves half of a small machine idle.
    Beside,
    /// After all that: servers and browsers are not to wait for a compiler.
    Alone,
}

/// All steps, in the order in which they are told.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "prerequisites",
        about: "PostgreSQL, Chromium and the npm packages are there, or get installed",
        when: When::First,
        run: prerequisites::run,
    },
    Step { name: "format", about: "Rust is formatted", when: When::Compiling, run: format },
    Step { name: "clippy", about: "no warning in any crate", when: When::Compiling, run: clippy },
    Step {
        name: "tidy",
        about: "the rules that no compiler knows",
        when: When::Compiling,
        run: || checked(tidy::run()),
    },
    Step {
        name: "codegen",
        about: "generated files are fresh",
        when: When::Compiling,
        run: || checked(codegen::run(true)),
    },
    Step {
        name: "docs",
        about: "the crates' documentation builds without a warning",
        when: When::Compiling,
        run: docs,
    },
    Step {
        name: "sdk",
        about: "TypeScript SDK: lint, types, tests, build and its size",
        when: When::Beside,
        run: sdk,
    },
    Step {
        name: "web",
        about: "web client: lint, types, tests, build and its size",
        when: When::Beside,
        run: web,
    },
    Step {
        name: "tests",
        about: "all Rust tests, on SQLite and on a real PostgreSQL",
        when: When::Alone,
        run: tests,
    },
    Step {
        name: "browser",
        about: "the web client in a real browser against a real server",
        when: When::Alone,
        run: browser,
    },
];

fn checked(result: Result<ExitCode>) -> Result<Counts> {
    Ok(Counts::one(result? == ExitCode::SUCCESS))
}

fn format() -> Result<Counts> {
    Ok(Counts::one(succeeds(cargo("fmt").args(["--all", "--check"]))?))
}

/// With the deliberate faults that the crash checker plants: what is compiled without them is compiled with them, too.
fn clippy() -> Result<Counts> {
    let usual = ["--workspace", "--features=parlor/planted-errors", "--all-targets", "--locked"];
    Ok(Counts::one(succeeds(cargo("clippy").args(usual).args(["--", "-D", "warnings"]))?))
}

fn tests() -> Result<Counts> {
    let mut counts = Counts::default();
    let mut command = cargo_test();
    command.arg("--no-fail-fast");
    let postgres = match std::env::var_os("PARLOR_TEST_POSTGRES_URL") {
        Some(_) => None,
        None => match Postgres::start() {
            Ok(postgres) => Some(postgres),
            Err(error) => {
                say(&format!("error: {error:#}; the tests run without it"));
                counts.add(Counts::FAILED);
                None
            }
        },
    };
    if let Some(postgres) = &postgres {
        command.env("PARLOR_TEST_POSTGRES_URL", postgres.url());
    }
    with_test_environment(&mut command);
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        command.env("RUST_TEST_THREADS", test_threads().to_string());
    }
    let mut told = Counts::default();
    let succeeded = stream(&mut command, |line| told.observe_cargo(line))?;
    counts.add(told.of_run(succeeded, true));
    Ok(counts)
}

/// The planted errors sleep until a test asks for one: the crash tests show that they would be seen.
fn cargo_test() -> Command {
    let mut command = cargo("test");
    command.args(["--workspace", "--features=parlor/planted-errors", "--locked"]);
    command
}

/// More than there are processors: many tests wait, for a disk, a server or a time.
fn test_threads() -> usize {
    3 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Names the browser and the folder of real chat logs, where they exist. Without the folder, the tests read the sample
/// in the repository.
fn with_test_environment(command: &mut Command) {
    if let Some(chromium) = tools::chromium() {
        command.env("CHROMIUM", chromium);
    }
    let logs = checkout().join("../shared/data/irc-logs");
    if std::env::var_os("PARLOR_TEST_LOGS").is_none() && logs.is_dir() {
        command.env("PARLOR_TEST_LOGS", logs);
    }
}

fn docs() -> Result<Counts> {
    let mut command = cargo("doc");
    command.args(["--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings");
    Ok(Counts::one(succeeds(&mut command)?))
}

fn sdk() -> Result<Counts> {
    npm::run_scripts(npm::CLIENT, &["lint", "check", "test", "build"])
}

fn web() -> Result<Counts> {
    npm::run_scripts(npm::WEB, &["lint", "check", "test", "build"])
}

/// The server is the one that the tests use: built already, unless this step runs alone.
fn browser() -> Result<Counts> {
    if !succeeds(cargo_test().arg("--no-run"))? {
        return Ok(Counts::FAILED);
    }
    npm::run_scripts(npm::WEB, &["e2e"])
}
