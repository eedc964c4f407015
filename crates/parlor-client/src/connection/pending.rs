//! The commands that wait for their answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use super::Closed;
use crate::{Error, Result};

/// An answer on its way to who asked.
pub(super) type Answer = Result<serde_json::Value>;

/// Who waits for which answer, until the connection ends.
#[derive(Debug)]
pub(super) struct Pending {
    waiting: Mutex<HashMap<u64, Waiting>>,
    room: Arc<Semaphore>,
    closed: watch::Sender<Option<Closed>>,
}

#[derive(Debug)]
struct Waiting {
    answer: oneshot::Sender<Answer>,
    _room: OwnedSemaphorePermit,
}

impl Pending {
    /// Room for `limit` commands.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            room: Arc::new(Semaphore::new(limit.max(1))),
            closed: watch::Sender::new(None),
        }
    }

    /// Waits for room for one more command.
    pub(super) async fn reserve(&self) -> Result<OwnedSemaphorePermit> {
        let room = Arc::clone(&self.room);
        room.acquire_owned().await.map_err(|_closed| Error::Closed(self.why()))
    }

    /// Registers a command before it is sent.
    pub(super) fn wait_for(
        &self,
        reference: u64,
        room: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Answer>> {
        let (answer, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        // Under the lock: whoever ends the connection takes the same lock after saying so.
        if let Some(closed) = self.closed.borrow().clone() {
            return Err(Error::Closed(closed));
        }
        waiting.insert(reference, Waiting { answer, _room: room });
        Ok(receiver)
    }

    /// Hands an answer to who waits for it. An answer that nobody waits for any more is passed over.
    pub(super) fn answer(&self, reference: u64, answer: Answer) {
        let waiting = self.lock().remove(&reference);
        if let Some(waiting) = waiting {
            let _gone = waiting.answer.send(answer);
        }
    }

    /// Ends everything that waits. The first reason stays.
    pub(super) fn close(&self, closed: &Closed) {
        self.closed.send_if_modified(|current| {
            let first = current.is_none();
            current.get_or_insert_with(|| closed.clone());
            first
        });
        self.room.close();
        let waiting = std::mem::take(&mut *self.lock());
        for waiting in waiting.into_values() {
            let _gone = waiting.answer.send(Err(Error::Closed(self.why())));
        }
    }

    /// Waits until the connection has ended, and says why.
    pub(super) async fn closed(&self) -> Closed {
        let mut closed = self.closed.subscribe();
        match closed.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_else(super::reader::cut),
            Err(_sender_gone) => super::reader::cut(),
        }
    }

    pub(super) fn why(&self) -> Closed {
        self.closed.borrow().clone().unwrap_or_else(super::reader::cut)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
