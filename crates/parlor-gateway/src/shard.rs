//! A thread that owns sockets: it reads them, hands what they say to their sessions, and writes what they get. As many
//! as there are processors; a connection stays with one for its life, so nothing of it needs a lock.
//!
//! A turn: look what the sockets and the mailbox have, tell connections what is new in their rooms, write. Whatever
//! happens during a turn is written together in the next, so the busier it is, the more goes into one write.

pub(crate) mod batch;
mod connection;
mod heads;
mod hearing;
pub(crate) mod mailbox;
pub(crate) mod newcomer;
pub(crate) mod promise;
pub(crate) mod rooms;
mod shards;
mod timers;
mod wheel;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};
use parlor_protocol::{CloseCode, ServerFrame};
use slab::Slab;

use crate::codec::{Frame, Inflater};
use crate::gateway::Shared;
use crate::session::delivery::Desk;
use crate::session::{Opened, Session};
use batch::Batch;
use connection::Connection;
use heads::Round;
use hearing::{Heard, Phase, Tools};
use mailbox::{Letter, Mailbox, Note};
use newcomer::Newcomer;
use rooms::Rooms;
pub(crate) use shards::Shards;
use wheel::Wheel;

/// What a read takes at once. One buffer for all connections of the shard.
const BUFFER: usize = 64 * 1024;
/// How often one socket is read in a turn. What it has beyond that waits until the others have had theirs.
const READS: usize = 4;
/// How many connections of one room are told in a turn that there is more, so that a small room does not wait for a
/// huge one.
const SLICE: usize = 512;
/// What the mailbox's waker is called among the sockets.
const WAKER: Token = Token(usize::MAX);

/// Names a connection within this process, for its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId {
    shard: u16,
    slot: u32,
    serial: u32,
}

/// A thread's sockets.
pub(crate) struct Shard {
    number: u16,
    poll: Poll,
    mailbox: Arc<Mailbox>,
    /// How many connections there are, for whoever hands out new ones.
    load: Arc<AtomicUsize>,
    shared: Arc<Shared>,
    connections: Slab<Connection>,
    rooms: Rooms,
    wheel: Wheel<(ConnectionId, u32)>,
    buffer: Box<[u8]>,
    inflater: Inflater,
    batch: Batch,
    /// Connections that may have something to write.
    dirty: Vec<u32>,
    /// Connections that may have more to read.
    unread: Vec<u32>,
    /// Rooms of which not everybody has been told.
    sweeps: VecDeque<usize>,
    /// Telling those for whom rooms are not open how far they are.
    round: Round,
    serial: u32,
    stopping: bool,
}

impl ConnectionId {
    /// A name. The serial tells it from others that had the slot before.
    pub(crate) const fn new(shard: u16, slot: u32, serial: u32) -> Self {
        Self { shard, slot, serial }
    }

    /// Whose it is.
    pub(crate) fn shard(self) -> usize {
        usize::from(self.shard)
    }
}

impl Shard {
    fn new(
        number: u16,
        poll: Poll,
        mailbox: Arc<Mailbox>,
        load: Arc<AtomicUsize>,
        shared: Arc<Shared>,
    ) -> Self {
        let rooms = Rooms::new(usize::from(number), Arc::clone(&shared.hub));
        Self {
            number,
            poll,
            mailbox,
            load,
            shared,
            connections: Slab::new(),
            rooms,
            wheel: Wheel::new(Instant::now()),
            buffer: vec![0; BUFFER].into(),
            inflater: Inflater::new(),
            batch: Batch::default(),
            dirty: Vec::new(),
            unread: Vec::new(),
            sweeps: VecDeque::new(),
            round: Round::new(Instant::now()),
            serial: 0,
            stopping: false,
        }
    }

    /// Works until it is told to stop.
    fn run(mut self) {
        let mut events = Events::with_capacity(1_024);
        let mut letters = Vec::new();
        while !self.stopping {
            if let Err(error) = self.poll.poll(&mut events, self.patience()) {
                if error.kind() != io::ErrorKind::Interrupted {
                    tracing::error!(%error, "a shard can't look after its sockets any more");
                    return;
                }
                events.clear();
            }
            for event in &events {
                if event.token() != WAKER {
                    self.announce(event);
                }
            }
            self.read_on();
            self.mailbox.take(&mut letters);
            letters.drain(..).for_each(|letter| self.open_letter(letter));
            self.tick();
            self.sweep();
            self.tell_heads();
            self.write();
        }
    }

    /// How long it may sleep: not at all if something was put off.
    fn patience(&self) -> Option<Duration> {
        if !self.unread.is_empty() || !self.sweeps.is_empty() {
            return Some(Duration::ZERO);
        }
        let now = Instant::now();
        let round = self.round.patience(&self.rooms.distance, now);
        [self.wheel.idle(now), round].into_iter().flatten().min()
    }

