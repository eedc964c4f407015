//! One connection, from its first frame to its last. One task: only it reads the socket, and only it writes.
//!
//! Whatever takes time (commands, reads of the store) is a future that this task polls; so when the connection ends,
//! all of it ends. What core has begun to commit it finishes and tells by itself.

mod delivery;
mod heartbeat;
mod lanes;
mod opening;
mod reads;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use parlor_model::Actor;
use parlor_protocol::{CloseCode, Error, ErrorCode, ServerFrame};
use tokio::time::{Instant, Sleep};

use crate::credential::Credential;
use crate::data;
use crate::dispatch::{self, Context};
use crate::gateway::Shared;
use crate::hub::inbox::Waiting;
use crate::hub::ring::Budget;
use crate::transport::{Event, Frame, Transport};
use delivery::Delivery;
use heartbeat::{Beat, Heartbeat};
use lanes::{Answered, Lanes};
use reads::Read;

/// How much is handed to the socket between two flushes.
const BUDGET: Budget = Budget { frames: 256, bytes: 32 * 1024 };
/// How many answers may wait for a client that does not read before nothing more is read from it.
const MAX_WAITING: usize = 64;
/// How often a client may break the limits more often than it keeps them.
const MAX_STRIKES: u32 = 1_000;

/// A connection that has said hello.
pub(crate) struct Session {
    context: Context,
    delivery: Delivery,
    lanes: Lanes,
    /// What waits for the socket, apart from what waits in rings.
    outgoing: VecDeque<Frame>,
    heartbeat: Heartbeat,
    timer: Pin<Box<Sleep>>,
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

/// What happened next.
enum Step {
    Socket(Event),
    Answered(Answered),
    Read(Read),
    Inbox,
    Tick,
}

/// Serves a socket until it ends.
pub(crate) async fn run(shared: Arc<Shared>, mut transport: Transport, credential: Option<Credential>) {
    let within = shared.options.close_within;
    let code = match opening::open(&shared, &mut transport, credential).await {
        Ok(session) => session.run(&mut transport).await,
        Err(code) => code,
    };
    match code {
        Some(code) => transport.close(code, reason(&shared, code), within).await,
        None => transport.finish(within).await,
    }
}

impl Session {
    /// Works until the connection ends. Returns what to close it with, if that is still to be done.
    async fn run(mut self, transport: &mut Transport) -> Option<CloseCode> {
        loop {
            if self.hand_over(transport).is_err() {
                return None;
            }
            if let Some(code) = self.over(transport) {
                return Some(code);
            }
            let step = self.step(transport).await;
            if let ControlFlow::Break(end) = self.take(step, transport) {
                return end;
            }
        }
    }

    async fn step(&mut self, transport: &mut Transport) -> Step {
        let reading = self.end.is_none()
            && self.lanes.count() < self.context.shared.options.max_in_flight
            && self.outgoing.len() < MAX_WAITING;
        if !transport.is_pending() && self.end.is_none() {
            self.delivery.begin_read(&self.context);
        }
        let due = self.end.map_or(self.heartbeat.due(), |end| end.by);
        if self.timer.deadline() != due {
            self.timer.as_mut().reset(due);
        }
        tokio::select! {
            event = transport.drive(reading) => Step::Socket(event),
            answered = self.lanes.next(&self.context) => Step::Answered(answered),
            read = self.delivery.read() => Step::Read(read),
            () = self.context.connection.inbox.arrived() => Step::Inbox,
            () = self.timer.as_mut() => Step::Tick,
        }
    }

    /// Does what follows from a step. Breaks if the connection is over, with what to close it with.
    fn take(&mut self, step: Step, transport: &mut Transport) -> ControlFlow<Option<CloseCode>> {
        match step {
            Step::Socket(Event::Text(frame)) => self.take_frame(&frame),
            Step::Socket(Event::Alive) => self.heartbeat.heard(),
            Step::Socket(Event::Flushed) => {}
            Step::Socket(Event::Broken(code)) => {
                if code == CloseCode::TooLarge {
                    let error = Error::too_large(self.context.shared.options.max_frame_bytes);
                    self.refuse(None, error);
                    // What can be written at once is; the connection does not wait for it.
                    let _ = self.hand_over(transport);
                }
                return ControlFlow::Break(Some(code));
            }
            Step::Socket(Event::Goodbye | Event::Gone) => return ControlFlow::Break(None),
            Step::Answered(answered) => self.answer(answered),
            Step::Read(read) => self.take_read(read),
            Step::Inbox => self.take_inbox(),
            Step::Tick => self.tick(transport),
        }
        ControlFlow::Continue(())
    }

    fn take_frame(&mut self, frame: &Frame) {
        self.heartbeat.heard();
        self.context.shared.metrics.frames_in.inc();
        let limit = self.context.shared.options.max_frame_bytes;
        if frame.len() > limit {
            return self.refuse(data::reference(frame.as_str()), Error::too_large(limit));
        }
        let (command, data) = match data::frame(frame.as_str()) {
            Ok(read) => read,
            Err(misread) => return self.refuse(misread.reference, misread.error),
        };
        let Some(prepare) = dispatch::find(&command.kind) else {
            let words = "There is no such command.";
            return self.refuse(command.reference, Error::new(ErrorCode::UnknownType, words));
        };
        match prepare(&self.context, data) {
            Ok(job) => self.lanes.add(&self.context, command.reference, job),
            Err(error) => self.refuse(command.reference, error),
        }
    }

