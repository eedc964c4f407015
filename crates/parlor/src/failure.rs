//! Why the program ends early, as the person at the terminal reads it: what, why and what to do.

use std::fmt;
use std::process::ExitCode;

use parlor_store::OpenError;

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
            Self::Running(error) if is_damage(error) => ExitCode::from(3),
            Self::Running(_) => ExitCode::FAILURE,
        }
    }
}

/// True if it is the database that is damaged: starting again would not help.
fn is_damage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let opening = cause.downcast_ref::<OpenError>().is_some_and(OpenError::is_damage);
        opening || matches!(cause.downcast_ref(), Some(parlor_store::Error::Damaged(_)))
    })
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
