//! All connections of a worker on one epoll: what comes is judged at once, what is to be sent goes out together.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

use super::codec::Kind;
use super::connection::{self, Connection, ReadEnd, Stage};
use super::dialect::{Dialect, Ready};
use super::ledger::{Fault, Finding, Findings};
use super::orders::Spec;
use super::times::Times;
use super::words::{self, Said};
use super::xmpp::{self, Step};
use super::{now, socket};

const TIMER: Token = Token(usize::MAX);
/// Wakes the worker when an order comes.
pub const WAKER: Token = Token(usize::MAX - 1);
/// Where reads go. Large, so that one read takes everything that a busy connection has.
const BUFFER: usize = 256 * 1024;

/// The connections, and what they count.
#[derive(Debug)]
pub struct Pool {
    /// The connections, by their numbers within the worker.
    pub connections: Vec<Connection>,
    /// What is counted and judged.
    pub tally: Tally,
    /// Those that have something to write.
    dirty: Vec<usize>,
    poll: Poll,
    events: Events,
    timer: OwnedFd,
    buffer: Vec<u8>,
}

/// What is counted and judged.
#[derive(Debug)]
pub struct Tally {
    /// Who the worker is.
    pub spec: Spec,
    /// The time of the newest read: taken once for everything that came together.
    pub now: u64,
    /// From when and until when things count.
    pub counted: std::ops::Range<u64>,
    /// True to take the times of deliveries.
    pub timed: bool,
    /// Events of rooms so far, in the counted time.
    pub deliveries: u64,
    /// Changes that came at any time, those in pages included.
    pub changes: u64,
    /// Acknowledgements in the counted time.
    pub acknowledged: u64,
    /// Answers “busy”.
    pub busy: u64,
    /// Refusals, and the first of them.
    pub refused: u64,
    /// Connections that the server ended.
    pub lost: u64,
    /// Bytes read in the counted time.
    pub bytes: u64,
    /// Reads in the counted time.
    pub reads: u64,
    /// From a send to its acknowledgement.
    pub acks: Times,
    /// From a send to its deliveries.
    pub took: Times,
    /// What is wrong.
    pub findings: Findings,
    /// The newest acknowledged places.
    pub heads: HashMap<u32, u64>,
    /// Connections that a sender's turn has come for: one entry an acknowledgement.
    pub turns: Vec<usize>,
    /// Connections that became ready or got something since this was last looked at, while somebody looks.
    pub stirred: Option<Vec<usize>>,
    numbers: HashMap<String, u32>,
}

impl Pool {
    /// No connection is open yet.
    pub fn new(spec: Spec) -> Result<Self> {
        let poll = Poll::new()?;
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        poll.registry().register(&mut SourceFd(&timer.as_raw_fd()), TIMER, Interest::READABLE)?;
        Ok(Self {
            connections: spec.seats.iter().map(|_| Connection::default()).collect(),
            tally: Tally::new(spec),
            dirty: Vec::new(),
            poll,
            events: Events::with_capacity(1024),
            timer,
            buffer: vec![0; BUFFER],
        })
    }

