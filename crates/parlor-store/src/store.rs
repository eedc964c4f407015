//! The store: what the rest of the server holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use parlor_model::RoomEvent;

use crate::append::{Append, Appended, Landed, Rejected};
use crate::database::{Database, Options};
use crate::error::{AppendError, Error, Fatal, OpenError};
use crate::health::Health;
use crate::metrics::Metrics;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tx::Tx;
use crate::{name_keys, sort_keys, written_keys};

/// What is written to find out whether there is space again, in bytes: as much as the largest message.
const PROBE_BYTES: usize = 16 * 1024;

/// An open database. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
    /// How often it was tried whether there is space again.
    probes: Arc<AtomicU64>,
}

enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens a database for this process alone, and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`]; its text says what to do. A database that is refused is left as it was.
    pub async fn open(database: &Database, options: Options) -> Result<Self, OpenError> {
        let engine = match database {
            Database::Sqlite { folder } => Engine::Sqlite(Sqlite::open(folder, options).await?),
            Database::Postgres { url } => Engine::Postgres(Postgres::open(url, &options).await?),
        };
        let store = Self { engine: Arc::new(engine), probes: Arc::default() };
        written_keys::complete(&store).await.map_err(OpenError::Other)?;
        name_keys::renew(&store).await.map_err(OpenError::Other)?;
        sort_keys::complete(&store).await.map_err(OpenError::Other)?;
        Ok(store)
    }

    /// Finishes what waits, puts the database in order and releases it. Later requests answer [`Error::Closed`].
    pub async fn close(&self) {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Runs `work` in a transaction and returns its result once that is synced to disk. An error of the work rolls
    /// back what it wrote, and nothing else.
    ///
    /// On SQLite the work shares a transaction with whatever else waits, and may wait for nothing but its `tx`.
    /// Once started it is finished even if the caller goes away.
    ///
    /// ```
    /// # async fn rename(store: &parlor_store::Store) -> Result<(), parlor_store::Error> {
    /// store.write(|tx| Box::pin(async move { tx.put_setting("name", "Parlor").await })).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the work; [`Error::Busy`] at once if the queue is full; [`Error::NotDurable`] for ever after a sync
    /// has failed.
    pub async fn write<T, E>(
        &self,
        work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(work).await,
            Engine::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// Runs `work` on a snapshot of one moment, which it can't change.
    ///
    /// # Errors
    /// Those of the work; [`Error::Busy`] at once if the queue is full.
    pub async fn read<T, E>(
        &self,
        work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            Engine::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Appends a message to a room: gives it the room's next place, and returns once that is synced to disk.
    ///
    /// A nonce that its author has used before gives the result of that send, whatever has changed since. Appends that
    /// wait at the same time are committed together, in the order in which they came.
    ///
    /// # Errors
    /// See [`AppendError`]. After one of [`AppendError::Store`] the message may or may not be there; repeating the send
    /// with the same nonce is safe.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (sender, answer) = tokio::sync::oneshot::channel();
        self.submit(append, move |outcome| {
            // A caller that went away is no reason not to have appended.
            let _ = sender.send(outcome.map(Appended::from).map_err(|rejected| rejected.error));
        });
        answer.await.unwrap_or(Err(AppendError::Store(Error::Panicked)))
    }

    /// The same for callers that are no tasks: never waits, and may be called on any thread. `done` is called exactly
    /// once: at once on this thread if the append can't be taken, else on the thread that committed, after the sync and
    /// after whoever listens was told. It must not wait there, because nobody else is served meanwhile.
    pub fn submit(
        &self,
        append: Append,
        done: impl for<'m> FnOnce(Result<Landed<'m>, Rejected>) + Send + 'static,
    ) {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.submit(append, Box::new(done)),
            Engine::Postgres(postgres) => postgres.submit(append, Box::new(done)),
        }
    }

    /// Calls `hear` with what every commit made true: messages that were appended, and what works noted with
    /// [`Tx::tell`]. That happens on the thread that committed, after the sync and before the callers are answered, in
    /// groups that are never empty; so `hear` must not wait. On SQLite all events come in the order of their rooms'
    /// sequences. On PostgreSQL the messages of a room do, but what a work changed may come a moment later than what was
    /// appended after it.
    ///
    /// Returns false, and changes nothing, if somebody listens already.
    pub fn on_commit(&self, hear: impl Fn(Arc<[RoomEvent]>) + Send + Sync + 'static) -> bool {
        let listener = match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.listener(),
            Engine::Postgres(postgres) => postgres.listener(),
        };
        listener.set(Box::new(hear))
    }

    /// What the store did so far.
    pub fn metrics(&self) -> Metrics {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.metrics(),
            Engine::Postgres(postgres) => postgres.metrics(),
        }
    }

    /// Whether the store can answer: it reads something trivial, and asks whether writes have failed for good. After a
    /// write that found no space it tries another.
    ///
    /// # Errors
    /// Why it can't.
    pub async fn check(&self) -> Result<(), Error> {
        self.health().may_write()?;
        if self.health().is_full() {
            // Only a write tells whether there is space again.
            // SQLite leaves out pages that would not change.
            let probe =
                format!("{:016}", self.probes.fetch_add(1, Ordering::Relaxed)).repeat(PROBE_BYTES / 16);
            return self.write(|tx| Box::pin(async move { tx.put_setting("probe", &probe).await })).await;
        }
        self.read(|tx| Box::pin(async move { tx.setting("").await.map(drop) })).await
    }

    /// Waits until the store acknowledges nothing any more, and tells why. Never returns if that does not come. Whoever
    /// runs the server ends it then: only a start reads what the disk really holds, and finds out who has the database.
    pub async fn failed(&self) -> Fatal {
        self.health().failed().await
    }

    fn health(&self) -> &Health {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.health(),
            Engine::Postgres(postgres) => postgres.health(),
        }
    }

    /// Prepares every statement of this crate on this database and returns how many there are: a check that the schema
    /// is what the program expects.
    ///
    /// # Errors
    /// What the database says of the first that it does not understand.
    pub async fn check_statements(&self) -> Result<usize, Error> {
        self.read(|tx| Box::pin(async move { tx.prepare_all().await })).await
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let engine = match &*self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        };
        formatter.debug_struct("Store").field("engine", &engine).finish_non_exhaustive()
    }
}
