//! SQLite: one thread writes, several read, and whatever waits for the writer is committed together.

pub(crate) mod execute;
mod file;
mod inspect;
mod integrity;
mod lock;
mod open;
mod reader;
mod vfs;
mod writer;

pub(crate) use inspect::inspect;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};

use crate::append::caller::{Caller, Done};
use crate::append::settle::Listener;
use crate::append::{Append, Pending};
use crate::database::Options;
use crate::error::{Error, OpenError};
use crate::health::Health;
use crate::metrics::Metrics;
use crate::shared::Shared;
use crate::tx::Tx;
use crate::work::{Job, job};

/// What waits for the writer.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are appends, and a box for each would cost more than the moves"
)]
enum Write {
    Work(Box<dyn Job>),
    Append(Pending, Caller),
    /// Finish what waits, then end.
    Stop,
}

/// What waits for a reader.
enum Read {
    Work(Box<dyn Job>),
    /// End.
    Stop,
}

/// An open SQLite database.
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
    integrity: integrity::Shared,
    writes: mpsc::Sender<Write>,
    reads: mpsc::Sender<Read>,
    readers: usize,
    /// Closed once the readers, and then the writer, have ended.
    readers_end: watch::Receiver<()>,
    writer_end: watch::Receiver<()>,
}

impl Sqlite {
    /// Opens the database of a folder, makes it if it is missing, and brings it up to date.
    pub(crate) async fn open(folder: &Path, options: Options) -> Result<Self, OpenError> {
        let folder = folder.to_owned();
        let opening = tokio::task::spawn_blocking(move || open_all(&folder, &options));
        opening.await.unwrap_or_else(|error| Err(Error::Database(error.to_string()).into()))
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
        let (job, answer) = job(work);
        self.shared.health.may_write()?;
        self.queue(&self.writes, Write::Work(job))?;
        answer.await.unwrap_or_else(|_| Err(self.lost().into()))
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
        let (job, answer) = job(work);
        self.shared.health.may_read()?;
        self.queue(&self.reads, Read::Work(job))?;
        answer.await.unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// See [`crate::Store::submit`].
    pub(crate) fn submit(&self, append: Append, done: Done) {
        let pending = Pending::from(append);
        let Some((pending, caller)) = self.shared.admit(pending, done) else {
            return;
        };
        let Err(refused) = self.writes.try_send(Write::Append(pending, caller)) else {
            return;
        };
        let error = self.shared.why_not(&refused);
        if let Write::Append(pending, caller) = refused.into_inner() {
            caller.answer(Err(pending.rejected(error.into())));
        }
    }

    /// See [`crate::Store::on_commit`].
    pub(crate) fn listener(&self) -> &Listener {
        &self.shared.listener
    }

    /// Ends the readers, then the writer once it has committed what waits, and releases the folder.
    pub(crate) async fn close(&self) {
        if self.shared.health.close() {
            for _ in 0..self.readers {
                // Sending fails only if the threads have ended already.
                let _ = self.reads.send(Read::Stop).await;
            }
            self.ended(&self.readers_end).await;
            let _ = self.writes.send(Write::Stop).await;
        }
        self.ended(&self.writer_end).await;
    }

    pub(crate) fn metrics(&self) -> Metrics {
        let queued = self.writes.max_capacity() - self.writes.capacity();
        let bytes = self.shared.waiting_bytes();
        let (pages_checked, pages_damaged) = self.integrity.counts();
        let metrics = self.shared.counters.snapshot(queued, bytes, self.shared.health.is_not_durable());
        Metrics { pages_checked, pages_damaged, ..metrics }
    }

    pub(crate) fn health(&self) -> &Health {
        &self.shared.health
    }

    fn queue<T>(&self, queue: &mpsc::Sender<T>, item: T) -> Result<(), Error> {
        queue.try_send(item).map_err(|error| self.shared.why_not(&error))
    }

    /// Why a request got no answer.
    fn lost(&self) -> Error {
        if self.shared.health.is_closed() { Error::Closed } else { Error::Panicked }
    }

    async fn ended(&self, end: &watch::Receiver<()>) {
        let mut end = end.clone();
        while end.changed().await.is_ok() {}
    }
}

fn open_all(folder: &Path, options: &Options) -> Result<Sqlite, OpenError> {
    let lock = lock::Lock::take(folder)?;
    let path = folder.join(file::NAME);
    let opened = open::writer(&path, options.planted)?;
    start(lock, opened, &path, options)
}

/// Starts the threads around the connection that writes.
fn start(
    lock: lock::Lock,
    opened: open::Opened,
    path: &Path,
    options: &Options,
) -> Result<Sqlite, OpenError> {
    let open::Opened { connection, integrity } = opened;
    let readers = options.readers.max(1);
    let read_connections: Vec<_> = (0..readers).map(|_| open::reader(path)).collect::<Result<_, _>>()?;
    let shared = Arc::new(Shared::new(options));
    let (writes, write_queue) = mpsc::channel(options.queue.max(1));
    let (reads, read_queue) = mpsc::channel(options.queue.max(1));
    let (read_guard, readers_end) = watch::channel(());
    let (write_guard, writer_end) = watch::channel(());
    let failed = |error: std::io::Error| folder_error(path, &error);
    reader::start(read_connections, read_queue, &shared, read_guard).map_err(failed)?;
    let thread = writer::Writer::new(connection, write_queue, Arc::clone(&shared), options);
    thread.start(lock, write_guard).map_err(failed)?;
    Ok(Sqlite { shared, integrity, writes, reads, readers, readers_end, writer_end })
}

fn folder_error(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Folder { path: path.to_owned(), detail: error.to_string() }
}

#[cfg(test)]
mod tests;
