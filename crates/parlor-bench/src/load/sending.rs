//! What a sender has on its way: numbers, times, and what is to be sent again.

use std::collections::VecDeque;

/// How long to wait before a send is repeated that a busy server refused, in nanoseconds.
const PATIENCE: u64 = 100_000_000;

/// The sends of one connection.
#[derive(Debug)]
pub struct Sender {
    /// The room that it sends to.
    pub room: u32,
    /// The number of the next send. Numbers are never used again, so nonces made of them are new.
    next: u64,
    under_way: VecDeque<Sent>,
    again: VecDeque<Sent>,
}

/// A send that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its number.
    pub reference: u64,
    /// When it was due.
    pub at: u64,
    /// When it may be sent again, if a busy server refused it.
    pub not_before: u64,
}

impl Sender {
    /// A sender whose first send has this number.
    pub fn new(room: u32, first: u64) -> Self {
        Self { room, next: first, under_way: VecDeque::new(), again: VecDeque::new() }
    }

    /// A new send, due at this time.
    pub fn begin(&mut self, at: u64) -> Sent {
        let sent = Sent { reference: self.next, at, not_before: at };
        self.next += 1;
        self.under_way.push_back(sent);
        sent
    }

    /// A send was acknowledged.
    pub fn done(&mut self, reference: u64) -> Option<Sent> {
        let place = self.under_way.iter().position(|sent| sent.reference == reference)?;
        self.under_way.remove(place)
    }

    /// A busy server refused a send: it will be repeated.
    pub fn refused_for_now(&mut self, reference: u64, now: u64) {
        if let Some(sent) = self.done(reference) {
            self.again.push_back(Sent { not_before: now + PATIENCE, ..sent });
        }
    }

    /// A send that is to be repeated now.
    pub fn repeat(&mut self, now: u64) -> Option<Sent> {
        let sent = self.again.pop_front_if(|sent| sent.not_before <= now)?;
        self.under_way.push_back(sent);
        Some(sent)
    }

    /// How many have no answer.
    pub fn open(&self) -> usize {
        self.under_way.len() + self.again.len()
    }

    /// The number of the next send.
    pub fn next(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_may_come_in_any_order_and_once() {
        let mut sender = Sender::new(0, 5);
        let times: Vec<u64> = (0..3).map(|at| sender.begin(at).reference).collect();
        assert_eq!((times, sender.next()), (vec![5, 6, 7], 8));
        assert_eq!(sender.done(6).map(|sent| sent.at), Some(1));
        assert_eq!(sender.done(6), None);
        assert_eq!(sender.done(5).map(|sent| sent.at), Some(0));
        assert_eq!(sender.open(), 1);
    }

    #[test]
    fn a_busy_server_is_asked_again_later_and_the_time_counts_from_the_first() {
        let mut sender = Sender::new(0, 1);
        sender.begin(10);
        sender.refused_for_now(1, 20);
        assert_eq!((sender.repeat(21), sender.open()), (None, 1));
        let again = sender.repeat(20 + PATIENCE).unwrap();
        assert_eq!((again.reference, again.at), (1, 10));
        assert_eq!(sender.done(1).map(|sent| sent.at), Some(10));
        assert_eq!(sender.open(), 0);
    }
}
