//! Who waits for an append: told exactly once, whatever happens, and counted in bytes until then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Landed, Rejected};
use crate::error::{AppendError, Error};

/// What is called with the outcome of an append.
pub(crate) type Done = Box<dyn for<'m> FnOnce(Result<Landed<'m>, Rejected>) + Send>;

/// How many bytes may wait.
#[derive(Debug)]
pub(crate) struct Space {
    limit: usize,
    taken: AtomicUsize,
}

impl Space {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, taken: AtomicUsize::new(0) }
    }

    /// How many bytes wait.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Takes so many bytes, unless that would be too many. One append that is larger than the limit may wait alone.
    fn take(&self, bytes: usize) -> bool {
        let fits = |taken: usize| (taken == 0 || taken + bytes <= self.limit).then_some(taken + bytes);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Relaxed, fits).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::AcqRel);
    }
}

/// Who waits for an append. Whoever drops one without an answer tells its caller that the work panicked.
pub(crate) struct Caller {
    done: Option<Done>,
    space: Arc<Space>,
    bytes: usize,
}

impl Caller {
    /// A caller who waits with so many bytes; refused at once if these are too many.
    pub(crate) fn new(done: Done, space: &Arc<Space>, bytes: usize) -> Result<Self, Done> {
        if space.take(bytes) {
            Ok(Self { done: Some(done), space: Arc::clone(space), bytes })
        } else {
            Err(done)
        }
    }

    /// Tells the caller.
    pub(crate) fn answer(mut self, outcome: Result<Landed<'_>, Rejected>) {
        self.tell(outcome);
    }

    fn tell(&mut self, outcome: Result<Landed<'_>, Rejected>) {
        if let Some(done) = self.done.take() {
            // First, so that whoever sends the next one when it hears of this one finds a place for it.
            self.space.give_back(self.bytes);
            // The callback is foreign code on the thread that commits: a panic in it may not end that thread.
            if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
                tracing::error!("a callback of an append panicked");
            }
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.tell(Err(Rejected { error: AppendError::Store(Error::Panicked), append: None }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn caller(space: &Arc<Space>, bytes: usize) -> Option<(Caller, mpsc::Receiver<AppendError>)> {
        let (told, hears) = mpsc::channel();
        let done: Done = Box::new(move |outcome| told.send(outcome.unwrap_err().error).unwrap());
        Some((Caller::new(done, space, bytes).ok()?, hears))
    }

    #[test]
    fn bytes_are_bounded_and_come_back() {
        let space = Arc::new(Space::new(100));
        let (first, _hears) = caller(&space, 60).unwrap();
        assert!(caller(&space, 41).is_none());
        let (second, _hears) = caller(&space, 40).unwrap();
        assert_eq!(space.taken(), 100);
        drop((first, second));
        assert_eq!(space.taken(), 0);
        assert!(caller(&space, 1_000).is_some(), "a large one may wait alone");
    }

    #[test]
    fn whoever_is_forgotten_hears_of_it_once() {
        let space = Arc::new(Space::new(100));
        let (forgotten, hears) = caller(&space, 1).unwrap();
        drop(forgotten);
        assert_eq!(hears.iter().collect::<Vec<_>>(), [AppendError::Store(Error::Panicked)]);
        let (answered, hears) = caller(&space, 1).unwrap();
        answered.answer(Err(Rejected { error: AppendError::RoomGone, append: None }));
        assert_eq!(hears.iter().collect::<Vec<_>>(), [AppendError::RoomGone]);
    }

    #[test]
    fn a_callback_that_panics_ends_nothing() {
        let space = Arc::new(Space::new(100));
        let caller = Caller::new(Box::new(|_| panic!("on purpose")), &space, 1).ok().unwrap();
        caller.answer(Err(Rejected { error: AppendError::RoomGone, append: None }));
        assert_eq!(space.taken(), 0);
    }
}
