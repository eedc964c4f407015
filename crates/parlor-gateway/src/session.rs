//! A connection that has said hello: what it says, what it is answered, and when it ends. Its shard gives it what
//! comes and takes what it has for the socket; nothing here waits.
//!
//! Whatever takes time (commands, reads of the store) runs beside the shard and comes back as a letter. What core has
//! begun to commit it finishes and tells by itself, also when the connection has ended.

mod catch_up;
pub(crate) mod delivery;
mod followed;
mod heads;
mod heartbeat;
pub(crate) mod lanes;
pub(crate) mod opening;
pub(crate) mod outgoing;
pub(crate) mod reads;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use parlor_model::{Actor, RoomId, Seq};
use parlor_protocol::{CloseCode, Error, ErrorCode, ReadPosition, ServerFrame};

use crate::data::{self, Misread};
use crate::dispatch::{self, Context, Prepared, Step};
use crate::hub::ring::Budget;
use crate::presence::PendingPresence;
use crate::shard::batch::Batch;
use crate::shard::mailbox::Note;
use crate::shard::rooms::Rooms;
use delivery::{Delivery, Desk};
use heartbeat::{Beat, Heartbeat, jitter};
use lanes::{Answered, Lanes};
pub(crate) use opening::Opened;
use outgoing::Outgoing;
use reads::Read;

/// How many answers may wait for a client that does not read before nothing more is read from it.
const MAX_WAITING: usize = 64;
/// How many bytes of them.
const MAX_WAITING_BYTES: usize = 256 * 1024;
/// From so many bytes on, an answer needs room of its own.
const LARGE: usize = 16 * 1024;
/// How often a client may break the limits more often than it keeps them.
const MAX_STRIKES: u32 = 1_000;

/// A connection that has said hello.
pub(crate) struct Session {
    context: Context,
    pub(crate) delivery: Delivery,
    lanes: Lanes,
    heartbeat: Heartbeat,
    /// Who came and went in the watched room, as far as the client has not been told.
    presence: Option<PendingPresence>,
    /// How far the user has read on other devices, as far as the client has not been told: one place a room.
    read: BTreeMap<RoomId, Seq>,
    strikes: u32,
    end: Option<End>,
}

/// Why and until when a connection ends.
#[derive(Debug, Clone, Copy)]
struct End {
    code: CloseCode,
    /// What is under way may be finished until then.
    by: Instant,
}

/// What a time that has come leads to.
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// The peer is to be asked whether it is there.
    Ping,
}

impl Session {
    /// True if the client may be read from: what it said is being dealt with, and it takes the answers.
    pub(crate) fn listens(&self, outgoing: &Outgoing) -> bool {
        self.end.is_none()
            && self.lanes.count() < self.context.shared.options.max_in_flight
            && outgoing.len() < MAX_WAITING
            && outgoing.bytes() < MAX_WAITING_BYTES
    }

    /// Something came from the client.
    pub(crate) fn heard(&mut self) {
        self.heartbeat.heard();
    }

    /// The client said something that can't be read.
    pub(crate) fn take_misread(&mut self, misread: Misread, outgoing: &mut Outgoing) {
        self.heartbeat.heard();
        self.refuse(misread.reference, misread.error, outgoing);
    }

    /// The client said something.
    pub(crate) fn take_text(&mut self, text: &str, desk: &mut Desk<'_>) {
        self.heartbeat.heard();
        let outgoing = &mut *desk.outgoing;
        let (command, data) = match data::frame(text) {
            Ok(read) => read,
            Err(misread) => return self.refuse(misread.reference, misread.error, outgoing),
        };
        let Some(prepare) = dispatch::find(&command.kind) else {
            let words = "There is no such command.";
            return self.refuse(command.reference, Error::new(ErrorCode::UnknownType, words), outgoing);
        };
        match prepare(&self.context, data) {
            Ok(Prepared::Step(step)) => self.take_step(command.reference, &step, desk),
            Ok(Prepared::Job(job)) => self.lanes.add(&self.context, command.reference, job),
            Err(error) => self.refuse(command.reference, error, outgoing),
        }
    }

    /// A command is done.
    pub(crate) fn take_answers(&mut self, answered: Answered, outgoing: &mut Outgoing) {
        self.lanes.done(&self.context, &answered);
        let Answered { reference, answer, .. } = answered;
        match answer {
            Ok(data) => {
                if data.get().len() >= LARGE {
                    match self.context.room_for(data.get().len()) {
                        Ok(room) => outgoing.hold(room),
                        Err(refusal) => return self.refuse(reference, Error::from(&refusal), outgoing),
                    }
                }
                self.strikes = self.strikes.saturating_sub(1);
                outgoing.answer(reference, &data);
            }
            Err(error) if error.code == ErrorCode::RateLimited => self.refuse(reference, error, outgoing),
            Err(error) => outgoing.say(&ServerFrame::Error { reference, error }),
        }
    }

    /// The store answered.
    pub(crate) fn take_read(&mut self, read: Read, desk: &mut Desk<'_>) {
        match self.delivery.take(&self.context, read, desk) {
            Some(ended) => self.unwatch(ended),
            None => self.end_with(CloseCode::SessionEnded),
        }
    }

    /// Something happened that the connection must know.
    pub(crate) fn take_note(&mut self, note: Note) {
        match note {
            Note::Joined(room, seq) => self.note_joined(room, seq),
            Note::Profile(user) => {
                let session = self.context.actor.session;
                self.context.actor = Arc::new(Actor { user: user.as_ref().clone(), session });
            }
            Note::Recheck => self.delivery.doubt(),
            Note::Read(room, seq) => {
                let known = self.read.entry(room).or_default();
                *known = seq.max(*known);
            }
            Note::Presence(difference) => {
                self.presence = Some(PendingPresence::with(self.presence.take(), &difference));
            }
            Note::End(code) => self.end_with(code),
        }
    }

