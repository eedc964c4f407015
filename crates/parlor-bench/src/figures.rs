//! What a run cost: times of acknowledgements, and the server's processor time and memory as Linux counts them.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Usage {
    /// Processor time, user and system, in seconds.
    pub cpu_seconds: f64,
    /// Resident memory now, in MiB.
    pub memory_mib: f64,
    /// The most resident memory so far, in MiB.
    pub peak_memory_mib: f64,
}

impl Usage {
    /// Reads what `/proc` says of a process; `None` where there is no such process or no `/proc`.
    pub fn of_process(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        Self::parse(&stat, &status)
    }

    fn parse(stat: &str, status: &str) -> Option<Self> {
        // The kernel counts in USER_HZ here, which is 100 on every architecture that Linux runs on today.
        const TICKS_PER_SECOND: f64 = 100.0;
        // The second field is the program's name in parentheses, which may hold spaces.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
        let mut ticks = || fields.next()?.parse::<f64>().ok();
        let cpu_seconds = (ticks()? + ticks()?) / TICKS_PER_SECOND;
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
            Some(kibibytes / 1024.0)
        };
        Some(Self { cpu_seconds, memory_mib: mebibytes("VmRSS:")?, peak_memory_mib: mebibytes("VmHWM:")? })
    }
}

/// Times of acknowledgements.
#[derive(Debug, Clone)]
pub struct Times(Histogram<u64>);

impl Default for Times {
    fn default() -> Self {
        // Two digits from a microsecond on; it grows to what comes.
        let Ok(histogram) = Histogram::new(2) else { unreachable!("two digits are always possible") };
        Self(histogram)
    }
}

impl Times {
    /// Adds the time since `start`.
    pub fn add_since(&mut self, start: Instant) {
        self.add(start.elapsed());
    }

    /// Adds a time.
    pub fn add(&mut self, time: Duration) {
        self.0 += u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    }

    /// Adds all times of another.
    pub fn add_all(&mut self, other: &Self) {
        self.0 += &other.0;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time in milliseconds that this part of all, 0 to 1, did not pass.
    pub fn milliseconds_at(&self, part: f64) -> f64 {
        let microseconds = u32::try_from(self.0.value_at_quantile(part)).unwrap_or(u32::MAX);
        f64::from(microseconds) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_understood() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 4 0 100 1000 10";
        let status = "Name:\tx\nVmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n";
        let expected = Usage { cpu_seconds: 2.0, memory_mib: 2.0, peak_memory_mib: 4.0 };
        assert_eq!(Usage::parse(stat, status), Some(expected));
        assert!(Usage::of_process(std::process::id()).is_some_and(|usage| usage.memory_mib > 0.0));
    }

    #[test]
    fn times_have_quantiles() {
        let mut times = Times::default();
        for milliseconds in 1..=100 {
            times.add(Duration::from_millis(milliseconds));
        }
        assert_eq!(times.count(), 100);
        assert!((times.milliseconds_at(0.5) - 50.0).abs() < 1.0, "{}", times.milliseconds_at(0.5));
    }
}
