//! `cargo xtask fuzz`: looks for input that breaks a property, guided by what code it reaches.
//!
//! The targets are in `fuzz/`. They are built with the stable compiler: LLVM's instruments are asked for by flags that
//! it knows, and libFuzzer comes as a crate. What a run learns is kept in a cache outside the checkout.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::children::stream_within;
use crate::output::say;
use crate::tools;
use crate::workspace::{cargo, root};

/// What there is to fuzz, and what goes in.
const TARGETS: &[(&str, &str)] = &[
    ("frames", "what a client sends after the handshake, in any pieces"),
    ("commands", "what a client says in a frame, as JSON and in the binary encoding"),
    ("markdown", "what becomes of the text of a message"),
];

/// The instruments that libFuzzer reads: which code was reached, and what was compared with what.
const INSTRUMENTS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// The longest input, in bytes.
const MAX_INPUT: usize = 4096;
/// More memory than this is a finding, in MiB.
const MEMORY: usize = 512;
/// An input that takes longer is a finding, in seconds.
const SLOW: usize = 5;
/// How much longer than asked a run may take, in seconds: it first goes through what earlier ones have kept.
const PATIENCE: u64 = 600;

/// The task `fuzz`: runs the targets named, or all of them, one after the other, each for so many seconds.
pub(crate) fn run(seconds: u64, wanted: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = wanted.iter().find(|name| !TARGETS.iter().any(|(target, _)| target == name)) {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("there is no target `{unknown}`; the targets are {}", names.join(" and "));
    }
    let built = build()?;
    let mut findings = 0;
    for (target, about) in TARGETS {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == target) {
            continue;
        }
        say(&format!("\n==== {target}: {about}"));
        let program = built.iter().find(|path| path.file_name().is_some_and(|name| name == *target));
        let program = program.with_context(|| format!("cargo did not tell where the target {target} is"))?;
        if !run_target(program, target, seconds)? {
            findings += 1;
        }
    }
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a target; whether it found nothing.
fn run_target(program: &Path, target: &str, seconds: u64) -> Result<bool> {
    let learnt = tools::cache()?.join("fuzz").join(target);
    let found = root().join("artefacts/fuzz").join(target);
    for folder in [&learnt, &found] {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    let mut command = Command::new(program);
    command.arg(format!("-max_total_time={seconds}")).arg("-print_final_stats=1");
    command.arg(format!("-max_len={MAX_INPUT}")).arg(format!("-timeout={SLOW}"));
    command.arg(format!("-rss_limit_mb={MEMORY}")).arg(format!("-artifact_prefix={}/", found.display()));
    // The first folder gets what is new.
    command.arg(learnt);
    command.args(["seeds", "regressions"].map(|kind| root().join("fuzz").join(kind).join(target)));
    let limit = std::time::Duration::from_secs(seconds + PATIENCE);
    let succeeded = stream_within(limit, &mut command, |_| {})?;
    if !succeeded {
        say(&format!("{target} found something: see above. The input is in artefacts/fuzz/{target}."));
        say(&format!(
            "Copy it to fuzz/regressions/{target}: the ordinary tests then fail until it is mended."
        ));
    }
    Ok(succeeded)
}

/// Builds the targets; returns the paths of the programs.
fn build() -> Result<Vec<PathBuf>> {
    if tools::find("c++").is_none() {
        bail!("there is no `c++` in PATH: libFuzzer is C++. On Debian and Ubuntu it is in the package g++");
    }
    let output = cargo("build")
        .args(["--locked", "--release", "--manifest-path=fuzz/Cargo.toml", "--bins"])
        // With a target named, build scripts and macros get no instruments, which they could not be linked with.
        .arg(format!("--target={}", host()?))
        .arg("--message-format=json-render-diagnostics")
        .env("RUSTFLAGS", INSTRUMENTS)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("can't run cargo")?;
    if !output.status.success() {
        bail!("the targets do not build");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let parsed = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(parsed.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect())
}

/// The machine we are on, as the compiler calls it.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").current_dir(root()).output().context("can't run rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc did not tell what it compiles for")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_files() {
        for (target, _) in TARGETS {
            let fuzz = root().join("fuzz");
            assert!(fuzz.join("targets").join(format!("{target}.rs")).is_file(), "{target}");
            assert!(fuzz.join("seeds").join(target).is_dir(), "{target}");
            assert!(fuzz.join("regressions").join(target).is_dir(), "{target}");
        }
        assert_eq!(std::fs::read_dir(root().join("fuzz/targets")).unwrap().count(), TARGETS.len());
    }

    #[test]
    fn a_target_that_does_not_exist_is_an_error() {
        assert!(run(1, &["fames".to_owned()]).is_err());
    }
}
