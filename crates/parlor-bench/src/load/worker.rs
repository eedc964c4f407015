//! A worker: carries out orders one after another, on one thread, and keeps its connections alive in between.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use anyhow::{Context, Result, bail};
use mio::Waker;

use super::connection::Stage;
use super::ledger::{Fault, Finding, Findings};
use super::now;
use super::orders::{Open, Opened, Order, Outcome, Run, Spec, Told, Traffic};
use super::pool::{Pool, WAKER};
use super::schedule::Schedule;
use super::sending::Sender;
use super::times::Times;
use super::words;

/// How long answers may take after the last send.
const ANSWERS_WITHIN: u64 = 30_000_000_000;
/// How long opening may take.
const OPEN_WITHIN: u64 = 300_000_000_000;
/// How long a turn takes at most, so that nothing that waits for a time is late by more.
const TURN: u64 = 50_000_000;

/// Reads who it is and then its orders, one a line, until there are no more; tells one line for each.
///
/// # Errors
/// Nobody listens any more. What goes wrong with an order is told.
pub fn work(mut input: impl BufRead + Send + 'static, mut output: impl Write) -> Result<()> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let spec: Spec = serde_json::from_str(&line).context("that is no worker's description")?;
    let mut worker = Worker::new(spec)?;
    let waker = Arc::new(Waker::new(worker.pool.registry(), WAKER)?);
    let (sender, orders) = channel();
    std::thread::spawn(move || {
        for line in input.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
            let _woken = waker.wake();
        }
        drop(sender);
        let _woken = waker.wake();
    });
    while let Some(order) = worker.next_order(&orders)? {
        let told = serde_json::from_str(&order).map_err(Into::into).and_then(|order| worker.obey(order));
        let told = told.unwrap_or_else(|error| Told::Failed(format!("{error:#}")));
        serde_json::to_writer(&mut output, &told)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

struct Worker {
    pool: Pool,
    /// Makes nonces that no other run has made.
    tag: u64,
    /// The first number of the next sender's sends.
    numbers: u64,
}

impl Worker {
    fn new(spec: Spec) -> Result<Self> {
        Ok(Self { pool: Pool::new(spec)?, tag: now(), numbers: 2 })
    }

    /// Serves the connections until there is an order.
    fn next_order(&mut self, orders: &Receiver<String>) -> Result<Option<String>> {
        loop {
            match orders.try_recv() {
                Ok(order) => return Ok(Some(order)),
                Err(TryRecvError::Disconnected) => return Ok(None),
                Err(TryRecvError::Empty) => self.pool.turn(now() + 1_000_000_000)?,
            }
        }
    }

    fn obey(&mut self, order: Order) -> Result<Told> {
        match order {
            Order::Open(open) => Ok(Told::Opened(self.open(&open)?)),
            Order::Run(run) => Ok(Told::Ran(Box::new(self.run(&run)?))),
            Order::Settle { heads, within } => Ok(Told::Settled(self.settle(&heads, now() + within)?)),
            Order::Stall(stalled) => self.stall(stalled).map(|()| Told::Done),
            Order::Cut => {
                self.pool.connections.iter_mut().for_each(super::connection::Connection::close);
                Ok(Told::Done)
            }
        }
    }

    fn open(&mut self, open: &Open) -> Result<Opened> {
        while now() < open.at {
            self.pool.turn(open.at)?;
        }
        let connections = &mut self.pool.connections;
        let count = open.part_of(connections.len());
        // Those that are open already stay, and count as done.
        let already = connections.iter().take_while(|connection| connection.stage == Stage::Ready).count();
        let (mut begun, mut ready) = (already, already);
        connections[already..].iter_mut().for_each(|connection| connection.caught_up = false);
        let (mut times, mut again) = (Times::default(), 0);
        let mut last = open.at;
        let changes = self.pool.tally.changes;
        self.pool.tally.stirred = Some(Vec::new());
        while ready < count {
            // A few at a time, so that those that are open are served in between.
            for _ in 0..64 {
                if begun < count && begun - ready < open.at_once {
                    self.pool.open(begun)?;
                    begun += 1;
                }
            }
            let more = begun < count && begun - ready < open.at_once;
            self.pool.turn(if more { 0 } else { now() + TURN })?;
            let stirred = self.pool.tally.stirred.replace(Vec::new()).unwrap_or_default();
            for index in stirred {
                if !self.pool.connections[index].caught_up && self.is_there(index, open.resume.as_deref()) {
                    self.pool.connections[index].caught_up = true;
                    ready += 1;
                    last = now();
                    times.add(last - open.at);
                }
            }
            if self.pool.tally.lost > 0 {
                again += std::mem::take(&mut self.pool.tally.lost);
                self.reopen(begun)?;
            }
            if now() > open.at + OPEN_WITHIN {
                bail!("{ready} of {count} connections were ready in {} s", OPEN_WITHIN / 1_000_000_000);
            }
        }
        self.pool.tally.stirred = None;
        let changes = self.pool.tally.changes - changes;
        let connected = ready as u64;
        Ok(Opened { last, connected, times: times.counted(), findings: self.findings(), again, changes })
    }

    /// Opens again those that the server ended.
    fn reopen(&mut self, begun: usize) -> Result<()> {
        for index in 0..begun {
            if self.pool.connections[index].socket.is_none() {
                self.pool.open(index)?;
            }
        }
        Ok(())
    }

    fn is_there(&self, index: usize, heads: Option<&[(u32, u64)]>) -> bool {
        let connection = &self.pool.connections[index];
        connection.stage == Stage::Ready
            && heads.is_none_or(|heads| {
                connection
                    .ledger
                    .positions()
                    .iter()
                    .all(|(room, seq)| heads.get(*room as usize).is_none_or(|(_, head)| seq >= head))
            })
    }

    fn run(&mut self, run: &Run) -> Result<Outcome> {
        self.begin(run);
        let mut lateness = Times::default();
        match &run.traffic {
            Traffic::Windowed { window, senders } => self.run_windowed(run, *window, senders)?,
            Traffic::Scheduled { seed, per_second, senders } => {
                let schedule = Schedule::new(*seed, *per_second, senders.len(), now());
                self.run_scheduled(run, schedule, senders, &mut lateness)?;
            }
        }
        let unanswered = self.await_answers(run)?;
        Ok(self.outcome(unanswered, &lateness))
    }

    fn begin(&mut self, run: &Run) {
        let numbers = self.numbers;
        for (index, room) in run.traffic.senders() {
            self.pool.connections[*index].sender = Some(Box::new(Sender::new(*room, numbers)));
        }
        let tally = &mut self.pool.tally;
        tally.counted = run.start..run.end;
        tally.timed = run.timed;
        tally.turns.clear();
        (tally.deliveries, tally.acknowledged, tally.bytes, tally.reads) = (0, 0, 0, 0);
        (tally.acks, tally.took) = (Times::default(), Times::default());
    }

    fn run_windowed(&mut self, run: &Run, window: usize, senders: &[(usize, u32)]) -> Result<()> {
        for (index, _room) in senders {
            (0..window).for_each(|_| self.send(*index, now(), run.body));
        }
        while now() < run.end {
            self.pool.turn((now() + TURN).min(run.end))?;
            let turns = std::mem::take(&mut self.pool.tally.turns);
            let time = now();
            for index in turns {
                self.send(index, time, run.body);
            }
            self.repeat(run);
        }
        Ok(())
    }

    fn run_scheduled(
        &mut self,
        run: &Run,
        mut schedule: Schedule,
        senders: &[(usize, u32)],
        lateness: &mut Times,
    ) -> Result<()> {
        while now() < run.end {
            self.pool.turn(schedule.next().at.min(now() + TURN).min(run.end))?;
            self.pool.tally.turns.clear();
            let time = now();
            while let Some(due) = schedule.take(time) {
                if let Some((index, _room)) = senders.get(due.sender) {
                    lateness.add(time - due.at);
                    self.send(*index, due.at, run.body);
                }
            }
            self.repeat(run);
        }
        Ok(())
    }

    /// Serves the connections until every send is answered. Returns how many never were.
    fn await_answers(&mut self, run: &Run) -> Result<u64> {
        let deadline = now() + ANSWERS_WITHIN;
        loop {
            let senders = self.pool.connections.iter().filter(|connection| connection.socket.is_some());
            let open: usize = senders.filter_map(|connection| Some(connection.sender.as_ref()?.open())).sum();
            if open == 0 || now() > deadline || self.pool.tally.refused > 0 {
                return Ok(open as u64);
            }
            self.repeat(run);
            self.pool.turn(now() + TURN)?;
        }
    }

    fn send(&mut self, index: usize, due: u64, body: usize) {
        let connection = &mut self.pool.connections[index];
        if let Some(sender) = &mut connection.sender {
            let (sent, room) = (sender.begin(due), sender.room);
            self.write(index, sent.reference, room, due, body);
        }
    }

    /// Sends again what a busy server refused.
    fn repeat(&mut self, run: &Run) {
        if self.pool.tally.busy == 0 {
            return;
        }
        for index in 0..self.pool.connections.len() {
            while let Some(sender) = &mut self.pool.connections[index].sender
                && let Some(sent) = sender.repeat(now())
            {
                let room = sender.room;
                self.write(index, sent.reference, room, sent.at, run.body);
            }
        }
    }

    fn write(&mut self, index: usize, reference: u64, room: u32, due: u64, size: usize) {
        let (mut body, mut frame) = (Vec::with_capacity(size), Vec::with_capacity(size + 160));
        words::stamp(due, size, &mut body);
        let nonce = words::nonce(due, self.tag, reference);
        let spec = &self.pool.tally.spec;
        spec.dialect.send(&spec.rooms[room as usize], reference, &nonce, &body, &mut frame);
        self.pool.connections[index].push(super::codec::Kind::Text, &frame);
        self.pool.mark(index);
    }

    fn outcome(&mut self, unanswered: u64, lateness: &Times) -> Outcome {
        let senders = self.pool.connections.iter_mut().filter_map(|connection| connection.sender.take());
        self.numbers = senders.map(|sender| sender.next()).max().unwrap_or(self.numbers);
        let tally = &mut self.pool.tally;
        let outcome = Outcome {
            deliveries: tally.deliveries,
            acknowledged: tally.acknowledged,
            busy: std::mem::take(&mut tally.busy),
            refused: std::mem::take(&mut tally.refused),
            unanswered,
            lost: std::mem::take(&mut tally.lost),
            bytes: tally.bytes,
            reads: tally.reads,
            acks: tally.acks.counted(),
            deliveries_took: tally.took.counted(),
            lateness: lateness.counted(),
            findings: std::mem::take(&mut tally.findings),
            heads: tally.heads.iter().map(|(room, head)| (*room, *head)).collect(),
        };
        tally.counted = 0..0;
        tally.timed = false;
        outcome
    }

    /// Serves the connections until everybody has seen everything, or the time is up. Who reads nothing is left out.
    fn settle(&mut self, heads: &[(u32, u64)], deadline: u64) -> Result<Findings> {
        loop {
            let missing = self.missing(heads);
            if missing.is_empty() || now() > deadline {
                for finding in missing {
                    self.pool.tally.findings.add(finding);
                }
                return Ok(self.findings());
            }
            self.pool.turn(now() + TURN)?;
        }
    }

    fn missing(&self, heads: &[(u32, u64)]) -> Vec<Finding> {
        let heads: std::collections::HashMap<u32, u64> = heads.iter().copied().collect();
        let mut missing = Vec::new();
        for (index, connection) in self.pool.connections.iter().enumerate().filter(|(_, one)| !one.stalled) {
            for (room, last) in connection.ledger.positions() {
                if let Some(head) = heads.get(room).filter(|head| *head > last) {
                    let connection = self.pool.tally.spec.first + index;
                    let finding =
                        Finding { fault: Fault::Missing, connection, room: *room, last: *last, seq: *head };
                    missing.push(finding);
                }
            }
        }
        missing
    }

    fn stall(&mut self, stalled: bool) -> Result<()> {
        for index in 0..self.pool.connections.len() {
            if self.pool.tally.spec.seats[index].small {
                self.pool.connections[index].stalled = stalled;
                if !stalled {
                    // What came meanwhile will not be announced again.
                    self.pool.read(index)?;
                }
            }
        }
        Ok(())
    }

    fn findings(&mut self) -> Findings {
        std::mem::take(&mut self.pool.tally.findings)
    }
}
