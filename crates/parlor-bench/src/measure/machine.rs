//! Where and of what something was measured: a figure without it means nothing.

use std::process::Command;

use serde::{Deserialize, Serialize};

/// The machine, its load, and the revision of the sources.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many threads of it.
    pub cores: usize,
    /// Memory in GiB.
    pub memory_gib: u64,
    /// The kernel.
    pub kernel: String,
    /// The revision of the sources in the present folder; marked if they were changed since.
    pub revision: String,
    /// The load average of the last minute before the measurement.
    pub load: f64,
}

impl Machine {
    /// The present one. What can't be found out is empty.
    pub fn present() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo");
        let processor =
            processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
        let memory = read("/proc/meminfo");
        let memory =
            memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default();
        Self {
            processor: processor.trim_start_matches(['\t', ' ', ':']).to_owned(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: (memory + 512 * 1024) / (1024 * 1024),
            // What follows the version names a build of it.
            kernel: read("/proc/sys/kernel/osrelease")
                .trim()
                .split('-')
                .next()
                .unwrap_or_default()
                .to_owned(),
            revision: revision(),
            load: load(),
        }
    }
}

/// The load average of the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

fn revision() -> String {
    let git = |arguments: &[&str]| {
        let output =
            Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(revision) = git(&["rev-parse", "--short=9", "HEAD"]) else {
        return "unknown".to_owned();
    };
    // What was measured a moment ago is among the files already, and is no part of the program.
    let program = ["status", "--porcelain", "--untracked-files=no", "--", ":(top)", ":(top,exclude)docs"];
    let changed = git(&program).is_some_and(|status| !status.is_empty());
    if changed { format!("{revision} and changes") } else { revision }
}