    fn answer(&mut self, answered: Answered) {
        for (reference, answer) in answered.answers {
            match answer {
                Ok(data) => {
                    self.strikes = self.strikes.saturating_sub(1);
                    self.send(&ServerFrame::Ok { reference, data });
                }
                Err(error) if error.code == ErrorCode::RateLimited => self.refuse(reference, error),
                Err(error) => self.send(&ServerFrame::Error { reference, error }),
            }
        }
    }

    /// Answers with an error that a well-behaved client does not cause often.
    fn refuse(&mut self, reference: Option<u64>, error: Error) {
        self.send(&ServerFrame::Error { reference, error });
        self.strikes += 1;
        if self.strikes > MAX_STRIKES && self.context.shared.core.settings().limits.enabled {
            self.end_with(CloseCode::Flooding);
        }
    }

    fn take_read(&mut self, read: Read) {
        let Some(ended) = self.delivery.take(&self.context, read, &mut self.outgoing) else {
            return self.end_with(CloseCode::SessionEnded);
        };
        self.unwatch(ended);
    }

    fn take_inbox(&mut self) {
        let waiting: Waiting = self.context.connection.inbox.take();
        if let Some(user) = waiting.profile {
            let session = self.context.actor.session;
            self.context.actor = Arc::new(Actor { user, session });
        }
        waiting.dirty.into_iter().for_each(|room| self.delivery.mark(room));
        waiting.joined.into_iter().for_each(|(room, seq)| self.delivery.note_joined(room, seq));
        if waiting.recheck {
            self.delivery.doubt();
        }
        if let Some(code) = waiting.end {
            self.end_with(code);
        }
    }

    fn tick(&mut self, transport: &mut Transport) {
        if self.end.is_some() {
            return;
        }
        if self.lanes.count() >= self.context.shared.options.max_in_flight {
            // Nothing is read from it at present, so its silence means nothing.
            self.heartbeat.heard();
        }
        match self.heartbeat.beat(&self.context.shared) {
            Beat::Ping => {
                // An error shows again when the socket is driven.
                let _ = transport.ping();
            }
            Beat::CheckSession => self.delivery.doubt(),
            Beat::Dead => self.end_with(CloseCode::Silent),
        }
    }

    /// Gives the socket what waits: answers first, then what rooms have, then presence. Nothing while it still has to
    /// write what it was given before: so what happens meanwhile goes out together.
    fn hand_over(&mut self, transport: &mut Transport) -> Result<(), axum::Error> {
        if transport.is_pending() {
            return Ok(());
        }
        let mut budget = BUDGET;
        let mut frames = Vec::new();
        while let Some(frame) = self.outgoing.pop_front_if(|frame| budget.takes(frame)) {
            frames.push(frame);
        }
        let answers = frames.len();
        let metrics = self.context.shared.metrics.clone();
        if self.outgoing.is_empty() && self.end.is_none() {
            let ended = self.delivery.fill(&metrics, &mut budget, &mut frames);
            metrics.deliveries.inc_by((frames.len() - answers) as u64);
            self.unwatch(ended);
            // What a room has comes before who is in it, so that nobody learns the latter after losing the room.
            let inbox = &self.context.connection.inbox;
            let presence = inbox.take_presence(|room| self.delivery.is_waiting(room));
            frames.extend(presence.map(crate::presence::PendingPresence::into_frame));
        }
        for frame in frames {
            metrics.frames_out.inc();
            metrics.bytes_out.inc_by(frame.len() as u64);
            transport.push(frame)?;
        }
        Ok(())
    }

    /// What to close with, if it is time: at once, or when what is under way is finished.
    fn over(&self, transport: &Transport) -> Option<CloseCode> {
        let end = self.end?;
        let finished = self.lanes.count() == 0 && self.outgoing.is_empty() && !transport.is_pending();
        let at_once = end.code != CloseCode::GoingAway;
        (at_once || finished || Instant::now() >= end.by).then_some(end.code)
    }

    fn end_with(&mut self, code: CloseCode) {
        let by = Instant::now() + self.context.shared.options.close_within;
        // An ending at once is not put off by one that has time.
        if self.end.is_none_or(|end| end.code == CloseCode::GoingAway) {
            self.end = Some(End { code, by });
        }
    }

    fn unwatch(&self, ended: Vec<parlor_model::RoomId>) {
        for room in ended {
            self.context.shared.hub.presence.unwatch(self.context.connection.id, room);
        }
    }

    fn send(&mut self, frame: &ServerFrame) {
        self.outgoing.push_back(crate::encode::frame(frame));
    }
}

/// The words of a closing. Clients that come back shall not all do so in the same moment.
fn reason(shared: &Shared, code: CloseCode) -> String {
    if code != CloseCode::GoingAway {
        return code.reason().to_owned();
    }
    let [byte] = shared.core.env().random_bytes();
    format!("{}; come back in {:.1} s", code.reason(), f32::from(byte) / 51.0)
}
