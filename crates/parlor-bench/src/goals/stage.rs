//! One run of an experiment: a crew on a server, a time that counts, and what the server used meanwhile.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;

use super::report::{Figure, Report};
use super::settings::Settings;
use crate::load::crew::{Crew, Total};
use crate::load::dialect::Dialect;
use crate::load::ledger::Findings;
use crate::load::now;
use crate::load::orders::{Open, Run, Seat, Spec, Traffic};
use crate::load::times::Times;
use crate::measure::{machine, process};

/// How long everybody may take to see everything after the last send.
pub const SETTLE_WITHIN: u64 = 60_000_000_000;

/// A crew with its connections, and the server's process.
pub struct Stage {
    crew: Crew,
    /// Which seats each worker has.
    shares: Vec<std::ops::Range<usize>>,
    /// The server's processes; those that they started belong to them.
    pids: Vec<u32>,
}

/// Who sends what and how often, with the numbers of seats.
#[derive(Debug, Clone)]
pub enum Load {
    /// So many sends under way by each.
    Windowed {
        /// Sends under way.
        window: usize,
        /// Seats with the rooms that they send to.
        senders: Vec<(usize, u32)>,
    },
    /// So many sends a second by all.
    Scheduled {
        /// Sends a second.
        per_second: f64,
        /// Seats with the rooms that they send to.
        senders: Vec<(usize, u32)>,
    },
}

/// What a run came to.
#[derive(Debug)]
pub struct Sample {
    /// The load average before.
    pub load: f64,
    /// What the crew counted.
    pub total: Total,
    /// What the server used of processors while it counted, its children included.
    pub cpu: Duration,
    /// What the generator used of processors.
    pub generator: Duration,
    /// How long it counted.
    pub seconds: f64,
    /// Resident memory of the server at the end, in bytes.
    pub resident: u64,
    /// The same, with pages that processes share divided among them (PSS).
    pub proportional: u64,
    /// What is wrong, the missing included.
    pub findings: Findings,
}

impl Stage {
    /// Starts workers for these seats. Nothing is connected yet.
    pub fn new(
        settings: &Settings,
        (address, pids): (SocketAddr, &[u32]),
        dialect: Dialect,
        rooms: &[String],
        seats: &[Seat],
    ) -> Result<Self> {
        let (workers, place) = settings.crew(seats.len());
        let shares = shares(seats.len(), workers);
        let spec = |share: &std::ops::Range<usize>| Spec {
            address,
            dialect,
            first: share.start,
            rooms: rooms.to_vec(),
            seats: seats[share.clone()].to_vec(),
        };
        let specs: Vec<Spec> = shares.iter().map(spec).collect();
        Ok(Self { crew: Crew::start(&place, &specs)?, shares, pids: pids.to_vec() })
    }

    /// The crew.
    pub fn crew(&mut self) -> &mut Crew {
        &mut self.crew
    }

    /// Opens all connections without haste. Returns how long each took.
    pub fn open(&mut self) -> Result<Times> {
        Ok(self.crew.open(&Open::unhurried(1.0))?.1)
    }

    /// Opens connections without haste until this part of all, 0 to 1, is open. Returns how many are.
    pub fn open_part(&mut self, portion: f64) -> Result<u64> {
        Ok(self.crew.open(&Open::unhurried(portion))?.0.connected)
    }

    /// Lets the load run for the seconds that count, after the warm-up.
    pub fn run(&mut self, settings: &Settings, load: &Load, timed: bool) -> Result<Sample> {
        self.run_for(settings, load, timed, settings.seconds)
    }

    /// The same, with another length.
    pub fn run_for(&mut self, settings: &Settings, load: &Load, timed: bool, seconds: f64) -> Result<Sample> {
        let before = machine::load();
        let start = now() + nanoseconds(settings.warm_up);
        let end = start + nanoseconds(seconds);
        let traffics = self.shares.iter().enumerate();
        let traffics = traffics.map(|(number, share)| load.share(share, settings.seed + number as u64));
        let runs = traffics.map(|traffic| Run { start, end, body: settings.body, timed, traffic });
        self.crew.begin(runs.collect())?;
        sleep_until(start);
        let used = (process::cpu_of_families(&self.pids)?, self.crew.cpu()?, now());
        sleep_until(end);
        let cpu = process::cpu_of_families(&self.pids)?.saturating_sub(used.0);
        let generator = self.crew.cpu()?.saturating_sub(used.1);
        let seconds = Duration::from_nanos(now() - used.2).as_secs_f64();
        let resident = process::of_families(&self.pids, process::resident)?;
        let proportional = process::of_families(&self.pids, process::proportional)?;
        let mut total = self.crew.finish()?;
        let mut findings = std::mem::take(&mut total.outcome.findings);
        findings.add_all(self.crew.settle(&total.outcome.heads, SETTLE_WITHIN)?);
        Ok(Sample { load: before, total, cpu, generator, seconds, resident, proportional, findings })
    }
}

