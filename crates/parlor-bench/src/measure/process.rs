//! Processor time and memory of a process, and of all processes that it started.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// The kernel counts processor time in `USER_HZ`, which is 100 on every architecture that Linux runs on today.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of a process so far, user and system, the threads that ended included.
pub fn cpu(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("there is no process {pid}"))?;
    cpu_in(&stat).context("/proc has another form")
}

/// Processor time of a process and of everything that it started and that runs.
pub fn cpu_of_family(pid: u32) -> Result<Duration> {
    let mut sum = cpu(pid)?;
    for child in children(pid) {
        sum += cpu_of_family(child).unwrap_or_default();
    }
    Ok(sum)
}

/// Resident memory in bytes: what would be freed if the process ended is less where it shares pages with others.
pub fn resident(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("there is no process {pid}"))?;
    kibibytes_in(&status, "VmRSS:").context("/proc has another form")
}

/// Memory in bytes with pages that several processes share divided among them (PSS).
pub fn proportional(pid: u32) -> Result<u64> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
        .with_context(|| format!("there is no process {pid}"))?;
    kibibytes_in(&maps, "Pss:").context("/proc has another form")
}

/// Processor time of these processes and of everything that they started and that runs.
pub fn cpu_of_families(pids: &[u32]) -> Result<Duration> {
    pids.iter().map(|pid| cpu_of_family(*pid)).sum()
}

/// Some kind of memory of these processes and of everything that they started and that runs.
pub fn of_families(pids: &[u32], memory: fn(u32) -> Result<u64>) -> Result<u64> {
    let mut sum = 0;
    for pid in pids {
        sum += memory(*pid)?;
        // A child may be gone by now.
        sum += of_families(&children(*pid), memory).unwrap_or_default();
    }
    Ok(sum)
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(Path::new("/proc").join(pid.to_string()).join("task"));
    let lists = tasks.into_iter().flatten().flatten().map(|task| task.path().join("children"));
    let texts = lists.filter_map(|list| std::fs::read_to_string(list).ok());
    texts
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn cpu_in(stat: &str) -> Option<Duration> {
    // The second field is the program's name in parentheses, which may hold spaces.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(TICK * (ticks()? + ticks()?))
}

fn kibibytes_in(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_kernels_words_are_understood() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 9 9 20 0 4 0 100 1000 10";
        assert_eq!(cpu_in(stat), Some(Duration::from_secs(2)));
        let status = "Name:\tx\nVmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n";
        assert_eq!(kibibytes_in(status, "VmRSS:"), Some(2048 * 1024));
    }

    #[test]
    fn work_is_counted_and_waiting_is_not() {
        let pid = std::process::id();
        let spin = |time: Duration| {
            let begun = Instant::now();
            while begun.elapsed() < time {
                std::hint::spin_loop();
            }
        };
        let before = cpu(pid).unwrap();
        let thread = std::thread::spawn(move || spin(Duration::from_millis(300)));
        thread.join().unwrap();
        let worked = cpu(pid).unwrap().saturating_sub(before);
        // A busy machine gives less than a processor, and other tests of this process work as well.
        assert!(worked >= Duration::from_millis(30), "{worked:?} for a thread that worked and ended");
        assert!(resident(pid).unwrap() > 1024 * 1024);
        assert!(proportional(pid).unwrap() > 1024 * 1024);
        assert!(cpu(u32::MAX).is_err());
    }

    #[test]
    fn children_belong_to_the_family() {
        let mut child = std::process::Command::new("sleep").arg("5").spawn().unwrap();
        let found = children(std::process::id()).contains(&child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found);
    }
}
