//! The sends of one connection, for callers that are no tasks: a send costs a look at what is remembered and a place in
//! the store's queue, and what becomes of it is told by a callback. Nothing here waits.
//!
//! **Order.** Sends of one outbox get their places in a room in the order in which they were handed over. Most go
//! straight to the store, whose queue keeps the order. One that needs a question first (who is not remembered to be
//! allowed to write, or whose access changed on the way) takes the detour: a task that works off what waits, in order.
//! While a room has anything on the detour, or under way in another state of access, later sends go behind it; and the
//! detour begins only when nothing of the room is under way, because what is may come back and must go first.
//!
//! The lock is held for moments, and nothing else is taken under it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_model::{Actor, MessageId, Refusal, RoomId, Seq};
use parlor_store::{Append, AppendError, NewMessage, Rejected};

use super::SendMessage;
use super::send::{refusing, same_room};
use crate::{Core, Error};

/// How many sends of one outbox may wait on the detour of a room. One more is answered with `busy` at once.
const DETOUR: usize = 128;

/// Where a message landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Which.
    pub id: MessageId,
    /// Its place in the room.
    pub seq: Seq,
}

type Done = Box<dyn FnOnce(Result<Sent, Error>) + Send>;

/// The sends of one connection. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Outbox {
    core: Core,
    /// The rooms in which something is under way or waits.
    lanes: Arc<Mutex<HashMap<RoomId, Lane>>>,
}

/// The sends of an outbox in one room.
#[derive(Default)]
struct Lane {
    /// The number of the next send.
    next: u64,
    /// How many are with the store, all checked in the same state of access.
    under_way: usize,
    version: Seq,
    /// What waits for the detour, by number.
    waiting: BTreeMap<u64, Waiting>,
    /// True while a task works off what waits.
    on_detour: bool,
}

struct Waiting {
    actor: Arc<Actor>,
    message: NewMessage,
    done: Done,
}

impl Core {
    /// The sends of a new connection.
    pub fn outbox(&self) -> Outbox {
        Outbox { core: self.clone(), lanes: Arc::default() }
    }
}

impl Outbox {
    /// Says something, as [`Core::send_message`] does, without waiting. `done` is called exactly once: at once on this
    /// thread if it is refused before it gets to the store, else on the thread that committed it or on another, where it
    /// must not wait. May be called on any thread; calls of one outbox from several threads have no order.
    pub fn send(
        &self,
        actor: &Arc<Actor>,
        room: RoomId,
        input: SendMessage,
        done: impl FnOnce(Result<Sent, Error>) + Send + 'static,
    ) {
        match self.core.prepare(actor, input) {
            Ok(message) => {
                self.take(room, Waiting { actor: Arc::clone(actor), message, done: Box::new(done) });
            }
            Err(refused) => done(Err(refused)),
        }
    }

    fn take(&self, room: RoomId, waiting: Waiting) {
        let version = self.core.admitted().version(&waiting.actor, room);
        let mut lanes = self.lanes();
        let lane = lanes.entry(room).or_default();
        let clear = lane.waiting.is_empty() && !lane.on_detour;
        match version {
            Some(version) if clear && (lane.under_way == 0 || lane.version == version) => {
                lane.version = version;
                let number = lane.number();
                lane.under_way += 1;
                drop(lanes);
                self.submit(room, version, number, waiting);
            }
            _ if lane.waiting.len() >= DETOUR => {
                drop(lanes);
                (waiting.done)(Err(Refusal::Busy { retry_after: Duration::from_secs(1) }.into()));
            }
            _ => {
                let number = lane.number();
                lane.waiting.insert(number, waiting);
                self.set_out(room, lane);
            }
        }
    }

    /// Hands a send to the store. Two calls for one room come in the order of their numbers, because one thread makes
    /// them.
    fn submit(&self, room: RoomId, access_version: Seq, number: u64, waiting: Waiting) {
        let Waiting { actor, message, done } = waiting;
        let outbox = self.clone();
        self.core.store().submit(Append { room, access_version, message }, move |outcome| match outcome {
            Ok(landed) => {
                let sent = Sent { id: landed.message.id, seq: landed.message.seq };
                let result = same_room(room, landed.message).map(|()| sent);
                outbox.landed(room, None);
                done(result);
            }
            Err(Rejected { error: AppendError::AccessChanged, append: Some(append) }) => {
                outbox.core.admitted().forget(room);
                outbox.landed(room, Some((number, Waiting { actor, message: append.message, done })));
            }
            Err(Rejected { error, .. }) => {
                outbox.landed(room, None);
                done(Err(refusing(error)));
            }
        });
    }

    /// One that was under way is no more; it may have to go again.
    fn landed(&self, room: RoomId, again: Option<(u64, Waiting)>) {
        let mut lanes = self.lanes();
        let Some(lane) = lanes.get_mut(&room) else {
            return;
        };
        lane.under_way -= 1;
        lane.waiting.extend(again);
        if lane.waiting.is_empty() && lane.under_way == 0 && !lane.on_detour {
            lanes.remove(&room);
        } else {
            self.set_out(room, lane);
        }
    }

    /// Sends what waits on its way, if nothing before it is.
    fn set_out(&self, room: RoomId, lane: &mut Lane) {
        if lane.under_way == 0 && !lane.waiting.is_empty() && !lane.on_detour {
            lane.on_detour = true;
            let outbox = self.clone();
            self.core.runtime().spawn(async move { outbox.work_off(room).await });
        }
    }

    /// Works off what waits in a room, until nothing does.
    async fn work_off(&self, room: RoomId) {
        while let Some(waiting) = self.next_group(room) {
            let Some(first) = waiting.first() else {
                return;
            };
            let actor = Arc::clone(&first.actor);
            let (messages, callers): (Vec<_>, Vec<_>) =
                waiting.into_iter().map(|one| (one.message, one.done)).unzip();
            let results = self.core.send_all_prepared(&actor, room, messages).await;
            for (done, result) in callers.into_iter().zip(results) {
                done(result.map(|message| Sent { id: message.id, seq: message.seq }));
            }
        }
    }

    /// All that waits at the front in the name of the same actor. `None` once nothing waits.
    fn next_group(&self, room: RoomId) -> Option<Vec<Waiting>> {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(&room)?;
        let waiting = std::mem::take(&mut lane.waiting);
        let Some(actor) = waiting.values().next().map(|first| Arc::clone(&first.actor)) else {
            lanes.remove(&room);
            return None;
        };
        let mut group = Vec::with_capacity(waiting.len());
        for (number, one) in waiting {
            // A change of the actor's name or role comes as another actor, who is looked at anew.
            if lane.waiting.is_empty() && one.actor == actor {
                group.push(one);
            } else {
                lane.waiting.insert(number, one);
            }
        }
        Some(group)
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<RoomId, Lane>> {
        // Nothing panics while the lock is held, except where memory is used up, which ends the process.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