    /// Adds to `batch` what rooms have for the client.
    pub(crate) fn gather(&mut self, rooms: &Rooms, budget: &mut Budget, batch: &mut Batch) {
        if self.end.is_none() {
            self.delivery.gather(rooms, budget, batch);
        }
    }

    /// The first `written` pieces of the batch went to the socket.
    pub(crate) fn commit(&mut self, batch: &Batch, written: usize, desk: &mut Desk<'_>) {
        let ended = self.delivery.commit(&self.context.shared.metrics, batch, written, desk);
        self.unwatch(ended);
    }

    /// Hands over news of presence, if nothing of the room must go out before it: nobody shall learn who is in a room
    /// after losing it.
    pub(crate) fn tell_presence(&mut self, desk: &mut Desk<'_>) {
        if !self.has_presence(desk.rooms) {
            return;
        }
        let Some(pending) = self.presence.take() else {
            return;
        };
        let room = pending.room();
        if self.context.shared.hub.presence.is_watching(self.context.connection.id, room) {
            let frame = pending.frame(desk.outgoing.wire());
            desk.outgoing.push(frame);
        }
    }

    /// True if there is news of presence, and nothing that must go out before it.
    pub(crate) fn has_presence(&self, rooms: &Rooms) -> bool {
        self.presence.as_ref().is_some_and(|pending| !self.delivery.is_waiting(pending.room(), rooms))
    }

    /// Tells how far the user has read on other devices.
    pub(crate) fn tell_read(&mut self, desk: &mut Desk<'_>) {
        while let Some((room, seq)) = self.read.pop_first() {
            let data = ReadPosition { seq };
            desk.outgoing.say(&ServerFrame::RoomRead { room: room.to_string(), data });
        }
    }

    /// Tells how far the rooms are that are not open, if it is time.
    pub(crate) fn tell_heads(&mut self, desk: &mut Desk<'_>) {
        if self.end.is_none() {
            self.delivery.tell_heads(desk);
        }
    }

    /// The user has lost a room that was not open, at this place in its sequence.
    pub(crate) fn lose(&mut self, followed: u32, place: Seq, desk: &mut Desk<'_>) {
        let ended = self.delivery.lose(followed, place, desk);
        self.unwatch(ended.into_iter().collect());
    }

    /// The socket takes more: what the store has to be asked for may be asked.
    pub(crate) fn begin_read(&mut self, rooms: &Rooms) {
        if self.end.is_none() {
            self.delivery.begin_read(&self.context, rooms);
        }
    }

    /// When [`Session::tick`] is to be called.
    pub(crate) fn due(&self) -> Instant {
        self.end.map_or(self.heartbeat.due(), |end| end.by)
    }

    /// The time has come.
    pub(crate) fn tick(&mut self, now: Instant) -> Due {
        if self.end.is_some() || now < self.heartbeat.due() {
            return Due::Nothing;
        }
        if self.lanes.count() >= self.context.shared.options.max_in_flight {
            // Nothing is read from it at present, so its silence means nothing.
            self.heartbeat.heard();
        }
        let shared = &self.context.shared;
        match self.heartbeat.beat(&shared.options, now, jitter(shared)) {
            Beat::Ping => Due::Ping,
            Beat::CheckSession => {
                self.delivery.doubt();
                Due::Nothing
            }
            Beat::Dead => {
                self.end_with(CloseCode::Silent);
                Due::Nothing
            }
        }
    }

    /// What to close with, if it is time: at once, or when what is under way is finished.
    pub(crate) fn over(&self, now: Instant, everything_written: bool) -> Option<CloseCode> {
        let end = self.end?;
        let finished = self.lanes.count() == 0 && everything_written;
        let at_once = end.code != CloseCode::GoingAway;
        (at_once || finished || now >= end.by).then_some(end.code)
    }

    /// The connection ends: nothing is followed any more.
    pub(crate) fn close(&mut self, rooms: &mut Rooms) {
        self.delivery.close(rooms);
    }

    /// Opens or closes a room: what needs nothing but what is here.
    fn take_step(&mut self, reference: Option<u64>, step: &Step, desk: &mut Desk<'_>) {
        let done = match *step {
            Step::Open { room, from } => self.delivery.open_room(&self.context, reference, room, from, desk),
            Step::Close { room } => self.delivery.close_room(reference, room, desk),
        };
        if let Err(error) = done {
            self.refuse(reference, error, desk.outgoing);
        }
    }

    fn note_joined(&mut self, room: RoomId, seq: Seq) {
        self.delivery.note_joined(room, seq);
    }

    /// Answers with an error that a well-behaved client does not cause often.
    fn refuse(&mut self, reference: Option<u64>, error: Error, outgoing: &mut Outgoing) {
        outgoing.say(&ServerFrame::Error { reference, error });
        self.strikes += 1;
        if self.strikes > MAX_STRIKES && self.context.shared.core.settings().limits.enabled {
            self.end_with(CloseCode::Flooding);
        }
    }

    fn end_with(&mut self, code: CloseCode) {
        let by = Instant::now() + self.context.shared.options.close_within;
        // An ending at once is not put off by one that has time.
        if self.end.is_none_or(|end| end.code == CloseCode::GoingAway) {
            self.end = Some(End { code, by });
        }
    }

    fn unwatch(&self, ended: Vec<RoomId>) {
        let presence = &self.context.shared.hub.presence;
        for room in ended {
            presence.unwatch(self.context.connection.id, room);
        }
    }
}
