//! The threads that read: each takes what waits next and answers it from one snapshot.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{mpsc, watch};

use super::Read;
use super::execute::steer;
use crate::shared::{FatalPanic, Shared};
use crate::tx::Tx;
use crate::work::Job;

/// Starts a thread for each connection. The guard lives until the last of them has ended.
pub(super) fn start(
    connections: Vec<Connection>,
    queue: mpsc::Receiver<Read>,
    shared: &Arc<Shared>,
    guard: watch::Sender<()>,
) -> std::io::Result<()> {
    let queue = Arc::new(Mutex::new(queue));
    let guard = Arc::new(guard);
    for (index, mut connection) in connections.into_iter().enumerate() {
        let (queue, shared, guard) = (Arc::clone(&queue), Arc::clone(shared), Arc::clone(&guard));
        let run = move || {
            let _fatal = FatalPanic(Arc::clone(&shared));
            while let Some(Read::Work(job)) = next(&queue) {
                shared.counters.read();
                answer(&mut connection, job);
            }
            drop(connection);
            drop(guard);
        };
        std::thread::Builder::new().name(format!("sqlite-read-{index}")).spawn(run)?;
    }
    Ok(())
}

/// Waits for the next work. One idle thread waits for the queue, the other idle ones for that thread.
fn next(queue: &Mutex<mpsc::Receiver<Read>>) -> Option<Read> {
    // No work runs while the lock is held, so a panic of one can't leave the queue half changed.
    queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

fn answer(connection: &mut Connection, job: Box<dyn Job>) {
    if !connection.is_autocommit() {
        // An earlier transaction could not be ended: it is tried again before anything else begins.
        let _ = connection.execute_batch("ROLLBACK");
    }
    if let Err(error) = steer(connection, "BEGIN DEFERRED") {
        return job.refuse(error);
    }
    // A panic drops the caller's end of the answer, which tells the caller.
    let finished = catch_unwind(AssertUnwindSafe(|| job.run(Tx::sqlite(connection))));
    // After some errors SQLite has ended the transaction itself.
    let ended = if connection.is_autocommit() { Ok(()) } else { steer(connection, "ROLLBACK") };
    if let Ok(finished) = finished {
        (finished.reply)(ended);
    }
}