    /// For what wakes the poll from elsewhere.
    pub fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// Begins to open a connection.
    ///
    /// # Errors
    /// Descriptors or ports are used up, or nobody listens.
    pub fn open(&mut self, index: usize) -> Result<()> {
        let spec = &self.tally.spec;
        let mut socket = socket::open(spec.first + index, spec.address, spec.seats[index].small)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut socket, Token(index), interest)?;
        self.connections[index].open(socket, &spec.dialect.upgrade(spec.address));
        Ok(())
    }

    /// Something was added to what a connection has to write.
    pub fn mark(&mut self, index: usize) {
        if !std::mem::replace(&mut self.connections[index].queued, true) {
            self.dirty.push(index);
        }
    }

    /// Writes what waits, then takes what comes: until `until` at the latest, and no longer than it takes if there is
    /// something already.
    ///
    /// # Errors
    /// A server says what nobody understands.
    pub fn turn(&mut self, until: u64) -> Result<()> {
        self.flush();
        let left = until.saturating_sub(now());
        self.arm(left)?;
        let wait = (left == 0).then_some(Duration::ZERO);
        match self.poll.poll(&mut self.events, wait) {
            Err(error) if error.kind() != std::io::ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        self.tally.now = now();
        let ready: Vec<(usize, bool, bool)> = self
            .events
            .iter()
            .filter(|event| event.token().0 < self.connections.len())
            .map(|event| {
                (event.token().0, event.is_readable() || event.is_read_closed(), event.is_writable())
            })
            .collect();
        for (index, readable, writable) in ready {
            if writable && self.connections[index].flush().is_err() {
                self.tally.gone(&mut self.connections[index]);
            } else if readable {
                self.read(index)?;
            }
        }
        Ok(())
    }

    /// Reads everything that a connection has.
    pub fn read(&mut self, index: usize) -> Result<()> {
        loop {
            let connection = &mut self.connections[index];
            if connection.stalled {
                return Ok(());
            }
            let (filled, end) = connection.fill(&mut self.buffer);
            self.tally.now = now();
            self.tally.count_read(filled);
            let used = self
                .tally
                .take(index, connection, &self.buffer[..filled])
                .with_context(|| format!("on connection {index}"))?;
            connection.keep(&self.buffer[used..filled]);
            if connection.stage == Stage::Closed || end == ReadEnd::Gone {
                self.tally.gone(connection);
                return Ok(());
            }
            if connection.has_output() {
                self.mark(index);
            }
            if end == ReadEnd::Drained {
                return Ok(());
            }
        }
    }

    fn flush(&mut self) {
        for index in self.dirty.drain(..) {
            let connection = &mut self.connections[index];
            connection.queued = false;
            if connection.flush().is_err() {
                self.tally.gone(connection);
            }
        }
    }

    /// Sets the timer that ends the turn: epoll itself counts in milliseconds, which is too coarse here.
    fn arm(&self, nanoseconds: u64) -> Result<()> {
        // Zero would mean never.
        let nanoseconds = nanoseconds.max(1);
        let value = Timespec {
            tv_sec: i64::try_from(nanoseconds / 1_000_000_000)?,
            tv_nsec: i64::try_from(nanoseconds % 1_000_000_000)?,
        };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }
}

impl Tally {
    fn new(spec: Spec) -> Self {
        let numbers = spec.rooms.iter().zip(0..).map(|(room, number)| (room.clone(), number)).collect();
        Self {
            spec,
            now: now(),
            counted: 0..0,
            timed: false,
            deliveries: 0,
            changes: 0,
            acknowledged: 0,
            busy: 0,
            refused: 0,
            lost: 0,
            bytes: 0,
            reads: 0,
            acks: Times::default(),
            took: Times::default(),
            findings: Findings::default(),
            heads: HashMap::new(),
            turns: Vec::new(),
            stirred: None,
            numbers,
        }
    }

    fn count_read(&mut self, bytes: usize) {
        if self.counted.contains(&self.now) {
            self.bytes += bytes as u64;
            self.reads += 1;
        }
    }

    fn gone(&mut self, connection: &mut Connection) {
        if connection.socket.is_some() {
            self.lost += 1;
            connection.close();
        }
    }

    /// Takes what came on a connection. Returns how much of it was used.
    fn take(&mut self, index: usize, connection: &mut Connection, bytes: &[u8]) -> Result<usize> {
        let mut at = 0;
        if connection.stage == Stage::Upgrading {
            let Some(length) = connection::upgraded(bytes)? else {
                return Ok(0);
            };
            at = length;
            connection.stage = Stage::Greeting;
            self.greet(index, connection);
        }
        let before = self.changes;
        while let Some(frame) = connection::next_frame(bytes, at)? {
            at += frame.length;
            match frame.kind {
                Kind::Text | Kind::Binary => self.judge(index, connection, frame.payload)?,
                Kind::Ping => connection.push(Kind::Pong, frame.payload),
                Kind::Pong => {}
                Kind::Close => {
                    connection.stage = Stage::Closed;
                    return Ok(at);
                }
            }
        }
        if self.changes != before {
            self.stir(index);
        }
        Ok(at)
    }

    fn stir(&mut self, index: usize) {
        if let Some(stirred) = &mut self.stirred {
            stirred.push(index);
        }
    }

    fn greet(&self, index: usize, connection: &mut Connection) {
        let positions: Vec<(&str, u64)> = connection
            .ledger
            .positions()
            .iter()
            .map(|(room, seq)| (self.spec.rooms[*room as usize].as_str(), *seq))
            .collect();
        let hello = self.spec.dialect.hello(&self.spec.seats[index], &positions);
        connection.push(Kind::Text, &hello);
    }

