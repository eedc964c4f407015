//! The real server, killed with SIGKILL under load: nothing acknowledged is lost, nothing is there twice, and everybody
//! sees the same order. And the check itself is checked: a server with a planted error does not pass.

use anyhow::Result;
use parlor_bench::crash::{self, Options, Report};
use parlor_testkit::Database;

async fn crash(database: Database, kills: usize, planted: Option<&str>) -> Result<Report> {
    let options = Options {
        binary: env!("CARGO_BIN_EXE_parlor").into(),
        database,
        kills,
        seed: 1,
        planted: planted.map(str::to_owned),
        progress: false,
    };
    let report = crash::run(&options).await?;
    println!("{report}");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_lose_nothing_on_sqlite() -> Result<()> {
    let report = crash(Database::Sqlite, 30, None).await?;
    assert_eq!(report.wrongs(), 0, "{report}");
    assert!(report.resent > 0, "no kill hit a send that was under way");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_lose_nothing_on_postgresql() -> Result<()> {
    let report = crash(Database::Postgres, 10, None).await?;
    assert_eq!(report.wrongs(), 0, "{report}");
    Ok(())
}

#[cfg(feature = "planted-errors")]
mod planted {
    use parlor_bench::history::Verdict;

    use super::{Database, Report, Result, crash};

    fn has(report: &Report, verdict: Verdict) -> bool {
        report.findings.iter().any(|finding| finding.verdict == verdict)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_early_acknowledgement_is_found() -> Result<()> {
        let report = crash(Database::Sqlite, 15, Some("early-ack")).await?;
        assert!(has(&report, Verdict::Lost), "{report}");
        Ok(())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_ignored_nonce_is_found() -> Result<()> {
        let report = crash(Database::Sqlite, 5, Some("ignore-nonce")).await?;
        assert!(has(&report, Verdict::Duplicated), "{report}");
        Ok(())
    }
}
