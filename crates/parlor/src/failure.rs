//! Why the program ends early, as the person at the terminal reads it: what, why and what to do.

use std::fmt;
use std::process::ExitCode;

use crate::config::Problem;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The configuration can't be used.
    Configuration(Vec<Problem>),
    /// Something went wrong while running.
    Running(anyhow::Error),
}

impl Failure {
    /// What the shell learns.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(2),
            Self::Running(_) => ExitCode::FAILURE,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Running(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(problems) => {
                formatter.write_str("error: the configuration can't be used.")?;
                problems.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
            }
            Self::Running(error) => write!(formatter, "error: {error:#}"),
        }
    }
}
