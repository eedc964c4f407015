//! Real conversations, played against the real server: everybody saw everything, once, in order, to the byte.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use parlor_bench::replay::{self, Report};
use parlor_testkit::{Database, Options, Server};

/// The folder of whole days, where there is one.
const LOGS: &str = "PARLOR_TEST_LOGS";

fn logs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        let is_day =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("20"));
        files
            .extend((is_day && path.extension().is_some_and(|extension| extension == "txt")).then_some(path));
    }
    files.sort();
    Ok(files)
}

/// The excerpts that stand in the repository.
fn sample() -> Result<Vec<PathBuf>> {
    logs_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../parlor-bench/fixtures")))
}

async fn replay(database: Database, files: &[PathBuf]) -> Result<Report> {
    let server = Server::start(Options::new(env!("CARGO_BIN_EXE_parlor")).database(database)).await?;
    let options =
        replay::Options { server: server.url().to_owned(), pid: server.pid(), speed: None, progress: false };
    let report = replay::run(&options, files).await?;
    assert_eq!(report.findings(), 0, "{report}\n{}", server.log());
    server.stop().await?;
    println!("{report}");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_replays_on_sqlite() -> Result<()> {
    let report = replay(Database::Sqlite, &sample()?).await?;
    let refused: Vec<&str> =
        report.files.iter().flat_map(|file| &file.refused).map(|line| line.reason.as_str()).collect();
    assert_eq!(refused, ["body_empty", "body_empty"]);
    let deliveries: usize = report.files.iter().map(|file| file.deliveries).sum();
    assert!(deliveries > 10_000, "{deliveries} deliveries are too few to show anything");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_replays_on_postgresql() -> Result<()> {
    replay(Database::Postgres, &sample()?).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_replays() -> Result<()> {
    let files = match std::env::var_os(LOGS) {
        Some(folder) => logs_in(Path::new(&folder))?,
        None => sample()?,
    };
    let day = files.first().with_context(|| format!("there are no logs in {LOGS}"))?;
    replay(Database::Sqlite, std::slice::from_ref(day)).await.map(drop)
}
