//! The commands `all` and `report`: every goal and the comparison in one go, and the page that tells them.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

use parlor_bench::compare::{self, install, peer::Peer};
use parlor_bench::goals;
use parlor_bench::load::now;
use parlor_bench::page::{self, Results};

use crate::goal_command::{LoadArguments, keep};

/// The part of the time after which goals are not run once more: the rest is for the comparison.
const FOR_GOALS: f64 = 0.55;
/// The part of the time after which nothing is run once more.
const FOR_ALL: f64 = 0.8;

/// How long, and where results go.
#[derive(Debug, Args)]
pub(crate) struct AllArguments {
    #[command(flatten)]
    load: LoadArguments,
    /// Where the results are written, one JSON file each.
    #[arg(long, value_name = "FOLDER", default_value = "docs/benchmarks/results")]
    out: PathBuf,
    /// Minutes that it should take at most, once the caches are filled: there are fewer runs of each if time runs out,
    /// but at least one.
    #[arg(long, value_name = "MINUTES", default_value_t = 25)]
    within: u32,
}

/// Where results come from, and where they are told.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Where the results are.
    #[arg(long, value_name = "FOLDER", default_value = "docs/benchmarks/results")]
    results: PathBuf,
    /// The page that tells them.
    #[arg(long, value_name = "FILE", default_value = "docs/benchmarks.md")]
    page: PathBuf,
    /// Where plots are written.
    #[arg(long, value_name = "FOLDER", default_value = "docs/benchmarks")]
    plots: PathBuf,
    /// Writes nothing, and fails if something would be written that is not there.
    #[arg(long)]
    check: bool,
}

/// Measures everything. Returns how much is wrong.
pub(crate) fn run_all(arguments: &AllArguments) -> Result<u64> {
    let mut settings = arguments.load.settings()?;
    // What can't be made is told again, and counted, by the goal or the peer that needs it.
    if let Err(error) = goals::prepare(&settings) {
        eprintln!("not prepared: {error:#}");
    }
    for peer in Peer::all() {
        drop(install::place(&settings, peer));
    }
    let begun = now();
    let within = Duration::from_secs(60 * u64::from(arguments.within));
    let at = |part: f64| begun + u64::try_from(within.mul_f64(part).as_nanos()).unwrap_or(u64::MAX);
    settings.deadline = Some(at(FOR_GOALS));
    let mut wrong = 0;
    goals::measure_all(&settings, |report| {
        match report {
            Ok(report) => {
                print!("{report}");
                wrong += report.wrong();
                keep(&arguments.out.join(format!("{}.json", report.goal)), &report)?;
            }
            Err(error) => {
                eprintln!("not measured: {error:#}");
                wrong += 1;
            }
        }
        Ok(())
    })?;
    settings.deadline = Some(at(FOR_ALL));
    let comparison = compare::run(&settings, &Peer::all())?;
    print!("{comparison}");
    keep(&arguments.out.join("compare.json"), &comparison)?;
    eprintln!("it took {} s", (now() - begun) / 1_000_000_000);
    Ok(wrong + comparison.wrong())
}

/// Writes the page and the plots.
pub(crate) fn run_report(arguments: &ReportArguments) -> Result<()> {
    let files = Results::load(&arguments.results)?.files(&arguments.page, &arguments.plots)?;
    let stale = page::stale(&files);
    if arguments.check {
        ensure!(stale.is_empty(), "run `parlor-bench report`: {stale:?} tell something else");
        return Ok(());
    }
    for path in stale {
        println!("writing {}", path.display());
    }
    page::write(&files)
}