    /// Judges a frame.
    fn judge(&mut self, index: usize, connection: &mut Connection, frame: &[u8]) -> Result<()> {
        let dialect: Dialect = self.spec.dialect;
        if dialect == Dialect::Xmpp && connection.stage == Stage::Greeting {
            return self.sign_in(index, connection, frame);
        }
        match dialect.read(frame) {
            Said::Event { room, seq } => {
                if self.counted.contains(&self.now) {
                    self.deliveries += 1;
                }
                self.changes += 1;
                if dialect.acknowledges_by_delivery() {
                    self.acknowledge_own(index, connection, room, seq);
                }
                self.place(index, connection, room, seq.saturating_sub(1), seq);
                if self.timed {
                    self.take_time(connection, frame);
                }
            }
            Said::Page { room, from, to } => {
                self.changes += to.saturating_sub(from);
                self.place(index, connection, room, from, to);
            }
            Said::Reset { room, head } => {
                if let Some(room) = self.number(room) {
                    connection.ledger.begin(room, head);
                }
            }
            Said::Done { reference, seq } => self.done(index, connection, reference, seq),
            Said::Busy { reference } => {
                self.busy += 1;
                let now = self.now;
                if let Some(sender) = &mut connection.sender {
                    sender.refused_for_now(reference, now);
                }
            }
            Said::Refused => {
                if self.refused == 0 {
                    eprintln!("refused: {}", String::from_utf8_lossy(frame));
                }
                self.refused += 1;
            }
            Said::Ready => self.ready(index, connection, frame)?,
            Said::Other => {}
        }
        Ok(())
    }

    fn number(&self, room: &[u8]) -> Option<u32> {
        self.numbers.get(std::str::from_utf8(room).ok()?).copied()
    }

    fn place(&mut self, index: usize, connection: &mut Connection, room: &[u8], from: u64, to: u64) {
        let rooms = &self.spec.rooms;
        let number = connection.ledger.find(|number| rooms[number as usize].as_bytes() == room);
        let judged =
            number.map_or(Err((Fault::Stranger, 0)), |number| connection.ledger.page(number, from, to));
        if let Err((fault, last)) = judged {
            let room = number.or_else(|| self.number(room)).unwrap_or(u32::MAX);
            self.findings.add(Finding { fault, connection: self.spec.first + index, room, last, seq: to });
        }
    }

    fn take_time(&mut self, connection: &Connection, frame: &[u8]) {
        let Some(sent) = words::sent_at(frame).filter(|sent| self.counted.contains(sent)) else {
            return;
        };
        if memchr::memmem::find(frame, &connection.user).is_none() {
            self.took.add(self.now.saturating_sub(sent));
        }
    }

    /// A message of a sender came back to it.
    fn acknowledge_own(&mut self, index: usize, connection: &mut Connection, room: &[u8], seq: u64) {
        let own = connection.sender.as_ref().map(|sender| sender.room);
        if own.is_some_and(|own| self.spec.rooms[own as usize].as_bytes() == room) {
            self.done(index, connection, seq, Some(seq));
        }
    }

    /// Goes on with signing in where that takes several steps.
    fn sign_in(&mut self, index: usize, connection: &mut Connection, frame: &[u8]) -> Result<()> {
        let seat = &self.spec.seats[index];
        let rooms: Vec<&str> =
            seat.rooms.iter().map(|room| self.spec.rooms[*room as usize].as_str()).collect();
        match xmpp::step(frame, seat, &rooms) {
            Step::Say(stanzas) => stanzas.iter().for_each(|stanza| connection.push(Kind::Text, stanza)),
            Step::Wait => {}
            Step::Refused => bail!("the server refuses: {}", String::from_utf8_lossy(frame)),
            Step::Joined => {
                connection.joined += 1;
                if connection.joined == xmpp::count(&rooms) {
                    seat.rooms.iter().for_each(|room| connection.ledger.begin(*room, xmpp::BEFORE_ALL));
                    connection.stage = Stage::Ready;
                    self.stir(index);
                }
            }
        }
        Ok(())
    }

    fn done(&mut self, index: usize, connection: &mut Connection, reference: u64, seq: Option<u64>) {
        let Some(sender) = &mut connection.sender else {
            return;
        };
        let Some(sent) = sender.done(reference) else {
            return;
        };
        if let Some(seq) = seq {
            let head = self.heads.entry(sender.room).or_default();
            *head = seq.max(*head);
        }
        if self.counted.contains(&self.now) {
            self.acknowledged += 1;
        }
        if self.counted.contains(&sent.at) {
            self.acks.add(self.now.saturating_sub(sent.at));
        }
        self.turns.push(index);
    }

    fn ready(&mut self, index: usize, connection: &mut Connection, frame: &[u8]) -> Result<()> {
        let ready: Ready = serde_json::from_slice(frame).context("`ready` has another form")?;
        connection.user = ready.data.user.id.into_bytes();
        let back = !connection.ledger.positions().is_empty();
        for room in ready.data.rooms {
            // Who comes back is told what happened in between, and goes on from there.
            if !back && let Some(number) = self.numbers.get(&room.id) {
                connection.ledger.begin(*number, room.head);
            }
        }
        connection.stage = Stage::Ready;
        self.stir(index);
        Ok(())
    }
}