    fn announce(&mut self, event: &mio::event::Event) {
        let slot = event.token().0;
        let Some(connection) = self.connections.get_mut(slot) else {
            return;
        };
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            connection.socket.readable = true;
            connection.socket.hung_up |= event.is_read_closed() || event.is_error();
            self.unread.push(number(slot));
        }
        if event.is_writable() {
            connection.socket.writable = true;
            self.mark(slot);
        }
    }

    /// Reads from those who may have something, each a bounded number of times.
    fn read_on(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        for &slot in &unread {
            self.read(slot as usize);
        }
        if self.unread.is_empty() {
            // Keep the memory of the list.
            self.unread = unread;
            self.unread.clear();
        }
    }

    fn read(&mut self, slot: usize) {
        for _ in 0..READS {
            let Some(connection) = self.connections.get_mut(slot) else {
                return;
            };
            if !connection.listens() {
                return;
            }
            let mut tools =
                Tools { shared: &self.shared, rooms: &mut self.rooms, inflater: &mut self.inflater };
            let heard = if connection.has_kept() {
                connection.hear(&mut tools, &mut [])
            } else if connection.socket.readable {
                connection.read(&mut tools, &mut self.buffer)
            } else {
                return;
            };
            self.mark(slot);
            if !self.follow_up(slot, heard) {
                return;
            }
        }
        self.unread.push(number(slot));
    }

    /// Does what follows from what was heard. True if there may be more to hear.
    fn follow_up(&mut self, slot: usize, heard: Heard) -> bool {
        match heard {
            Heard::Enough => return true,
            Heard::Gone => self.remove(slot),
            Heard::Goodbye => self.close(slot, Frame::close_without_code(), false),
            Heard::Broken(code, words) => self.close(slot, Frame::close(code, &words), true),
        }
        false
    }

    fn open_letter(&mut self, letter: Letter) {
        match letter {
            Letter::Newcomer(newcomer) => self.adopt(*newcomer),
            Letter::Opened(id, opened) => self.opened(id, *opened),
            Letter::Answered(id, answered) => {
                self.with_session(id, |session, desk| session.take_answers(answered, desk.outgoing));
            }
            Letter::Read(id, read) => self.with_session(id, |session, desk| session.take_read(*read, desk)),
            Letter::Note(id, note) => self.note(id, note),
            Letter::Everybody(note) => {
                let everybody: Vec<_> =
                    self.connections.iter().map(|(_, connection)| connection.id).collect();
                for id in everybody {
                    self.note(id, note.clone());
                }
            }
            Letter::Moved(feed) => {
                if let Some(room) = self.rooms.look(&feed) {
                    self.begin_sweep(room);
                }
            }
            Letter::Stop => self.stopping = true,
        }
    }

    fn adopt(&mut self, mut newcomer: Newcomer) {
        let entry = self.connections.vacant_entry();
        let slot = entry.key();
        self.serial = self.serial.wrapping_add(1);
        let id = ConnectionId::new(self.number, number(slot), self.serial);
        let mut early = Vec::from(std::mem::take(&mut newcomer.early));
        let mut connection = Connection::new(newcomer, id, &self.shared, Instant::now());
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(&mut connection.stream, Token(slot), interest) {
            tracing::warn!(%error, "a socket could not be taken");
            self.load.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        self.wheel.add((id, connection.schedule), connection.scheduled);
        let connection = entry.insert(connection);
        let mut tools = Tools { shared: &self.shared, rooms: &mut self.rooms, inflater: &mut self.inflater };
        let heard = connection.hear(&mut tools, &mut early);
        self.mark(slot);
        if self.follow_up(slot, heard) {
            self.unread.push(number(slot));
        }
    }

    fn opened(&mut self, id: ConnectionId, opened: Opened) {
        let slot = id.slot as usize;
        let Some(connection) = self.connections.get_mut(slot).filter(|connection| connection.id == id) else {
            return;
        };
        let Phase::Opening(notes) = &mut connection.phase else {
            return;
        };
        let notes = std::mem::take(notes);
        let seat = (id.slot, connection.admitted.whose());
        let mut desk = Desk { rooms: &mut self.rooms, outgoing: &mut connection.outgoing };
        match opened.result {
            Ok(recognised) => {
                let mut session = Session::open(&self.shared, opened.reference, recognised, seat, &mut desk);
                for note in notes {
                    session.take_note(note);
                }
                connection.phase = Phase::Open(Box::new(session));
                self.attend(slot);
            }
            Err((code, error)) => {
                desk.outgoing.say(&ServerFrame::Error { reference: opened.reference, error });
                let frame = self.goodbye(code);
                self.close(slot, frame, true);
            }
        }
    }

    fn note(&mut self, id: ConnectionId, note: Note) {
        let slot = id.slot as usize;
        let Some(connection) = self.connections.get_mut(slot).filter(|connection| connection.id == id) else {
            return;
        };
        match (&mut connection.phase, note) {
            (Phase::Open(session), note) => session.take_note(note),
            (Phase::Opening(_), Note::End(CloseCode::Internal)) => {
                let frame = self.goodbye(CloseCode::Internal);
                return self.close(slot, frame, true);
            }
            (Phase::Opening(notes), note) => notes.push(note),
            // Who has not said hello is told when it does.
            (Phase::Greeting(_) | Phase::Closing { .. }, _) => return,
        }
        self.attend(slot);
    }

    fn with_session(&mut self, id: ConnectionId, act: impl FnOnce(&mut Session, &mut Desk<'_>)) {
        let slot = id.slot as usize;
        let Some(connection) = self.connections.get_mut(slot).filter(|connection| connection.id == id) else {
            return;
        };
        if let Phase::Open(session) = &mut connection.phase {
            act(session, &mut Desk { rooms: &mut self.rooms, outgoing: &mut connection.outgoing });
            self.attend(slot);
        }
    }

    /// A session has changed: it may have something to write, take more from the client, or be due earlier.
    fn attend(&mut self, slot: usize) {
        self.mark(slot);
        self.schedule(slot);
        if self
            .connections
            .get(slot)
            .is_some_and(|connection| connection.has_kept() || connection.socket.readable)
        {
            self.unread.push(number(slot));
        }
    }

    fn mark(&mut self, slot: usize) {
        if let Some(connection) = self.connections.get_mut(slot)
            && !std::mem::replace(&mut connection.dirty, true)
        {
            self.dirty.push(number(slot));
        }
    }

    /// Begins to tell those who follow a room that there is more.
    fn begin_sweep(&mut self, room: usize) {
        let local = self.rooms.get_mut(room);
        if local.sweep.replace(0).is_none() {
            self.sweeps.push_back(room);
        }
    }

    /// Tells the next of each room.
    fn sweep(&mut self) {
        for _ in 0..self.sweeps.len() {
            let Some(room) = self.sweeps.pop_front() else {
                return;
            };
            let Some(local) = self.rooms.try_get_mut(room) else {
                continue;
            };
            let Some(told) = local.sweep else {
                continue;
            };
            let upto = (told + SLICE).min(local.subscribers.len());
            local.sweep = (upto < local.subscribers.len()).then_some(upto);
            if local.sweep.is_some() {
                self.sweeps.push_back(room);
            }
            for place in told..upto {
                let subscriber = self.rooms.get(room).subscribers[place];
                let slot = subscriber.connection as usize;
                if let Some(Connection { phase: Phase::Open(session), .. }) = self.connections.get_mut(slot) {
                    session.delivery.mark(subscriber.followed);
                    self.mark(slot);
                }
            }
        }
    }

    /// Writes for everybody who may have something to write.
    fn write(&mut self) {
        let mut dirty = std::mem::take(&mut self.dirty);
        let now = Instant::now();
        for slot in dirty.drain(..) {
            self.write_one(slot as usize, now);
        }
        // What became dirty meanwhile is a connection that closes: it has its turn at once.
        std::mem::swap(&mut self.dirty, &mut dirty);
        for slot in dirty {
            self.write_one(slot as usize, now);
        }
    }

    fn write_one(&mut self, slot: usize, now: Instant) {
        let Some(connection) = self.connections.get_mut(slot) else {
            return;
        };
        connection.dirty = false;
        if !connection.write(&self.shared, &mut self.rooms, &mut self.batch) {
            return self.remove(slot);
        }
        let written = connection.is_written();
        if written {
            connection.outgoing.release();
        }
        match &mut connection.phase {
            Phase::Open(session) => {
                if let Some(code) = session.over(now, written) {
                    let keep = code == CloseCode::GoingAway;
                    let frame = self.goodbye(code);
                    return self.close(slot, frame, keep);
                }
                if written {
                    session.begin_read(&self.rooms);
                }
                if (connection.has_kept() || connection.socket.readable) && connection.listens() {
                    self.unread.push(number(slot));
                }
            }
            Phase::Closing { done, .. } if written && !*done => {
                *done = true;
                connection.shut();
            }
            _ => {}
        }
    }

    fn close(&mut self, slot: usize, frame: Frame, keep: bool) {
        let by = Instant::now() + self.shared.options.close_within;
        if let Some(connection) = self.connections.get_mut(slot) {
            connection.close(&mut self.rooms, frame, keep, by);
            self.mark(slot);
            self.schedule(slot);
        }
    }

    fn remove(&mut self, slot: usize) {
        if let Some(mut connection) = self.connections.try_remove(slot) {
            connection.leave(&mut self.rooms);
            // A socket that is closed is forgotten by itself, should this fail.
            let _ = self.poll.registry().deregister(&mut connection.stream);
            self.load.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The frame to close with.
    fn goodbye(&self, code: CloseCode) -> Frame {
        if code != CloseCode::GoingAway {
            return Frame::close(code.number(), code.reason());
        }
        // Clients that come back shall not all do so in the same moment.
        let [byte] = self.shared.core.env().random_bytes();
        let words = format!("{}; come back in {:.1} s", code.reason(), f32::from(byte) / 51.0);
        Frame::close(code.number(), &words)
    }
}

/// A slot's number. There are never so many.
fn number(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}
