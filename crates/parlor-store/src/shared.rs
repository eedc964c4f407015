//! What both engines keep beside their database: whether it may be used, what it did, who listens, and what may wait.

use std::sync::Arc;

use tokio::sync::mpsc::error::TrySendError;

use crate::append::Pending;
use crate::append::caller::{Caller, Done, Space};
use crate::append::settle::Listener;
use crate::database::Options;
use crate::error::{Error, Fatal};
use crate::health::Health;
use crate::metrics::Counters;

/// What the handles of an engine share with its threads or tasks.
pub(crate) struct Shared {
    pub(crate) health: Health,
    pub(crate) counters: Counters,
    pub(crate) listener: Listener,
    /// The memory that appends may hold while they wait.
    space: Arc<Space>,
}

/// Held by a thread that the store can't do without: if it panics, nothing is acknowledged any more.
pub(crate) struct FatalPanic(pub(crate) Arc<Shared>);

impl Drop for FatalPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.health.fail(Fatal::Panicked);
        }
    }
}

impl Shared {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            health: Health::default(),
            counters: Counters::default(),
            listener: Listener::default(),
            space: Arc::new(Space::new(options.queue_bytes)),
        }
    }

    /// How many bytes wait.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.space.taken()
    }

    /// Lets an append wait; or tells `done` at once why it may not.
    pub(crate) fn admit(&self, pending: Pending, done: Done) -> Option<(Pending, Caller)> {
        if let Err(error) = self.health.may_write() {
            done(Err(pending.rejected(error.into())));
            return None;
        }
        match Caller::new(done, &self.space, pending.bytes()) {
            Ok(caller) => Some((pending, caller)),
            Err(done) => {
                done(Err(pending.rejected(self.busy().into())));
                None
            }
        }
    }

    /// Why something found no place in a queue.
    pub(crate) fn why_not<T>(&self, refused: &TrySendError<T>) -> Error {
        match refused {
            TrySendError::Full(_) => self.busy(),
            TrySendError::Closed(_) => Error::Closed,
        }
    }

    /// What somebody hears who is sent away because there is no place. They are counted.
    pub(crate) fn busy(&self) -> Error {
        self.counters.busy();
        Error::Busy
    }
}
