//! The log: lines on standard error, for people or for programs.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::sections::{Format, Log};

/// Begins to log. Called once.
///
/// # Errors
/// Something else in the process logs already, or the filter is not one.
pub(crate) fn begin(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(log.filter.as_str())?;
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match log.format {
        Format::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| anyhow::anyhow!("can't begin to log: {error}"))
}
