//! A socket with what the shard knows of its connection, from the upgrade to the last byte. It reads and writes without
//! blocking; what the frames mean is the session's business.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::time::Instant;

use mio::net::TcpStream;
use parlor_core::limits::Permit;

use super::ConnectionId;
use super::batch::{Batch, Piece};
use super::hearing::{Heard, Phase, Tools};
use super::newcomer::Newcomer;
use super::rooms::Rooms;
use crate::admission::Admitted;
use crate::codec::{Decoder, Frame};
use crate::gateway::Shared;
use crate::hub::ring::Budget;
use crate::session::delivery::Desk;
use crate::session::outgoing::Outgoing;

/// How much goes into one write.
const BUDGET: Budget = Budget { frames: MAX_PIECES, bytes: 64 * 1024 };
const MAX_PIECES: usize = 128;

/// A socket and its connection.
pub(super) struct Connection {
    pub(super) id: ConnectionId,
    pub(super) stream: TcpStream,
    pub(super) decoder: Decoder,
    pub(super) outgoing: Outgoing,
    /// A frame of which the socket took only so many bytes.
    partial: Option<(Frame, usize)>,
    pub(super) phase: Phase,
    pub(super) socket: Readiness,
    /// True if it waits for its turn to write.
    pub(super) dirty: bool,
    /// Which of its entries in the wheel counts.
    pub(super) schedule: u32,
    /// When that entry comes.
    pub(super) scheduled: Instant,
    pub(super) admitted: Admitted,
    _place: Permit,
}

/// What is known of a socket.
pub(super) struct Readiness {
    /// It may have something to read.
    pub(super) readable: bool,
    /// The peer has said that it sends no more.
    pub(super) hung_up: bool,
    /// It may take something.
    pub(super) writable: bool,
}

impl Connection {
    /// A connection that has said nothing.
    pub(super) fn new(newcomer: Newcomer, id: ConnectionId, shared: &Shared, now: Instant) -> Self {
        let max = u32::try_from(shared.options.max_frame_bytes.saturating_mul(2)).unwrap_or(u32::MAX);
        let by = now + shared.options.hello_within;
        Self {
            id,
            stream: TcpStream::from_std(newcomer.stream),
            // Twice the limit, so that a frame a little too large is still answered in words.
            decoder: Decoder::new(max),
            outgoing: Outgoing::new(newcomer.wire),
            partial: None,
            phase: Phase::greeting(newcomer.credential, by),
            socket: Readiness { readable: true, hung_up: false, writable: true },
            dirty: false,
            schedule: 0,
            scheduled: by,
            admitted: newcomer.admitted,
            _place: newcomer.place,
        }
    }

    /// True if what the peer sends is taken up at present.
    pub(super) fn listens(&self) -> bool {
        self.phase.listens(&self.outgoing)
    }

