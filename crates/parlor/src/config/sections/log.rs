//! `[log]`: what is written to standard error.

use tracing_subscriber::EnvFilter;

use crate::config::section::section;
use crate::config::value::{Kind, Value, words};

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

words!(Format {
    "text" => Self::Text,
    "json" => Self::Json,
});

/// Which lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter(String);

impl Filter {
    /// The filter as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Filter {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "a level (error, warn, info, debug, trace), or levels of parts, like \"info,parlor_gateway=debug\""
            .into()
    }

    fn parse(text: &str) -> Option<Self> {
        EnvFilter::try_new(text).ok()?;
        Some(Self(text.to_owned()))
    }

    fn show(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

section! {
    /// What is written to standard error.
    ["log"] Log {
        /// Which lines: a level, or a level for each part, such as `info,parlor_gateway=debug`. What people write,
        /// their credentials and their network addresses are not in the log at "info".
        filter: Filter = Filter("info".into()), "PARLOR_LOG";
        /// The form of the lines: "text" or "json".
        format: Format = Format::Text, "PARLOR_LOG_FORMAT";
    }
}
