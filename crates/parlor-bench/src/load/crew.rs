//! All workers of a run: threads, or processes where one may not hold enough descriptors. One order goes to all.

use std::io::{BufRead, BufReader, BufWriter, PipeReader, PipeWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::ledger::Findings;
use super::orders::{Open, Opened, Order, Outcome, Run, Spec, Told};
use super::times::Times;
use super::worker;
use crate::measure::process;

/// The word on the command line that makes the program a worker.
pub const WORKER: &str = "worker";

/// How workers run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// As threads of this process.
    Threads,
    /// As processes of this program.
    Processes(PathBuf),
}

/// The workers of a run. Dropping it ends them.
pub struct Crew {
    hands: Vec<Hand>,
}

struct Hand {
    // Closing this ends the worker.
    orders: Option<Box<dyn Write + Send>>,
    told: BufReader<Box<dyn Read + Send>>,
    child: Option<Child>,
    thread: Option<JoinHandle<Result<()>>>,
}

/// What came of a run, of all workers together.
#[derive(Debug, Default)]
pub struct Total {
    /// Everything that can be added up.
    pub outcome: Outcome,
    /// From a send to its acknowledgement.
    pub acks: Times,
    /// From a send to its deliveries to others.
    pub took: Times,
    /// How late the generator was.
    pub lateness: Times,
}

impl Crew {
    /// Starts a worker for each description.
    pub fn start(place: &Place, specs: &[Spec]) -> Result<Self> {
        let mut crew = Self { hands: Vec::with_capacity(specs.len()) };
        for spec in specs {
            let mut hand = match place {
                Place::Threads => Hand::thread()?,
                Place::Processes(program) => Hand::process(program)?,
            };
            hand.say(spec)?;
            crew.hands.push(hand);
        }
        Ok(crew)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hands.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.hands.is_empty()
    }

    /// Processor time of all workers so far, and of this process.
    pub fn cpu(&self) -> Result<Duration> {
        let mut sum = process::cpu(std::process::id())?;
        for child in self.hands.iter().filter_map(|hand| hand.child.as_ref()) {
            sum += process::cpu(child.id())?;
        }
        Ok(sum)
    }

    /// Opens all connections.
    pub fn open(&mut self, open: &Open) -> Result<(Opened, Times)> {
        let (mut opened, mut times) = (Opened::default(), Times::default());
        self.order_all(&Order::Open(open.clone()))?;
        for told in self.hear()? {
            let Told::Opened(one) = told else { bail!("a worker was told to open and says {told:?}") };
            times.add_counted(&one.times);
            opened.last = opened.last.max(one.last);
            opened.connected += one.connected;
            opened.again += one.again;
            opened.changes += one.changes;
            opened.findings.add_all(one.findings);
        }
        Ok((opened, times))
    }

    /// Begins a run, one part for each worker.
    pub fn begin(&mut self, runs: Vec<Run>) -> Result<()> {
        for (hand, run) in self.hands.iter_mut().zip(runs) {
            hand.say(&Order::Run(run))?;
        }
        Ok(())
    }

    /// Waits for the end of a run.
    pub fn finish(&mut self) -> Result<Total> {
        let mut total = Total::default();
        for told in self.hear()? {
            let Told::Ran(one) = told else { bail!("a worker was told to run and says {told:?}") };
            total.add(*one);
        }
        Ok(total)
    }

    /// Waits until everybody has seen these places.
    pub fn settle(&mut self, heads: &[(u32, u64)], within: u64) -> Result<Findings> {
        self.order_all(&Order::Settle { heads: heads.to_vec(), within })?;
        let mut findings = Findings::default();
        for told in self.hear()? {
            let Told::Settled(one) = told else { bail!("a worker was told to settle and says {told:?}") };
            findings.add_all(one);
        }
        Ok(findings)
    }

    /// Carries out an order that nothing is told of.
    pub fn carry_out(&mut self, order: &Order) -> Result<()> {
        self.order_all(order)?;
        self.hear().map(drop)
    }

    fn order_all(&mut self, order: &Order) -> Result<()> {
        self.hands.iter_mut().try_for_each(|hand| hand.say(order))
    }

    fn hear(&mut self) -> Result<Vec<Told>> {
        self.hands.iter_mut().map(Hand::hear).collect()
    }
}

impl Hand {
    fn thread() -> Result<Self> {
        let (order_reader, order_writer): (PipeReader, PipeWriter) = std::io::pipe()?;
        let (told_reader, told_writer) = std::io::pipe()?;
        let work = move || worker::work(BufReader::new(order_reader), BufWriter::new(told_writer));
        let thread = std::thread::Builder::new().name("load".to_owned()).spawn(work)?;
        Ok(Self {
            orders: Some(Box::new(order_writer)),
            told: BufReader::new(Box::new(told_reader)),
            child: None,
            thread: Some(thread),
        })
    }

    fn process(program: &PathBuf) -> Result<Self> {
        let mut child = Command::new(program)
            .arg(WORKER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't run {}", program.display()))?;
        let orders = child.stdin.take().context("a worker has no standard input")?;
        let told = child.stdout.take().context("a worker has no standard output")?;
        Ok(Self {
            orders: Some(Box::new(orders)),
            told: BufReader::new(Box::new(told)),
            child: Some(child),
            thread: None,
        })
    }

    fn say(&mut self, what: &impl Serialize) -> Result<()> {
        let orders = self.orders.as_mut().context("the worker is gone")?;
        let mut line = serde_json::to_vec(what)?;
        line.push(b'\n');
        orders.write_all(&line).context("a worker is gone")?;
        Ok(orders.flush()?)
    }

    fn hear(&mut self) -> Result<Told> {
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        match serde_json::from_str(&line).context("a worker ended in the middle of its work")? {
            Told::Failed(why) => bail!("a worker can't go on: {why}"),
            told => Ok(told),
        }
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(child) = &mut self.child {
            let _ended = child.wait();
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Total {
    fn add(&mut self, one: Outcome) {
        self.acks.add_counted(&one.acks);
        self.took.add_counted(&one.deliveries_took);
        self.lateness.add_counted(&one.lateness);
        let all = &mut self.outcome;
        all.deliveries += one.deliveries;
        all.acknowledged += one.acknowledged;
        all.busy += one.busy;
        all.refused += one.refused;
        all.unanswered += one.unanswered;
        all.lost += one.lost;
        all.bytes += one.bytes;
        all.reads += one.reads;
        all.findings.add_all(one.findings);
        for (room, head) in one.heads {
            match all.heads.iter_mut().find(|(known, _)| *known == room) {
                Some((_, known)) => *known = head.max(*known),
                None => all.heads.push((room, head)),
            }
        }
    }
}
