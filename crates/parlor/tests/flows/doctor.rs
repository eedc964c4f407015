//! `parlor doctor`: it sees what is wrong, and changes nothing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use parlor_testkit::{Database, Server};
use serde_json::Value;

use crate::support::{end_of, parlor, text};

/// Runs it; returns its exit code and its report.
fn examine(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, Value) {
    let output =
        end_of(parlor(folder).args(["doctor", "--json"]).args(arguments).envs(variables.iter().copied()));
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status.code().unwrap(), report)
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))
}

fn status<'a>(report: &'a Value, name: &str) -> &'a str {
    check(report, name)["status"].as_str().unwrap()
}

#[test]
fn a_fresh_place_is_fine_and_stays_fresh() {
    let folder = tempfile::tempdir().unwrap();
    let (code, report) = examine(folder.path(), &["--listen", "127.0.0.1:0"], &[]);
    for name in ["configuration", "data folder", "disk space", "database", "port", "clock"] {
        assert_eq!(status(&report, name), "ok", "{report:#}");
    }
    assert!(code < 2, "{report:#}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_is_recognised() -> Result<()> {
    for database in [Database::Sqlite, Database::Postgres] {
        let server = Server::start(crate::support::server().database(database)).await?;
        server.owner().await?;
        let address = server.url().strip_prefix("http://").context("an address")?;
        let arguments = ["--listen", address, "--data-dir", "."];
        let url = server.database_url().unwrap_or_default();
        let (_, report) = examine(server.data_dir(), &arguments, &[("PARLOR_DATABASE_URL", url)]);
        assert!(
            check(&report, "port")["message"].as_str().unwrap().contains("a Parlor answers"),
            "{report:#}"
        );
        let message = check(&report, "database")["message"].as_str().unwrap();
        assert!(message.contains("uses it") && !message.contains("no server"), "{report:#}");
        let has_checksums = !message.contains("data_checksums is off");
        assert_eq!(status(&report, "database"), if has_checksums { "ok" } else { "warning" }, "{report:#}");
        server.stop().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_and_open_doors_are_noticed() -> Result<()> {
    let mut server = Server::start(crate::support::server()).await?;
    server.terminate().await?;
    let folder = server.data_dir();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    let arguments = ["--listen", "127.0.0.1:0", "--data-dir", "."];
    let (code, report) = examine(folder, &arguments, &[]);
    assert_eq!((code, status(&report, "data folder")), (1, "warning"), "{report:#}");

    std::fs::write(folder.join("parlor.sqlite"), "hello, world")?;
    let (code, report) = examine(folder, &arguments, &[]);
    assert_eq!((code, status(&report, "database")), (2, "problem"), "{report:#}");
    assert_eq!(std::fs::read(folder.join("parlor.sqlite"))?, b"hello, world");
    Ok(())
}

#[test]
fn a_wrong_configuration_is_a_problem_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("parlor.toml"), "[server]\nlistne = \"127.0.0.1:0\"\n").unwrap();
    let output = end_of(parlor(folder.path()).arg("doctor"));
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stdout);
    assert!(said.contains("parlor.toml:2") && said.contains("Did you mean `listen`?"), "{said}");
}

#[test]
fn a_port_of_something_else_is_a_problem() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, report) = examine(folder.path(), &["--listen", &address], &[]);
    assert_eq!((code, status(&report, "port")), (2, "problem"), "{report:#}");
}
