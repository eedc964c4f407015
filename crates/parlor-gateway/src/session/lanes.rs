//! The commands of a connection that are on their way. Those of one lane take effect in the order in which they were
//! sent; lanes run beside each other.
//!
//! Messages go to the store without a task each, one behind the other, through the connection's outbox, which keeps
//! their order. Anything else waits until all before it in its lane is done.

use std::collections::{HashMap, VecDeque};

use parlor_core::{Outbox, SendMessage};
use parlor_model::RoomId;
use parlor_protocol as wire;

use crate::dispatch::{self, Answer, Context, Job, Lane, Work};
use crate::failure;
use crate::shard::mailbox::Letter;
use crate::shard::promise::Promise;

/// The commands that are on their way.
#[derive(Default)]
pub(crate) struct Lanes {
    /// The lanes in which something runs.
    busy: HashMap<Lane, Busy>,
    /// Made when something is said first: most connections only listen.
    outbox: Option<Outbox>,
    count: usize,
}

/// What goes on in a lane.
#[derive(Default)]
struct Busy {
    /// How many messages are with the store. Nothing else runs meanwhile.
    sends: usize,
    /// What comes after, with the client's number of each.
    waiting: VecDeque<(Option<u64>, Work)>,
}

/// A command that is done.
pub(crate) struct Answered {
    lane: Option<Lane>,
    was_send: bool,
    /// The client's number for it.
    pub(super) reference: Option<u64>,
    /// What it came to.
    pub(super) answer: Answer,
}

impl Lanes {
    /// How many commands are on their way.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Runs a command, as soon as those before it in its lane are done.
    pub(super) fn add(&mut self, context: &Context, reference: Option<u64>, job: Job) {
        self.count += 1;
        let Some(lane) = job.lane else {
            return self.start(context, None, reference, job.work);
        };
        if let Some(busy) = self.busy.get_mut(&lane) {
            let follows = busy.sends > 0 && busy.waiting.is_empty() && matches!(job.work, Work::Send(..));
            if !follows {
                return busy.waiting.push_back((reference, job.work));
            }
        }
        self.start(context, Some(lane), reference, job.work);
    }

    /// A command is done: those behind it in its lane go on.
    pub(super) fn done(&mut self, context: &Context, answered: &Answered) {
        self.count -= 1;
        let Some(lane) = answered.lane else {
            return;
        };
        let Some(busy) = self.busy.get_mut(&lane) else {
            return;
        };
        busy.sends -= usize::from(answered.was_send);
        if busy.sends > 0 {
            return;
        }
        let next = next_group(&mut busy.waiting);
        if next.is_empty() {
            self.busy.remove(&lane);
            if self.busy.is_empty() {
                // Most of the time most connections say nothing.
                self.busy = HashMap::new();
            }
        }
        for (reference, work) in next {
            self.start(context, Some(lane), reference, work);
        }
    }

    fn start(&mut self, context: &Context, lane: Option<Lane>, reference: Option<u64>, work: Work) {
        let busy = lane.map(|lane| self.busy.entry(lane).or_default());
        match work {
            Work::Alone(work) => {
                let promise = Promise::new(&context.shared.hub, context.connection.id);
                // It goes on even if the connection ends: what has begun is finished.
                context.shared.runtime.spawn(async move {
                    let answer = work.await;
                    promise.keep(answered(Answered { lane, was_send: false, reference, answer }));
                });
            }
            Work::Send(room, message) => {
                if let Some(busy) = busy {
                    busy.sends += 1;
                }
                let outbox = self.outbox.get_or_insert_with(|| context.shared.core.outbox());
                send(outbox, context, lane, reference, (room, message));
            }
        }
    }
}

/// Says something. The answer comes from the thread that committed it.
fn send(
    outbox: &Outbox,
    context: &Context,
    lane: Option<Lane>,
    reference: Option<u64>,
    (room, message): (RoomId, SendMessage),
) {
    let promise = Promise::new(&context.shared.hub, context.connection.id);
    outbox.send(&context.actor, room, message, move |sent| {
        let answer = sent
            .map_err(failure::of_core)
            .map(|sent| dispatch::encoded(&wire::Sent { id: sent.id.to_string(), seq: sent.seq }));
        promise.keep(answered(Answered { lane, was_send: true, reference, answer }));
    });
}

fn answered(answered: Answered) -> impl FnOnce(crate::shard::ConnectionId) -> Letter {
    move |connection| Letter::Answered(connection, answered)
}

/// What runs next in a lane: all the messages at its front, or one other command.
fn next_group(waiting: &mut VecDeque<(Option<u64>, Work)>) -> VecDeque<(Option<u64>, Work)> {
    let sends = waiting.iter().take_while(|(_, work)| matches!(work, Work::Send(..))).count();
    let length = sends.max(1).min(waiting.len());
    waiting.drain(..length).collect()
}
