//! The command line and the configuration, as a person at a terminal meets them.

use insta::assert_snapshot;

use crate::support::{end_of, parlor, run, text};

fn printed(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), arguments);
    assert!(output.status.success(), "{output:?}");
    text(&output.stdout)
}

fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), arguments);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    text(&output.stderr)
}

#[test]
fn every_command_explains_itself() {
    assert_snapshot!("help", printed(&["--help"]));
    assert_snapshot!("help_serve", printed(&["serve", "--help"]));
    assert_snapshot!("help_doctor", printed(&["doctor", "--help"]));
    assert_snapshot!("help_config", printed(&["config", "--help"]));
    assert_snapshot!("help_config_example", printed(&["config", "example", "--help"]));
    assert_snapshot!("help_config_check", printed(&["config", "check", "--help"]));
    assert_snapshot!("help_config_reference", printed(&["config", "reference", "--help"]));
}

#[test]
fn the_annotated_file_is_this() {
    assert_snapshot!("config_example", printed(&["config", "example"]));
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(printed(&["--version"]), format!("parlor {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_typo_gets_a_hint() {
    assert_snapshot!("typo_command", refused(&["doktor"]));
    assert_snapshot!("typo_flag", refused(&["--lisen", "127.0.0.1:0"]));
    assert_snapshot!("typo_address", refused(&["--listen", "8080"]));
}

#[test]
fn the_strongest_source_wins_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[server]\nlisten = \"127.0.0.1:1\"\ndata_dir = \"from-file\"\n[access]\nguests = \"off\"\n";
    std::fs::write(folder.path().join("parlor.toml"), file).unwrap();
    let output = end_of(
        parlor(folder.path())
            .args(["config", "check", "--listen", "127.0.0.1:3"])
            .env("PARLOR_LISTEN", "127.0.0.1:2")
            .env("PARLOR_DATA_DIR", "from-environment"),
    );
    let shown = text(&output.stdout);
    let lines: Vec<_> = shown.lines().filter(|line| !line.ends_with("# default")).collect();
    assert_eq!(
        lines.join("\n").replace("\n\n", "\n"),
        "The configuration is good. File: parlor.toml\n\
         [server]\nlisten = \"127.0.0.1:3\"  # --listen\ndata_dir = \"from-environment\"  # PARLOR_DATA_DIR\n\
         [database]\n[access]\nguests = \"off\"  # parlor.toml:5\n[sessions]\n[limits]\n[log]"
    );
}

#[test]
fn a_wrong_configuration_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("parlor.toml"), "[server]\nlisten = \"here\"\nlistn = 1\n").unwrap();
    let output = end_of(parlor(folder.path()).env("PARLOR_REDIS_URL", "redis://localhost"));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_snapshot!("wrong_configuration", text(&output.stderr));
    assert!(!folder.path().join("data").exists());
}
