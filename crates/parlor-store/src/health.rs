//! Whether the store may acknowledge anything: one word that every request looks at first.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Error;

/// The state of a store. It only ever gets worse, except that a lost database may come back.
#[derive(Debug, Default)]
pub(crate) struct Health(AtomicU8);

const WELL: u8 = 0;
/// The database server does not answer at the moment.
const AWAY: u8 = 1;
const NOT_DURABLE: u8 = 2;
const CLOSED: u8 = 3;

impl Health {
    /// Refuses if writes may not be acknowledged.
    pub(crate) fn may_write(&self) -> Result<(), Error> {
        match self.0.load(Ordering::Acquire) {
            WELL => Ok(()),
            AWAY => Err(Error::Unreachable("the connection that holds the server's lock is lost".into())),
            NOT_DURABLE => Err(Error::NotDurable),
            _ => Err(Error::Closed),
        }
    }

    /// Refuses if a work that has begun may not be acknowledged any more. It may be while the store closes.
    pub(crate) fn may_commit(&self) -> Result<(), Error> {
        if self.is_not_durable() { Err(Error::NotDurable) } else { Ok(()) }
    }

    /// Refuses if the store is closed. What is there may be read even when nothing more can be written.
    pub(crate) fn may_read(&self) -> Result<(), Error> {
        if self.is_closed() { Err(Error::Closed) } else { Ok(()) }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.load(Ordering::Acquire) == CLOSED
    }

    pub(crate) fn is_not_durable(&self) -> bool {
        self.0.load(Ordering::Acquire) == NOT_DURABLE
    }

    /// Nothing may be acknowledged any more.
    pub(crate) fn fail(&self) {
        self.0.fetch_max(NOT_DURABLE, Ordering::AcqRel);
    }

    /// True for the first caller only.
    pub(crate) fn close(&self) -> bool {
        self.0.swap(CLOSED, Ordering::AcqRel) != CLOSED
    }

    /// The database went away.
    pub(crate) fn lose(&self) {
        self.0.fetch_max(AWAY, Ordering::AcqRel);
    }

    /// The database came back. That mends nothing worse.
    pub(crate) fn regain(&self) {
        // The value is only another one if something worse happened, which must stay.
        let _ = self.0.compare_exchange(AWAY, WELL, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_for_good_does_not_come_back() {
        let health = Health::default();
        health.lose();
        assert!(matches!(health.may_write(), Err(Error::Unreachable(_))));
        assert_eq!(health.may_read(), Ok(()));
        health.regain();
        assert_eq!(health.may_write(), Ok(()));
        health.fail();
        health.lose();
        health.regain();
        assert_eq!(health.may_write(), Err(Error::NotDurable));
        assert!(health.close());
        assert!(!health.close());
        health.fail();
        assert_eq!(health.may_read(), Err(Error::Closed));
    }
}
