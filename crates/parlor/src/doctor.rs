//! `parlor doctor`: can a server run here, and what to do where it can't. It changes nothing.

mod clock;
mod database;
mod folder;
mod machine;
mod port;
mod report;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::config::{Environment, Flags, Loaded, Problem, load};
use report::{Check, Report};

/// Examines everything and prints the report. Answers 0 if all is well, 1 if there are warnings, 2 if there are
/// problems.
pub(crate) fn run(flags: &Flags, json: bool) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    let report = runtime.block_on(examine(flags));
    let text = if json { report.to_json() } else { report.to_text() };
    crate::print(&text);
    Ok(report.exit_code())
}

async fn examine(flags: &Flags) -> Report {
    let mut report = Report::default();
    let now = crate::system::env().now();
    match load(flags, &Environment::of_process()) {
        Ok(loaded) => {
            let Loaded { configuration, file, warnings, .. } = loaded;
            report.add(configured(file.as_deref(), &warnings));
            report.add_all(folder::examine(&configuration));
            report.add(database::examine(&configuration).await);
            report.add(port::examine(configuration.server.listen).await);
            report.add(clock::examine(&configuration, now));
            report.add(machine::open_files(&configuration));
        }
        Err(problems) => {
            report.add_all(problems.iter().map(|problem| {
                Check::problem(
                    "configuration",
                    format!("{}: {}", problem.place, problem.what),
                    &problem.advice,
                )
            }));
            report.add(Check::warning(
                "server",
                "nothing else was examined, because the configuration can't be used",
                "Mend it, and run `parlor doctor` again.",
            ));
        }
    }
    report.add(machine::web_client());
    report
}

fn configured(file: Option<&std::path::Path>, warnings: &[Problem]) -> Check {
    if let Some(warning) = warnings.first() {
        return Check::warning(
            "configuration",
            format!("{}: {}", warning.place, warning.what),
            &warning.advice,
        );
    }
    let source = file.map_or("there is no file".to_owned(), |file| format!("read {}", file.display()));
    Check::ok("configuration", format!("can be used; {source}"))
}
