//! Whether the store may acknowledge anything: one word that every request looks at first.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use tokio::sync::watch;

use crate::error::{Error, Fatal};

/// The state of a store. It only ever gets worse, except that a lost database may come back.
#[derive(Debug, Default)]
pub(crate) struct Health {
    state: AtomicU8,
    /// Whether the newest commit found no space.
    full: AtomicBool,
    /// Why nothing may be acknowledged any more.
    fatal: OnceLock<Fatal>,
    /// Wakes those who wait for the state to change.
    changed: watch::Sender<()>,
}

const WELL: u8 = 0;
/// The database server does not answer at the moment.
const AWAY: u8 = 1;
const FAILED: u8 = 2;
const CLOSED: u8 = 3;

impl Health {
    /// Refuses if writes may not be acknowledged.
    pub(crate) fn may_write(&self) -> Result<(), Error> {
        match self.state() {
            WELL => Ok(()),
            AWAY => Err(away()),
            FAILED => Err(Error::NotDurable),
            _ => Err(Error::Closed),
        }
    }

    /// Refuses if a work that has begun may not be acknowledged any more. It may be while the store closes.
    pub(crate) fn may_commit(&self) -> Result<(), Error> {
        if self.is_not_durable() { Err(Error::NotDurable) } else { Ok(()) }
    }

    /// Refuses if the store is closed, or the database away. What is there may be read even when nothing more can be
    /// written.
    pub(crate) fn may_read(&self) -> Result<(), Error> {
        match self.state() {
            AWAY => Err(away()),
            CLOSED => Err(Error::Closed),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state() == CLOSED
    }

    pub(crate) fn is_not_durable(&self) -> bool {
        self.state() == FAILED
    }

    /// Nothing may be acknowledged any more. The first reason stays.
    pub(crate) fn fail(&self, why: Fatal) {
        let _ = self.fatal.set(why);
        self.worsen(FAILED);
    }

    /// Waits until nothing may be acknowledged any more. Never returns if that does not come.
    pub(crate) async fn failed(&self) -> Fatal {
        self.until(|| self.fatal.get().copied()).await
    }

    /// True for the first caller only.
    pub(crate) fn close(&self) -> bool {
        let is_first = self.state.swap(CLOSED, Ordering::AcqRel) != CLOSED;
        self.changed.send_replace(());
        is_first
    }

    /// The database went away.
    pub(crate) fn lose(&self) {
        self.worsen(AWAY);
    }

    /// The database came back. That mends nothing worse.
    pub(crate) fn regain(&self) {
        // The value is only another one if something worse happened, which must stay.
        let _ = self.state.compare_exchange(AWAY, WELL, Ordering::AcqRel, Ordering::Acquire);
        self.changed.send_replace(());
    }

    /// Does `work`, or gives it up as soon as the database is away: its answer may never come, or come too late.
    pub(crate) async fn unless_away<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.until(|| (self.state() == AWAY).then_some(())) => Err(away()),
        }
    }

    /// Notes how a commit ended, and tells the operator when the space is used up and when there is some again.
    pub(crate) fn committed(&self, outcome: Result<(), &Error>) {
        match outcome {
            Ok(()) if self.full.load(Ordering::Relaxed) && self.full.swap(false, Ordering::AcqRel) => {
                tracing::info!("there is space for the database again");
            }
            Err(error @ Error::Full(_)) if !self.full.swap(true, Ordering::AcqRel) => {
                tracing::error!(%error, "no space is left; nothing can be written until there is some");
            }
            _ => {}
        }
    }

    /// True if the newest commit found no space.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Acquire)
    }

    fn state(&self) -> u8 {
        self.state.load(Ordering::Acquire)
    }

    fn worsen(&self, state: u8) {
        self.state.fetch_max(state, Ordering::AcqRel);
        self.changed.send_replace(());
    }

    async fn until<T>(&self, reached: impl Fn() -> Option<T>) -> T {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(reached) = reached() {
                return reached;
            }
            // The sender lives as long as this does.
            let _ = changed.changed().await;
        }
    }
}

fn away() -> Error {
    Error::Unreachable("the connection that holds the server's lock gives no answer".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_for_good_does_not_come_back() {
        let health = Health::default();
        health.lose();
        assert!(matches!(health.may_write(), Err(Error::Unreachable(_))));
        assert!(matches!(health.may_read(), Err(Error::Unreachable(_))));
        health.regain();
        assert_eq!(health.may_write(), Ok(()));
        health.fail(Fatal::NotDurable);
        health.lose();
        health.regain();
        assert_eq!(health.may_write(), Err(Error::NotDurable));
        assert!(health.close());
        assert!(!health.close());
        health.fail(Fatal::TakenOver);
        assert_eq!(health.may_read(), Err(Error::Closed));
        assert_eq!(health.fatal.get(), Some(&Fatal::NotDurable), "the first reason stays");
    }

    #[tokio::test]
    async fn what_waits_for_a_database_that_goes_away_is_given_up() {
        let health = Health::default();
        assert_eq!(health.unless_away(async { 7 }).await, Ok(7));
        let never = health.unless_away(std::future::pending::<()>());
        let (given_up, ()) = tokio::join!(never, async { health.lose() });
        assert!(matches!(given_up, Err(Error::Unreachable(_))));
        assert!(
            health.unless_away(std::future::pending::<()>()).await.is_err(),
            "and so is what comes after"
        );
        health.regain();
        assert_eq!(health.unless_away(async { 7 }).await, Ok(7));
    }

    #[tokio::test]
    async fn whoever_waits_for_the_end_hears_why() {
        let health = Health::default();
        let (why, ()) = tokio::join!(health.failed(), async { health.fail(Fatal::TakenOver) });
        assert_eq!((why, health.failed().await), (Fatal::TakenOver, Fatal::TakenOver));
    }

    #[test]
    fn space_that_is_used_up_may_come_back() {
        let health = Health::default();
        health.committed(Err(&Error::Busy));
        assert!(!health.is_full());
        health.committed(Err(&Error::Full("no".into())));
        assert!(health.is_full());
        health.committed(Ok(()));
        assert!(!health.is_full());
    }
}
