//! The commands of a connection that are on their way. Those of one lane run one after the other, so that a room sees
//! them in the order in which they were sent; lanes run beside each other.

use std::collections::{HashMap, VecDeque};

use parlor_core::SendMessage;
use parlor_model::{Message, RoomId};
use parlor_protocol::Sent;

use crate::dispatch::{self, Answer, Context, Job, Lane, Work};
use crate::failure;
use crate::shard::mailbox::Letter;
use crate::shard::promise::Promise;

/// The commands that are on their way.
#[derive(Default)]
pub(crate) struct Lanes {
    /// What waits behind the command that runs in a lane. A lane is here as long as something runs in it.
    waiting: HashMap<Lane, VecDeque<(Option<u64>, Work)>>,
    count: usize,
}

/// Commands that are done.
pub(crate) struct Answered {
    lane: Option<Lane>,
    /// The client's number of each, and what it came to; in order.
    pub(super) answers: Vec<(Option<u64>, Answer)>,
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
            return start(context.clone(), None, VecDeque::from([(reference, job.work)]));
        };
        if let Some(waiting) = self.waiting.get_mut(&lane) {
            return waiting.push_back((reference, job.work));
        }
        self.waiting.insert(lane, VecDeque::new());
        start(context.clone(), Some(lane), VecDeque::from([(reference, job.work)]));
    }

    /// Commands are done: those behind them in their lane go on.
    pub(super) fn done(&mut self, context: &Context, answered: &Answered) {
        self.count -= answered.answers.len();
        let Some(lane) = answered.lane else {
            return;
        };
        let Some(waiting) = self.waiting.get_mut(&lane) else {
            return;
        };
        let group = next_group(waiting);
        if group.is_empty() {
            self.waiting.remove(&lane);
            if self.waiting.is_empty() {
                // Most of the time most connections say nothing.
                self.waiting = HashMap::new();
            }
        } else {
            start(context.clone(), Some(lane), group);
        }
    }
}

/// Runs commands beside the shard. It goes on even if the connection ends: what has begun is finished.
fn start(context: Context, lane: Option<Lane>, group: VecDeque<(Option<u64>, Work)>) {
    let promise = Promise::new(&context.shared.hub, context.connection.id);
    let runtime = context.shared.runtime.clone();
    runtime.spawn(async move {
        let answers = perform(&context, lane, group).await;
        promise.keep(|connection| Letter::Answered(connection, Answered { lane, answers }));
    });
}

/// What runs next in a lane: all the messages at its front together, or one other command.
fn next_group(waiting: &mut VecDeque<(Option<u64>, Work)>) -> VecDeque<(Option<u64>, Work)> {
    let sends = waiting.iter().take_while(|(_, work)| matches!(work, Work::Send(_))).count();
    let length = sends.max(1).min(waiting.len());
    waiting.drain(..length).collect()
}

async fn perform(
    context: &Context,
    lane: Option<Lane>,
    group: VecDeque<(Option<u64>, Work)>,
) -> Vec<(Option<u64>, Answer)> {
    let mut answers = Vec::with_capacity(group.len());
    let mut references = Vec::new();
    let mut messages = Vec::new();
    for (reference, work) in group {
        match work {
            Work::Alone(work) => answers.push((reference, work.await)),
            Work::Send(message) => {
                references.push(reference);
                messages.push(message);
            }
        }
    }
    if let Some(Lane::Room(room)) = lane {
        let sent = send_all(context, room, messages).await;
        answers.extend(references.into_iter().zip(sent));
    }
    answers
}

/// Says several things in a room, in order.
async fn send_all(context: &Context, room: RoomId, messages: Vec<SendMessage>) -> Vec<Answer> {
    if messages.is_empty() {
        return Vec::new();
    }
    let sent = context.shared.core.send_messages(&context.actor, room, messages).await;
    let answer = |message: Result<Message, parlor_core::Error>| {
        let message = message.map_err(failure::of_core)?;
        Ok(dispatch::value(Sent { id: message.id.to_string(), seq: message.seq }))
    };
    sent.into_iter().map(answer).collect()
}
