//! A budget: how much of something scarce there is, and how much of it one person and one network address may have at the
//! same time. What is taken comes back when its [`Permit`] is dropped, so nothing is ever forgotten.
//!
//! Which budgets there are stands in [`super::budgets`]. How often something happens is counted elsewhere: see
//! [`super::Limiter`].

mod holders;
mod queue;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_model::Refusal;
use tokio::sync::Notify;

use holders::Holders;
pub use holders::Whose;
use queue::{Queue, Waiter};

/// When to try again if a budget is used up.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What a budget holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// How much there is for everybody.
    pub total: u64,
    /// How much one network address may have; an IPv6 network of 64 bits counts as one address.
    pub address: u64,
    /// How much one person may have, over all their devices.
    pub person: u64,
    /// How many may wait until there is some, where waiting makes sense. One person has at most a sixteenth of the places,
    /// one address a quarter.
    pub waiting: usize,
}

/// Why there was nothing to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// The person or the address has what one may have.
    #[error("a person or an address has its share already")]
    Share,
    /// There is none left for anybody.
    #[error("nothing is left")]
    Total,
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        match full {
            Full::Share => Self::RateLimited { retry_after: RETRY_AFTER },
            Full::Total => Self::Busy { retry_after: RETRY_AFTER },
        }
    }
}

/// How a budget is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How much is taken at present.
    pub held: u64,
    /// How many wait at present.
    pub waiting: u64,
    /// How often somebody was refused because their share was used up.
    pub refused_share: u64,
    /// How often somebody was refused because nothing was left.
    pub refused_total: u64,
    /// How often what somebody held was taken from them, because they held it the longest without using it.
    pub gave_way: u64,
}

/// How much there is of something, and who has it.
#[derive(Debug)]
pub struct Budget {
    cap: Cap,
    state: Mutex<State>,
    freed: Notify,
    refused_share: AtomicU64,
    refused_total: AtomicU64,
    gave_way: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    holders: Holders,
    queue: Queue,
}

/// Something that was taken. It comes back when this is dropped.
#[derive(Debug)]
pub struct Permit {
    budget: Arc<Budget>,
    whose: Whose,
    units: u64,
    /// Its place among those that can be taken away, if it is one.
    turn: Option<u64>,
    taken_away: Arc<TakenAway>,
}

/// Whether something was taken from its holder.
#[derive(Debug, Default)]
pub struct TakenAway {
    happened: AtomicBool,
    told: Notify,
}

impl TakenAway {
    /// Returns once it was.
    pub async fn happened(&self) {
        let told = self.told.notified();
        if !self.happened.load(Ordering::Acquire) {
            told.await;
        }
    }

    fn happen(&self) {
        self.happened.store(true, Ordering::Release);
        // There is one holder. It may look only later: then it finds the note.
        self.told.notify_one();
    }
}

impl Budget {
    /// A budget of which nothing is taken.
    pub fn new(cap: Cap) -> Arc<Self> {
        Arc::new(Self {
            cap,
            state: Mutex::default(),
            freed: Notify::new(),
            refused_share: AtomicU64::default(),
            refused_total: AtomicU64::default(),
            gave_way: AtomicU64::default(),
        })
    }

    /// Takes some, if there is some. Who has nothing may take more than a share at once: else it could never be had.
    ///
    /// # Errors
    /// [`Full`] if the share or the whole is used up.
    pub fn take(self: &Arc<Self>, whose: Whose, units: u64) -> Result<Permit, Full> {
        let taken = self.lock().holders.take(&self.cap, whose, units);
        taken.map_err(|full| self.refused(full))?;
        Ok(self.permit(whose, units))
    }

