//! What follows a commit: everybody is told what it made true, in the order in which it was made, and then the callers
//! get their answers. All of it on the thread or the task that committed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use parlor_model::{Change, RoomEvent};

use super::caller::Caller;
use super::{Fate, Landed, Pending, created, undecided};
use crate::error::Error;
use crate::metrics::Counters;

/// Who hears of every commit.
pub(crate) type Hear = Box<dyn Fn(Arc<[RoomEvent]>) + Send + Sync>;

/// The one listener of a store.
#[derive(Default)]
pub(crate) struct Listener(OnceLock<Hear>);

impl Listener {
    /// False if there is one already.
    pub(crate) fn set(&self, hear: Hear) -> bool {
        self.0.set(hear).is_ok()
    }

    /// Tells what a commit made true.
    pub(crate) fn tell(&self, events: Arc<[RoomEvent]>) {
        let Some(hear) = self.0.get().filter(|_| !events.is_empty()) else {
            return;
        };
        // Foreign code on the thread that commits: a panic in it may not end that thread.
        if catch_unwind(AssertUnwindSafe(|| hear(events))).is_err() {
            tracing::error!("the listener to commits panicked");
        }
    }
}

/// What ran in a transaction and waits for its end.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are appends, and a box for each would cost more than the moves"
)]
pub(crate) enum Done {
    Append(Pending, Caller),
    /// A work, with what it made true and how its caller is told.
    Work(Vec<RoomEvent>, Box<dyn FnOnce(Result<(), Error>) + Send>),
}

/// How the callers are told, once everybody has been.
#[expect(clippy::large_enum_variant, reason = "it lives in one list, for a moment")]
enum Answer {
    /// The event at this place is theirs.
    Event(usize, Caller),
    Append(Pending, Caller),
    Work(Box<dyn FnOnce(Result<(), Error>) + Send>),
}

/// Tells everybody, and then the callers, that a transaction is on disk.
pub(crate) fn committed(done: impl IntoIterator<Item = Done>, listener: &Listener, counters: &Counters) {
    let (mut events, mut answers) = (Vec::new(), Vec::new());
    for one in done {
        answers.push(match one {
            Done::Append(Pending { message, fate: Fate::New, .. }, caller) => {
                events.push(created(message));
                Answer::Event(events.len() - 1, caller)
            }
            Done::Append(pending, caller) => Answer::Append(pending, caller),
            Done::Work(made, reply) => {
                events.extend(made);
                Answer::Work(reply)
            }
        });
    }
    let events: Arc<[RoomEvent]> = events.into();
    listener.tell(Arc::clone(&events));
    for answer in answers {
        match answer {
            Answer::Event(place, caller) => {
                // Any other kind of event is not at the place of an append; its caller would hear of a fault.
                if let Change::MessageCreated(message) = &events[place].change {
                    counters.appended(false);
                    caller.answer(Ok(Landed { message, repeated: false }));
                }
            }
            Answer::Append(pending, caller) => answer_old(pending, caller, counters),
            Answer::Work(reply) => reply(Ok(())),
        }
    }
}

/// Answers an append that wrote nothing.
fn answer_old(mut pending: Pending, caller: Caller, counters: &Counters) {
    match std::mem::replace(&mut pending.fate, Fate::Undecided) {
        Fate::Repeated(message) => {
            counters.appended(true);
            caller.answer(Ok(Landed { message: &message, repeated: true }));
        }
        Fate::Refused(error) => caller.answer(Err(pending.rejected(error))),
        Fate::New | Fate::Undecided => caller.answer(Err(pending.rejected(undecided()))),
    }
}

/// Tells the callers that nothing of a transaction was kept.
pub(crate) fn failed(done: impl IntoIterator<Item = Done>, error: &Error) {
    for one in done {
        match one {
            Done::Append(pending, caller) => caller.answer(Err(pending.rejected(error.clone().into()))),
            Done::Work(_, reply) => reply(Err(error.clone())),
        }
    }
}
