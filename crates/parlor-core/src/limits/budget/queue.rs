//! Those who wait for some of a budget, in the order in which they came. Bounded, for each of them too.

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;

use super::holders::{Holder, Whose};
use super::{Cap, Full, Permit};

/// Somebody who waits.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) whose: Whose,
    pub(super) units: u64,
    pub(super) granted: oneshot::Sender<Permit>,
}

/// Those who wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiters: VecDeque<Waiter>,
    places: HashMap<Holder, usize>,
}

impl Queue {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// True if this one does not wait for something already, which it must not pass. What others wait for, they could not
    /// have.
    pub(super) fn is_empty_for(&self, whose: Whose) -> bool {
        whose.holders().next().is_none_or(|holder| !self.places.contains_key(&holder))
    }

    /// Joins the end of the queue.
    pub(super) fn join(
        &mut self,
        cap: &Cap,
        whose: Whose,
        units: u64,
    ) -> Result<oneshot::Receiver<Permit>, Full> {
        let is_full = |queue: &Self| whose.holders().any(|holder| queue.places(holder) >= most(holder, cap));
        if self.waiters.len() >= cap.waiting || is_full(self) {
            self.forget_those_who_left();
        }
        if is_full(self) {
            return Err(Full::Share);
        }
        if self.waiters.len() >= cap.waiting {
            return Err(Full::Total);
        }
        let (granted, receiver) = oneshot::channel();
        for holder in whose.holders() {
            *self.places.entry(holder).or_default() += 1;
        }
        self.waiters.push_back(Waiter { whose, units, granted });
        Ok(receiver)
    }

    /// Takes out those who are `served`, in order. Who is not is passed over: it is their own share that is used up, or
    /// they need more than there is.
    pub(super) fn next(&mut self, mut served: impl FnMut(&Waiter) -> bool) -> Vec<Waiter> {
        let mut next = Vec::new();
        let mut stay = VecDeque::with_capacity(self.waiters.len());
        for waiter in std::mem::take(&mut self.waiters) {
            if waiter.granted.is_closed() {
                self.leave(&waiter);
            } else if served(&waiter) {
                self.leave(&waiter);
                next.push(waiter);
            } else {
                stay.push_back(waiter);
            }
        }
        self.waiters = stay;
        next
    }

    fn places(&self, holder: Holder) -> usize {
        self.places.get(&holder).copied().unwrap_or(0)
    }

    fn forget_those_who_left(&mut self) {
        let served = self.next(|_| false);
        debug_assert!(served.is_empty(), "nobody was");
    }

    fn leave(&mut self, waiter: &Waiter) {
        for holder in waiter.whose.holders() {
            if let Some(places) = self.places.get_mut(&holder) {
                *places -= 1;
                if *places == 0 {
                    self.places.remove(&holder);
                }
            }
        }
    }
}

/// How many may wait at most.
fn most(holder: Holder, cap: &Cap) -> usize {
    match holder {
        Holder::Person(_) => (cap.waiting / 16).max(1),
        Holder::Address(_) => (cap.waiting / 4).max(1),
    }
}
