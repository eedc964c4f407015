//! A unit of work without its types, so that works of different kinds can wait in one queue.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parlor_model::RoomEvent;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::tx::Tx;

/// A work that waits for its turn on SQLite. It runs on a thread of its own and never waits for anything itself.
pub(crate) trait Job: Send {
    /// Does it.
    fn run(self: Box<Self>, tx: Tx<'_>) -> Finished;

    /// Answers without doing it.
    fn refuse(self: Box<Self>, error: Error);
}

/// A work that ran, and whose caller waits to hear whether it holds.
pub(crate) struct Finished {
    /// False if the work ended with an error, so that what it wrote must go.
    pub(crate) keep: bool,
    /// What is told once it is committed.
    pub(crate) events: Vec<RoomEvent>,
    /// Tells the caller: the result of the work, or the error that took it back.
    pub(crate) reply: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

struct Typed<W, T, E> {
    work: W,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Job for Typed<W, T, E>
where
    W: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn run(self: Box<Self>, mut tx: Tx<'_>) -> Finished {
        let Self { work, sender } = *self;
        let result = work(&mut tx).now_or_never().unwrap_or_else(|| {
            Err(Error::Database("a work on SQLite may wait for nothing but the transaction".into()).into())
        });
        let keep = result.is_ok();
        let events = if keep { tx.into_events() } else { Vec::new() };
        let reply = Box::new(move |outcome: Result<(), Error>| {
            // A caller that went away is no reason not to have done the work.
            let _ = sender.send(outcome.map_err(E::from).and(result));
        });
        Finished { keep, events, reply }
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.sender.send(Err(error.into()));
    }
}

/// Takes the types off a work. The receiver gets its result.
pub(crate) fn job<T, E>(
    work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    (Box::new(Typed { work, sender }), receiver)
}
