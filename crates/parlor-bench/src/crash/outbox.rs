//! What one sender said and what was answered: the sender's half of the history.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parlor_client::Error;
use parlor_client::protocol::ErrorCode;
use parlor_testkit::Person;
use rand::RngExt;
use rand::rngs::StdRng;

use super::body;
use super::ground::Ground;
use crate::history::{Answer, Attempt};
use crate::typed::typed;

/// One of so many acknowledged sends is repeated, as a client does that forgot the answer.
const REPEAT_ONE_IN: u32 = 50;

/// What became of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Done with it.
    Settled,
    /// To be sent once more, at once.
    Repeat,
    /// To be sent once more, over a new connection.
    Unknown,
}

/// A send as it goes on the wire.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) room: String,
    pub(super) body: String,
    pub(super) nonce: String,
}

/// The sends of one person.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) attempts: Vec<Attempt>,
    /// How many sends were repeated because their answers got lost.
    pub(super) resent: usize,
    /// How many were repeated though they were answered.
    pub(super) repeated: usize,
    /// Refusals that should not have been.
    pub(super) problems: Vec<String>,
    pub(super) ground: Arc<Ground>,
    author: Arc<str>,
    /// Those without an answer, the oldest first.
    open: VecDeque<usize>,
    random: StdRng,
}

impl Outbox {
    pub(super) fn new(person: &Person, ground: Arc<Ground>, random: StdRng) -> Self {
        Self {
            attempts: Vec::new(),
            resent: 0,
            repeated: 0,
            problems: Vec::new(),
            ground,
            author: person.user.id.as_str().into(),
            open: VecDeque::new(),
            random,
        }
    }

    /// True while there is something to send.
    pub(super) fn goes_on(&self) -> bool {
        self.ground.is_loading() || !self.open.is_empty()
    }

    /// Those without an answer, the oldest first, to be sent once more.
    pub(super) fn again(&mut self) -> Vec<usize> {
        self.resent += self.open.len();
        self.open.iter().copied().collect()
    }

    /// Something new to say.
    pub(super) fn compose(&mut self) -> usize {
        let index = self.attempts.len();
        let (body, action) = body::random(&mut self.random, index);
        let room = self.random.random_range(0..self.ground.rooms.len());
        self.attempts.push(Attempt {
            room: Arc::clone(&self.ground.rooms[room]),
            author: Arc::clone(&self.author),
            nonce: format!("n{index}"),
            action,
            body,
            invoked: self.ground.tick(),
            answers: Vec::new(),
            refused: false,
        });
        self.open.push_back(index);
        index
    }

    pub(super) fn outgoing(&self, index: usize) -> Outgoing {
        let attempt = &self.attempts[index];
        Outgoing {
            room: attempt.room.to_string(),
            body: typed(&attempt.body, attempt.action),
            nonce: attempt.nonce.clone(),
        }
    }

    /// Notes what came of a send.
    pub(super) async fn note(&mut self, index: usize, outcome: Result<(String, u64), Error>) -> Outcome {
        match outcome {
            Ok((id, seq)) => self.acknowledge(index, id, seq),
            Err(Error::Api { error, .. })
                if matches!(error.code, ErrorCode::Busy | ErrorCode::RateLimited) =>
            {
                let seconds = error.retry_after.unwrap_or(0.1).clamp(0.01, 1.0);
                tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
                Outcome::Repeat
            }
            // A server that dies may still say that it could not go on: the outcome is unknown.
            Err(error) if error.is_refusal() => {
                self.problems.push(format!("{} {}: {error}", self.author, self.attempts[index].nonce));
                self.attempts[index].refused = self.attempts[index].answers.is_empty();
                self.settle(index);
                Outcome::Settled
            }
            Err(_lost) => Outcome::Unknown,
        }
    }

    fn acknowledge(&mut self, index: usize, id: String, seq: u64) -> Outcome {
        let at = self.ground.tick();
        self.attempts[index].answers.push(Answer { seq, id, at });
        self.ground.count_acknowledgement();
        self.settle(index);
        let repeats = self.ground.is_loading() && self.random.random_ratio(1, REPEAT_ONE_IN);
        self.repeated += usize::from(repeats);
        if repeats { Outcome::Repeat } else { Outcome::Settled }
    }

    fn settle(&mut self, index: usize) {
        self.open.retain(|open| *open != index);
    }
}