impl Load {
    /// The part of the senders among these seats.
    fn share(&self, seats: &std::ops::Range<usize>, seed: u64) -> Traffic {
        let local = |senders: &[(usize, u32)]| -> Vec<(usize, u32)> {
            let here = senders.iter().filter(|(seat, _)| seats.contains(seat));
            here.map(|(seat, room)| (seat - seats.start, *room)).collect()
        };
        match self {
            Self::Windowed { window, senders } => {
                Traffic::Windowed { window: *window, senders: local(senders) }
            }
            Self::Scheduled { per_second, senders } => {
                let here = local(senders);
                let part = ratio(here.len() as u64, senders.len() as u64);
                Traffic::Scheduled { seed, per_second: per_second * part, senders: here }
            }
        }
    }
}

impl Sample {
    /// Deliveries a second.
    pub fn deliveries_a_second(&self) -> f64 {
        as_float(self.total.outcome.deliveries) / self.seconds
    }

    /// Acknowledged sends a second.
    pub fn sends_a_second(&self) -> f64 {
        as_float(self.total.outcome.acknowledged) / self.seconds
    }

    /// Microseconds of the server's processor time a delivery.
    pub fn cpu_a_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / as_float(self.total.outcome.deliveries.max(1))
    }

    /// Microseconds of the server's processor time a synced send.
    pub fn cpu_a_send(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / as_float(self.total.outcome.acknowledged.max(1))
    }

    /// How often the server was busy.
    pub fn busy(&self) -> f64 {
        as_float(self.total.outcome.busy)
    }

    /// How many processors the generator kept busy.
    pub fn generators(&self) -> f64 {
        self.generator.as_secs_f64() / self.seconds
    }

    /// How many processors the server kept busy.
    pub fn processors(&self) -> f64 {
        self.cpu.as_secs_f64() / self.seconds
    }

    /// Adds what is wrong to a report.
    pub fn blame(&self, report: &mut Report) {
        report.loads.push(self.load);
        report.findings.add_all(self.findings.clone());
        let outcome = &self.total.outcome;
        let counts = [
            (outcome.lost, "connections were ended by the server"),
            (outcome.refused, "frames were refused"),
            (outcome.unanswered, "sends were never answered"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            report.wrongs.push(format!("{count} {what}"));
        }
    }
}

/// Memory of the server at the end of each run.
pub fn memory<'s>(samples: impl Iterator<Item = &'s Sample> + Clone) -> [Figure; 2] {
    let mebibytes = |bytes: u64| as_float(bytes) / 1024.0 / 1024.0;
    [
        Figure::less("resident memory", "MiB")
            .values(samples.clone().map(|sample| mebibytes(sample.resident))),
        Figure::less("PSS", "MiB").values(samples.map(|sample| mebibytes(sample.proportional))),
    ]
}

/// A number as a floating-point one.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^52")]
pub fn as_float(count: u64) -> f64 {
    count as f64
}

/// One number in terms of another, 0 if that is 0.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { as_float(part) / as_float(whole) }
}

/// Seconds as nanoseconds.
pub fn nanoseconds(seconds: f64) -> u64 {
    u64::try_from(Duration::from_secs_f64(seconds).as_nanos()).unwrap_or(u64::MAX)
}

/// Waits for a time on the clock of all.
pub fn sleep_until(time: u64) {
    std::thread::sleep(Duration::from_nanos(time.saturating_sub(now())));
}

/// Parts as equal as possible.
fn shares(count: usize, parts: usize) -> Vec<std::ops::Range<usize>> {
    (0..parts).map(|part| count * part / parts..count * (part + 1) / parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_everything_once() {
        assert_eq!(shares(10, 3), [0..3, 3..6, 6..10]);
        assert_eq!(shares(4, 2), [0..2, 2..4]);
    }

    #[test]
    fn senders_get_the_numbers_of_their_worker_and_their_part_of_the_rate() {
        let senders = vec![(1, 0), (3, 1), (5, 2), (7, 3)];
        let load = Load::Scheduled { per_second: 100.0, senders };
        let Traffic::Scheduled { per_second, senders, .. } = load.share(&(4..8), 1) else {
            panic!("it became another load")
        };
        assert_eq!(senders, [(1, 2), (3, 3)]);
        assert!((per_second - 50.0).abs() < 1e-9);
    }
}