    /// Takes one; if there is none, from whoever has held one the longest that can be taken away
    /// ([`Permit::may_be_taken_away`]): of the same person or address if it is their share that is used up.
    ///
    /// # Errors
    /// [`Full`] if nothing can be taken from anybody.
    pub fn take_in_turn(self: &Arc<Self>, whose: Whose) -> Result<Permit, Full> {
        let mut state = self.lock();
        loop {
            let Err(full) = state.holders.take(&self.cap, whose, 1) else {
                drop(state);
                return Ok(self.permit(whose, 1));
            };
            if !state.holders.take_away(&self.cap, whose, full) {
                drop(state);
                return Err(self.refused(full));
            }
            self.gave_way.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes some as soon as there is some. Those who came first have it first, but for those whose own share is used up.
    ///
    /// # Errors
    /// [`Full`] if too many wait already.
    pub async fn wait(self: &Arc<Self>, whose: Whose, units: u64) -> Result<Permit, Full> {
        let granted = {
            let mut state = self.lock();
            let State { holders, queue } = &mut *state;
            if queue.is_empty_for(whose) && holders.take(&self.cap, whose, units).is_ok() {
                drop(state);
                return Ok(self.permit(whose, units));
            }
            queue.join(&self.cap, whose, units)
        };
        let granted = granted.map_err(|full| self.refused(full))?;
        // Whoever is in the queue gets theirs at last: it does not end before the budget does.
        granted.await.map_err(|_| Full::Total)
    }

    /// Like [`Budget::take_in_turn`], but while nothing is left for anybody, it waits. There is no queue: one waits.
    ///
    /// # Errors
    /// [`Full::Share`].
    pub async fn wait_in_turn(self: &Arc<Self>, whose: Whose) -> Result<Permit, Full> {
        loop {
            let mut freed = pin!(self.freed.notified());
            // Whatever comes back from now on is told.
            freed.as_mut().enable();
            match self.take_in_turn(whose) {
                Err(Full::Total) => freed.await,
                taken => return taken,
            }
        }
    }

    /// How it is used.
    pub fn usage(&self) -> Usage {
        let state = self.lock();
        Usage {
            held: state.holders.held(),
            waiting: state.queue.len() as u64,
            refused_share: self.refused_share.load(Ordering::Relaxed),
            refused_total: self.refused_total.load(Ordering::Relaxed),
            gave_way: self.gave_way.load(Ordering::Relaxed),
        }
    }

    /// What it holds.
    pub fn cap(&self) -> Cap {
        self.cap
    }

    fn refused(&self, full: Full) -> Full {
        let counter = match full {
            Full::Share => &self.refused_share,
            Full::Total => &self.refused_total,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        full
    }

    fn permit(self: &Arc<Self>, whose: Whose, units: u64) -> Permit {
        Permit { budget: Arc::clone(self), whose, units, turn: None, taken_away: Arc::default() }
    }

    /// Gives what has come back to those who wait for it.
    fn grant(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        let State { holders, queue } = &mut *state;
        let next = queue.next(|waiter| holders.take(&self.cap, waiter.whose, waiter.units).is_ok());
        drop(state);
        for Waiter { whose, units, granted } in next {
            // Who waits no more drops it, and it comes back at once.
            let _ = granted.send(self.permit(whose, units));
        }
        self.freed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Makes it larger or smaller, if it can't be taken away. It stays as it was if there is not enough.
    ///
    /// # Errors
    /// [`Full`] if the share or the whole is used up.
    pub fn resize(&mut self, units: u64) -> Result<(), Full> {
        let mut state = self.budget.lock();
        if let Some(more) = units.checked_sub(self.units) {
            let alone = state.holders.held_by(self.whose) == self.units;
            let taken = if alone {
                state.holders.add(self.whose, more, &self.budget.cap)
            } else {
                state.holders.take(&self.budget.cap, self.whose, more)
            };
            drop(state);
            taken.map_err(|full| self.budget.refused(full))?;
        } else {
            state.holders.give_back(self.whose, self.units - units);
            self.budget.grant(state);
        }
        self.units = units;
        Ok(())
    }

    /// From now on, this may be taken away if somebody else needs it; the longer it has been so, the earlier.
    pub fn may_be_taken_away(&mut self) -> Arc<TakenAway> {
        if self.turn.is_none() {
            let taken_away = Arc::clone(&self.taken_away);
            self.turn = Some(self.budget.lock().holders.yields(self.whose, self.units, taken_away));
            self.budget.freed.notify_waiters();
        }
        Arc::clone(&self.taken_away)
    }

    /// From now on, this stays. False if it has been taken away.
    pub fn stays(&mut self) -> bool {
        let Some(turn) = self.turn else { return true };
        let stays = self.budget.lock().holders.keeps(turn);
        if stays {
            self.turn = None;
        }
        stays
    }

    /// How much it is.
    pub fn units(&self) -> u64 {
        self.units
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.stays() {
            return;
        }
        let mut state = self.budget.lock();
        state.holders.give_back(self.whose, self.units);
        self.budget.grant(state);
    }
}

#[cfg(test)]
mod tests;
