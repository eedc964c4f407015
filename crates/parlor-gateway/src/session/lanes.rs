//! The commands of a connection that are on their way. Those of one lane run one after the other, so that a room sees
//! them in the order in which they were sent; lanes run beside each other.

use std::collections::{HashMap, VecDeque};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use parlor_core::SendMessage;
use parlor_model::{Message, RoomId};
use parlor_protocol::Sent;

use crate::dispatch::{self, Answer, Context, Job, Lane, Work};
use crate::failure;

/// The commands that are on their way.
#[derive(Default)]
pub(super) struct Lanes {
    running: FuturesUnordered<BoxFuture<'static, Answered>>,
    /// What waits behind the command that runs in a lane. A lane is here as long as something runs in it.
    waiting: HashMap<Lane, VecDeque<(Option<u64>, Work)>>,
    count: usize,
}

/// Commands that are done.
pub(super) struct Answered {
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
            return self.start(context.clone(), None, VecDeque::from([(reference, job.work)]));
        };
        if let Some(waiting) = self.waiting.get_mut(&lane) {
            return waiting.push_back((reference, job.work));
        }
        self.waiting.insert(lane, VecDeque::new());
        self.start(context.clone(), Some(lane), VecDeque::from([(reference, job.work)]));
    }

    /// Waits for commands to be done, and lets those behind them go on. May be dropped and called again.
    pub(super) async fn next(&mut self, context: &Context) -> Answered {
        let Some(answered) = self.running.next().await else {
            return std::future::pending().await;
        };
        self.count -= answered.answers.len();
        if let Some(lane) = answered.lane {
            self.go_on(context, lane);
        }
        answered
    }

    fn go_on(&mut self, context: &Context, lane: Lane) {
        let Some(waiting) = self.waiting.get_mut(&lane) else {
            return;
        };
        let group = next_group(waiting);
        if group.is_empty() {
            self.waiting.remove(&lane);
        } else {
            self.start(context.clone(), Some(lane), group);
        }
    }

    fn start(&mut self, context: Context, lane: Option<Lane>, group: VecDeque<(Option<u64>, Work)>) {
        self.running.push(Box::pin(async move {
            let answers = perform(&context, lane, group).await;
            Answered { lane, answers }
        }));
    }
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