    /// When something is to be done about it although nothing comes.
    pub(super) fn due(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Greeting(stranger) => Some(stranger.by),
            Phase::Opening(_) => None,
            Phase::Open(session) => Some(session.due()),
            Phase::Closing { by, .. } => Some(*by),
        }
    }

    /// True if there is something that was read from the socket and not taken up.
    pub(super) fn has_kept(&self) -> bool {
        self.decoder.has_kept() && !matches!(self.phase, Phase::Closing { .. })
    }

    /// Reads once into the shared buffer and takes up what came.
    pub(super) fn read(&mut self, tools: &mut Tools<'_>, buffer: &mut [u8]) -> Heard {
        match self.stream.read(buffer) {
            Ok(0) => Heard::Gone,
            Ok(length) => {
                if length < buffer.len() && !self.socket.hung_up {
                    // Whatever comes from now on is announced anew.
                    self.socket.readable = false;
                }
                self.hear(tools, &mut buffer[..length])
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.socket.readable = false;
                Heard::Enough
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Heard::Enough,
            Err(_) => Heard::Gone,
        }
    }

    /// Writes what waits, as far as the socket takes it. False if the socket has ended.
    pub(super) fn write(&mut self, shared: &Shared, rooms: &mut Rooms, batch: &mut Batch) -> bool {
        while self.socket.writable {
            self.gather(rooms, batch);
            if self.partial.is_none() && batch.pieces.is_empty() {
                // What leads to no frame may still lead to a state, and for that something may have waited.
                self.commit(shared, rooms, batch, 0);
                if self.has_presence(rooms) {
                    continue;
                }
                return true;
            }
            match self.write_once(rooms, batch) {
                Ok(taken) => self.advance(shared, rooms, batch, taken),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.socket.writable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        true
    }

    fn has_presence(&self, rooms: &Rooms) -> bool {
        matches!(&self.phase, Phase::Open(session) if session.has_presence(rooms))
    }

    /// True if nothing waits for the socket but what may be in rings.
    pub(super) fn is_written(&self) -> bool {
        self.partial.is_none() && self.outgoing.is_empty()
    }

    /// Begins to end: says so after what waits, if `keep`, or else instead of it.
    pub(super) fn close(&mut self, rooms: &mut Rooms, frame: Frame, keep: bool, by: Instant) {
        if matches!(self.phase, Phase::Closing { .. }) {
            return;
        }
        self.leave(rooms);
        if !keep {
            self.outgoing = Outgoing::new(self.outgoing.wire());
        }
        self.outgoing.push(frame);
        self.phase = Phase::Closing { by, done: false };
    }

    /// Follows nothing any more.
    pub(super) fn leave(&mut self, rooms: &mut Rooms) {
        if let Phase::Open(session) = &mut self.phase {
            session.close(rooms);
        }
    }

    /// Tells the peer that nothing more comes.
    pub(super) fn shut(&self) {
        // A socket that is gone needs no telling.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Collects what goes out next: answers first, then what rooms have. Presence joins the answers, as soon as nothing
    /// of its room waits.
    fn gather(&mut self, rooms: &mut Rooms, batch: &mut Batch) {
        batch.clear();
        let Self { outgoing, phase, .. } = self;
        if let Phase::Open(session) = phase
            && outgoing.is_empty()
        {
            let mut desk = Desk { rooms, outgoing };
            session.tell_read(&mut desk);
            session.tell_presence(&mut desk);
            session.tell_heads(&mut desk);
        }
        let mut budget = BUDGET;
        for (number, frame) in outgoing.frames().iter().enumerate() {
            if !budget.takes(frame.len()) {
                return;
            }
            batch.pieces.push(Piece::Own(number));
        }
        if let Phase::Open(session) = phase {
            session.gather(rooms, &mut budget, batch);
        }
    }

    fn write_once(&mut self, rooms: &Rooms, batch: &Batch) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); MAX_PIECES + 1];
        let mut count = 0;
        if let Some((frame, written)) = &self.partial {
            slices[0] = IoSlice::new(&frame.as_bytes()[*written..]);
            count = 1;
        }
        let wire = self.outgoing.wire();
        for piece in &batch.pieces {
            if let Some(frame) = piece.frame(wire, &self.outgoing, rooms) {
                slices[count] = IoSlice::new(frame.as_bytes());
                count += 1;
            }
        }
        let wanted: usize = slices[..count].iter().map(|slice| slice.len()).sum();
        let taken = self.stream.write_vectored(&slices[..count])?;
        if taken < wanted {
            // It will say when it takes more.
            self.socket.writable = false;
        }
        Ok(taken)
    }

    /// Moves on past what the socket took.
    fn advance(&mut self, shared: &Shared, rooms: &mut Rooms, batch: &Batch, taken: usize) {
        shared.metrics.bytes_out.inc_by(taken as u64);
        let mut taken = taken;
        if let Some((frame, written)) = &mut self.partial {
            let rest = frame.len() - *written;
            if taken < rest {
                *written += taken;
                return self.commit(shared, rooms, batch, 0);
            }
            taken -= rest;
            self.partial = None;
        }
        let wire = self.outgoing.wire();
        let mut written = 0;
        for piece in &batch.pieces {
            let Some(frame) = piece.frame(wire, &self.outgoing, rooms) else { break };
            if taken == 0 {
                break;
            }
            written += 1;
            if taken < frame.len() {
                self.partial = Some((frame.clone(), taken));
                break;
            }
            taken -= frame.len();
        }
        self.commit(shared, rooms, batch, written);
    }

    /// The first `written` pieces are on their way for good.
    fn commit(&mut self, shared: &Shared, rooms: &mut Rooms, batch: &Batch, written: usize) {
        let own = batch.pieces.iter().take(written).filter(|piece| matches!(piece, Piece::Own(_))).count();
        for _ in 0..own {
            self.outgoing.pop();
        }
        shared.metrics.frames_out.inc_by(written as u64);
        shared.metrics.deliveries.inc_by((written - own) as u64);
        let Self { outgoing, phase, .. } = self;
        if let Phase::Open(session) = phase {
            session.commit(batch, written, &mut Desk { rooms, outgoing });
        }
    }
}
