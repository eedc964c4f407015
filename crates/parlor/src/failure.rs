//! Why the program ends early, as the person at the terminal reads it: what, why and what to do.

use std::fmt;
use std::process::ExitCode;

use parlor_store::{Fatal, OpenError};

use crate::config::Problem;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The configuration can't be used.
    Configuration(Vec<Problem>),
    /// Something went wrong while running.
    Running(anyhow::Error),
    /// The server can't go on, and starting it anew is what may help.
    Ended(Ended),
}

/// Why a running server ends by itself. Each has an exit code of its own, so that a supervisor can tell them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A thread or task that the server can't do without panicked.
    Panicked(String),
    /// A commit or a sync failed.
    NotDurable,
    /// Another server took the database over.
    TakenOver,
}

impl Ended {
    /// The numbers of `sysexits.h` that come nearest: an internal error, an input or output error, a temporary failure.
    const fn code(&self) -> u8 {
        match self {
            Self::Panicked(_) => 70,
            Self::NotDurable => 74,
            Self::TakenOver => 75,
        }
    }
}

impl From<Fatal> for Ended {
    fn from(fatal: Fatal) -> Self {
        match fatal {
            Fatal::NotDurable => Self::NotDurable,
            Fatal::TakenOver => Self::TakenOver,
            Fatal::Panicked => Self::Panicked("database".to_owned()),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(name) => {
                write!(formatter, "“{name}”, which the server can't do without, failed: this is a defect of Parlor")
            }
            Self::NotDurable => formatter.write_str(
                "a write could not be made durable: look at the disk and its messages. Nothing that was acknowledged \
                 is lost; a start reads what the disk really holds",
            ),
            Self::TakenOver => formatter.write_str("another server has taken the database over"),
        }
    }
}

impl Failure {
    /// What the shell learns.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(2),
            Self::Running(error) if is_damage(error) => ExitCode::from(3),
            Self::Running(_) => ExitCode::FAILURE,
            Self::Ended(ended) => ExitCode::from(ended.code()),
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
            Self::Ended(ended) => write!(formatter, "error: the server ends: {ended}."),
        }
    }
}
