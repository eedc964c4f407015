//! PostgreSQL: a pool of connections for works, and lanes that commit appends in groups.

pub(crate) mod execute;
mod inspect;
mod lane;
mod lock;
mod open;

pub(crate) use inspect::inspect;

use std::sync::Arc;
use std::time::Instant;

use deadpool_postgres::{Client, Pool, PoolError, TimeoutType};
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot, watch};
use tokio_postgres::IsolationLevel;

use self::execute::meaning;
use self::lane::Waiting;
use crate::append::caller::Done;
use crate::append::settle::Listener;
use crate::append::{Append, Pending};
use crate::database::{Options, Planted, Secret};
use crate::error::{Error, OpenError};
use crate::health::Health;
use crate::metrics::Metrics;
use crate::shared::Shared;
use crate::tx::Tx;

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    shared: Arc<Shared>,
    reads: Pool,
    writes: Pool,
    /// How many reads may wait or run.
    read_places: Arc<Semaphore>,
    /// How many writes may wait or run.
    write_places: Arc<Semaphore>,
    places: u32,
    lanes: Vec<mpsc::Sender<Waiting>>,
    planted: Planted,
    lanes_end: watch::Receiver<()>,
    /// Tells the task that holds the lock to let go.
    stop: watch::Sender<()>,
    lock_end: watch::Receiver<()>,
}

impl Postgres {
    /// Opens a database and brings it up to date.
    pub(crate) async fn open(url: &Secret, options: &Options) -> Result<Self, OpenError> {
        open::open(url, options).await
    }

    /// See [`crate::Store::write`].
    pub(crate) async fn write<T, E>(
        &self,
        work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.shared.health.may_write()?;
        let place = self.place(&self.write_places)?;
        let (shared, pool, planted) = (Arc::clone(&self.shared), self.writes.clone(), self.planted);
        let (sender, answer) = oneshot::channel();
        // A task of its own, so that the work is finished even if the caller goes away.
        tokio::spawn(async move {
            write(&shared, &pool, planted, work, sender, place).await;
        });
        self.shared.health.unless_away(answer).await?.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// See [`crate::Store::read`].
    pub(crate) async fn read<T, E>(
        &self,
        work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.shared.health.may_read()?;
        let _place = self.place(&self.read_places)?;
        self.shared.counters.read();
        self.shared.health.unless_away(read(&self.reads, work)).await?
    }

    /// See [`crate::Store::submit`].
    pub(crate) fn submit(&self, append: Append, done: Done) {
        // All of a room go through one lane: they keep their order, and the lanes do not wait for each other.
        let lane = usize::from(append.room.as_bytes()[15]) % self.lanes.len();
        let pending = Pending::from(append);
        let Some((pending, caller)) = self.shared.admit(pending, done) else {
            return;
        };
        let Err(refused) = self.lanes[lane].try_send(Waiting::Append(pending, caller)) else {
            return;
        };
        let error = self.shared.why_not(&refused);
        if let Waiting::Append(pending, caller) = refused.into_inner() {
            caller.answer(Err(pending.rejected(error.into())));
        }
    }

    /// See [`crate::Store::on_commit`].
    pub(crate) fn listener(&self) -> &Listener {
        &self.shared.listener
    }

    /// Finishes what waits and lets the database go.
    pub(crate) async fn close(&self) {
        if self.shared.health.close() {
            for places in [&self.write_places, &self.read_places] {
                // Whoever has a place is waited for, and then nobody gets one any more.
                drop(places.acquire_many(self.places).await);
                places.close();
            }
            for lane in &self.lanes {
                // Sending fails only if the lane has ended already.
                let _ = lane.send(Waiting::Stop).await;
            }
            ended(&self.lanes_end).await;
            self.reads.close();
            self.writes.close();
            self.stop.send_replace(());
        }
        ended(&self.lock_end).await;
    }

    pub(crate) fn metrics(&self) -> Metrics {
        let in_lanes: usize = self.lanes.iter().map(|lane| lane.max_capacity() - lane.capacity()).sum();
        let queued = in_lanes + self.places as usize - self.write_places.available_permits();
        let bytes = self.shared.waiting_bytes();
        self.shared.counters.snapshot(queued, bytes, self.shared.health.is_not_durable())
    }

    pub(crate) fn health(&self) -> &Health {
        &self.shared.health
    }

    fn place(&self, places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(places).try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => self.shared.busy(),
            TryAcquireError::Closed => Error::Closed,
        })
    }
}

async fn ended(end: &watch::Receiver<()>) {
    let mut end = end.clone();
    while end.changed().await.is_ok() {}
}

/// A connection of a pool.
async fn connection(pool: &Pool) -> Result<Client, Error> {
    pool.get().await.map_err(|error| match error {
        PoolError::Timeout(TimeoutType::Wait) => Error::Busy,
        PoolError::Closed => Error::Closed,
        PoolError::Backend(error) => match meaning(&error) {
            Error::Database(detail) => Error::Unreachable(detail),
            other => other,
        },
        other => Error::Unreachable(other.to_string()),
    })
}

/// Runs a work on a snapshot of one moment.
async fn read<T, E>(
    pool: &Pool,
    work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    E: From<Error>,
{
    let mut client = connection(pool).await?;
    // One snapshot for all statements of the work.
    let builder = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let transaction = builder.start().await.map_err(|error| meaning(&error))?;
    let result = work(&mut Tx::postgres(&transaction)).await;
    let ended = transaction.rollback().await.map_err(|error| meaning(&error));
    ended?;
    result
}

/// Runs a work in a transaction, commits it and tells the caller.
async fn write<T, E>(
    shared: &Shared,
    pool: &Pool,
    planted: Planted,
    work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    caller: oneshot::Sender<Result<T, E>>,
    place: OwnedSemaphorePermit,
) where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let began = Instant::now();
    let mut caller = Some(caller);
    // A caller that went away is no reason not to do the work.
    let mut tell = |result| drop(caller.take().map(|caller| caller.send(result)));
    let run = async {
        let mut client = connection(pool).await?;
        let transaction = client.transaction().await.map_err(|error| meaning(&error))?;
        let mut tx = Tx::postgres(&transaction);
        let result = work(&mut tx).await;
        let events = tx.into_events();
        if result.is_err() {
            transaction.rollback().await.map_err(|error| meaning(&error))?;
            return Ok(result);
        }
        if planted.answers_early() {
            tell(result);
            return transaction
                .commit()
                .await
                .map_err(|error| meaning(&error))
                .map(|()| Err(Error::Closed.into()));
        }
        shared.health.may_commit()?;
        let committed = transaction.commit().await.map_err(|error| meaning(&error));
        shared.health.committed(committed.as_ref().copied());
        match &committed {
            Ok(()) => {
                shared.counters.committed(1, began.elapsed());
                shared.listener.tell(events.into());
            }
            Err(_) => shared.counters.commit_failed(),
        }
        committed.map(|()| result)
    };
    let result = run.await;
    drop(place);
    tell(result.unwrap_or_else(|error: Error| Err(error.into())));
}
