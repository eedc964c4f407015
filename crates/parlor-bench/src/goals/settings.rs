//! How experiments are run: what is the same for all of them.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;

use super::report::Report;
use crate::ground::server::Source;
use crate::load::crew::Place;
use crate::load::now;
use crate::measure::machine::Machine;

/// How experiments are run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server.
    pub source: Source,
    /// How often each is run; the median and the worst are told.
    pub runs: usize,
    /// Seconds of load before anything counts.
    pub warm_up: f64,
    /// Seconds that count.
    pub seconds: f64,
    /// Decides schedules.
    pub seed: u64,
    /// How many workers generate load; `None`: as the experiment needs.
    pub workers: Option<usize>,
    /// How many connections, instead of as many as the goal says. The figures are not the goal's then.
    pub connections: Option<usize>,
    /// Bytes of a message's body.
    pub body: usize,
    /// This program, for workers that are processes.
    pub program: Option<PathBuf>,
    /// Where databases that take long to fill are kept.
    pub cache: PathBuf,
    /// How many messages the large database of P9 holds.
    pub messages: u64,
    /// True for a short run with a tenth of everybody, to see that all works. The figures are not the goal's then.
    pub quick: bool,
    /// When there is no time for further runs, on the clock of all; the first run of an experiment is always made.
    pub deadline: Option<u64>,
    /// True to say on standard error what is going on.
    pub verbose: bool,
}

/// How many connections one process of the generator holds at most.
const PER_PROCESS: usize = 9_000;

impl Settings {
    /// How many connections an experiment has that would like so many.
    pub fn connections(&self, usual: usize) -> usize {
        let usual = if self.quick { usual / 10 } else { usual };
        self.connections.unwrap_or(usual)
    }

    /// The numbers of the runs of an experiment: as many as wanted, and fewer if the time runs out.
    pub fn rounds<'s>(&'s self, what: &'s str) -> impl Iterator<Item = usize> + 's {
        let in_time = |run: &usize| *run == 1 || self.deadline.is_none_or(|deadline| now() < deadline);
        (1..=self.runs).take_while(in_time).inspect(move |run| {
            self.say(&format!("{what}: run {run} of {}", self.runs));
        })
    }

    /// The command that repeats something with these settings, without paths of this machine.
    pub fn command(&self, what: &str) -> String {
        let mut command = format!(
            "target/release/parlor-bench {what} --runs {} --warm-up {} --seconds {} --seed {} --body {}",
            self.runs, self.warm_up, self.seconds, self.seed, self.body
        );
        if let Some(connections) = self.connections {
            let _written = write!(command, " --connections {connections}");
        }
        if what == "goal p9" {
            let _written = write!(command, " --messages {}", self.messages);
        }
        if self.quick {
            command.push_str(" --quick");
        }
        command
    }

    /// How many workers, and where, for so many connections.
    pub fn crew(&self, connections: usize) -> (usize, Place) {
        let needed = connections.div_ceil(PER_PROCESS).max(1);
        let workers = self.workers.unwrap_or(needed).max(needed);
        match &self.program {
            Some(program) if needed > 1 => (workers, Place::Processes(program.clone())),
            _ => (workers, Place::Threads),
        }
    }

    /// A folder of this name in the cache, made unless it is there.
    pub fn cached(&self, name: &str) -> Result<PathBuf> {
        let folder = self.cache.join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder.canonicalize()?)
    }

    /// An empty report.
    pub fn report(&self, goal: &str, title: &str, method: &str) -> Report {
        Report {
            goal: goal.to_owned(),
            title: title.to_owned(),
            method: method.to_owned(),
            command: self.command(&format!("goal {goal}")),
            shortened: self.quick || self.connections.is_some(),
            machine: Machine::present(),
            ..Report::default()
        }
    }

    /// Says what is going on.
    pub fn say(&self, what: &str) {
        if self.verbose {
            eprintln!("{what}");
        }
    }
}
