//! The thread that writes. Whatever waits when it is free becomes one group: one transaction, one sync, and then all
//! the answers. Each work of a group has a savepoint, so that one that fails takes nothing with it but its own changes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{mpsc, watch};

use super::Write;
use super::execute::{self, is_failed_sync, steer};
use super::lock::Lock;
use crate::append::settle::{self, Done};
use crate::append::sqlite::Rooms;
use crate::append::{Fate, Pending};
use crate::database::{Options, Planted};
use crate::error::{Error, Fatal};
use crate::shared::{FatalPanic, Shared};
use crate::tx::Tx;
use crate::work::{Finished, Job};

/// The log is copied into the file once it has this many pages (4 MiB), as soon as nobody waits …
const CHECKPOINT_PAGES: usize = 1_000;
/// … or at this many (16 MiB) even if somebody does. More would make the pause, and the start after a kill, long.
const CHECKPOINT_ANYWAY_PAGES: usize = 4_000;

pub(super) struct Writer {
    connection: Connection,
    queue: mpsc::Receiver<Write>,
    shared: Arc<Shared>,
    batch: usize,
    planted: Planted,
    rooms: Rooms,
    log_pages: Arc<AtomicUsize>,
    /// Log pages that the last checkpoint could not copy because a reader still looked at older ones.
    stuck_pages: usize,
    /// True once a commit has failed.
    failed: bool,
    /// Why the database rolled the present group back, if it did so by itself.
    rolled_back: Option<Error>,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        queue: mpsc::Receiver<Write>,
        shared: Arc<Shared>,
        options: &Options,
    ) -> Self {
        let (batch, planted) = (options.batch.max(1), options.planted);
        Self {
            connection,
            queue,
            shared,
            batch,
            planted,
            rooms: Rooms::default(),
            log_pages: Arc::default(),
            stuck_pages: 0,
            failed: false,
            rolled_back: None,
        }
    }

    /// Starts the thread. It holds the lock and the guard until the file is closed.
    pub(super) fn start(mut self, lock: Lock, guard: watch::Sender<()>) -> std::io::Result<()> {
        let run = move || {
            let _fatal = FatalPanic(Arc::clone(&self.shared));
            self.run();
            self.finish();
            drop(lock);
            drop(guard);
        };
        std::thread::Builder::new().name("sqlite-write".into()).spawn(run).map(drop)
    }

    fn run(&mut self) {
        self.watch_log();
        let mut group = Vec::with_capacity(self.batch);
        while self.queue.blocking_recv_many(&mut group, self.batch) > 0 {
            self.commit(&mut group);
            self.checkpoint_if_due();
        }
    }

    fn watch_log(&mut self) {
        let log_pages = Arc::clone(&self.log_pages);
        let note = move |_: &mut rusqlite::hooks::Wal, pages| {
            log_pages.store(usize::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        if let Err(error) = self.connection.wal_hook(Some(note)) {
            tracing::warn!(%error, "the size of the log can't be watched; it is copied when the server stops");
        }
    }

    /// Commits one group and answers it.
    fn commit(&mut self, group: &mut Vec<Write>) {
        if self.failed {
            return self.refuse(group, &Error::NotDurable);
        }
        let began = Instant::now();
        if let Err(error) = steer(&self.connection, "BEGIN IMMEDIATE") {
            return self.refuse(group, &error);
        }
        self.rolled_back = None;
        let mut done = self.run_group(group);
        let size = done.len();
        if self.planted.answers_early() {
            self.tell(done.drain(..));
            std::thread::sleep(Planted::SLOW_COMMIT);
        }
        let ended = self.end();
        self.shared.health.committed(ended.as_ref().copied());
        match ended {
            Ok(()) => {
                self.shared.counters.committed(size, began.elapsed());
                self.tell(done);
            }
            Err(error) => {
                self.rooms.forget();
                self.shared.counters.commit_failed();
                settle::failed(done, &error);
            }
        }
    }

    fn tell(&self, done: impl IntoIterator<Item = Done>) {
        settle::committed(done, &self.shared.listener, &self.shared.counters);
    }

    /// Runs the works of a group in the order in which they came; neighbouring appends together.
    fn run_group(&mut self, group: &mut Vec<Write>) -> Vec<Done> {
        let mut done = Vec::with_capacity(group.len());
        let mut run = 0;
        for write in group.drain(..) {
            match write {
                Write::Append(pending, caller) => done.push(Done::Append(pending, caller)),
                Write::Work(job) => {
                    self.run_appends(&mut done, run);
                    done.extend(
                        self.run_work(job).map(|finished| Done::Work(finished.events, finished.reply)),
                    );
                    run = done.len();
                }
                // What came before it, and what is already in the queue behind it, is still done.
                Write::Stop => self.queue.close(),
            }
        }
        self.run_appends(&mut done, run);
        done
    }

    /// Runs one work. `None` if it panicked, which its caller sees by the lost answer.
    fn run_work(&mut self, job: Box<dyn Job>) -> Option<Finished> {
        if let Err(error) = self.savepoint() {
            job.refuse(error);
            return None;
        }
        let connection = &mut self.connection;
        let finished = catch_unwind(AssertUnwindSafe(|| job.run(Tx::sqlite(connection))));
        // It may have changed any room.
        self.rooms.forget();
        self.end_savepoint(finished.as_ref().is_ok_and(|finished| finished.keep));
        finished.ok()
    }

    /// Appends what came since `from`: together, and if that fails one by one, so that only the culprit is refused.
    fn run_appends(&mut self, done: &mut [Done], from: usize) {
        let (before, run) = done.split_at_mut(from);
        if run.is_empty() {
            return;
        }
        // A savepoint makes SQLite keep a copy of every page that changes, so a group of appends alone does without.
        let together =
            if before.is_empty() { self.append_first(run) } else { self.append_under_savepoint(run) };
        let Err(error) = together else {
            return;
        };
        let alone = run.len() == 1;
        for one in run.chunks_mut(1) {
            let outcome = if alone { Err(error.clone()) } else { self.append_under_savepoint(one) };
            if let (Err(error), Some(pending)) = (outcome, pendings(one).next()) {
                pending.fate = Fate::Refused(error.into());
            }
        }
    }

    /// Appends at the beginning of a transaction, which is begun anew if that fails.
    fn append_first(&mut self, run: &mut [Done]) -> Result<(), Error> {
        let result = self.append(run);
        if let Err(error) = &result {
            if !self.connection.is_autocommit() {
                steer(&self.connection, "ROLLBACK")?;
            }
            // Without space it would fail again for each of them; and without a transaction `end` says so to everybody.
            if matches!(error, Error::Full(_)) {
                self.rolled_back = Some(error.clone());
            } else {
                steer(&self.connection, "BEGIN IMMEDIATE")?;
            }
        }
        result
    }

    fn append_under_savepoint(&mut self, run: &mut [Done]) -> Result<(), Error> {
        self.savepoint()?;
        let result = self.append(run);
        if let Err(error) = &result
            && self.connection.is_autocommit()
        {
            self.rolled_back = Some(error.clone());
        }
        self.end_savepoint(result.is_ok());
        result
    }

    fn append(&mut self, run: &mut [Done]) -> Result<(), Error> {
        let result = crate::append::sqlite::append(&self.connection, &mut self.rooms, pendings(run));
        if result.is_err() {
            self.rooms.forget();
        }
        result
    }

    /// Begins one work of the group. Outside a transaction a savepoint would be one of its own, so there must be one.
    fn savepoint(&mut self) -> Result<(), Error> {
        if self.connection.is_autocommit() {
            Err(self.lost_group())
        } else {
            steer(&self.connection, "SAVEPOINT one")
        }
    }

    fn end_savepoint(&mut self, keep: bool) {
        if self.connection.is_autocommit() {
            // The database has rolled the whole transaction back by itself; `end` will say so to everybody.
            return;
        }
        let rolled_back = if keep { Ok(()) } else { steer(&self.connection, "ROLLBACK TO one") };
        if let Err(error) = rolled_back.and_then(|()| steer(&self.connection, "RELEASE one")) {
            // Half a work may be in the transaction now, so none of it may be committed.
            tracing::error!(%error, "a savepoint could not be ended; the group is rolled back");
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    /// Ends the transaction of a group. An error means that nothing of it was kept.
    fn end(&mut self) -> Result<(), Error> {
        if self.connection.is_autocommit() {
            return Err(self.lost_group());
        }
        let Err(error) = steer(&self.connection, "COMMIT") else {
            return Ok(());
        };
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        // A full disk is found before anything is promised, and room can be made. After any other failure nobody can
        // say what the disk holds, and a second sync may wrongly succeed: only a restart reads what is really there.
        if !matches!(error, Error::Full(_)) {
            self.fail(&error);
            return Err(Error::NotDurable);
        }
        Err(error)
    }

    /// Acknowledges nothing from now on.
    fn fail(&mut self, error: &Error) {
        self.failed = true;
        self.shared.health.fail(Fatal::NotDurable);
        tracing::error!(%error, "a commit, a sync or a checkpoint failed; nothing is acknowledged any more until the server is restarted");
    }

    /// What everybody in a group hears that the database rolled back by itself.
    fn lost_group(&self) -> Error {
        let unknown =
            || Error::Database("the database rolled the transaction back; its disk may be full".into());
        self.rolled_back.clone().unwrap_or_else(unknown)
    }

    /// Answers a group without running it.
    fn refuse(&mut self, group: &mut Vec<Write>, error: &Error) {
        for write in group.drain(..) {
            match write {
                Write::Append(pending, caller) => caller.answer(Err(pending.rejected(error.clone().into()))),
                Write::Work(job) => job.refuse(error.clone()),
                Write::Stop => self.queue.close(),
            }
        }
    }

    /// Copies the log into the file when it has grown, preferably while nobody waits.
    fn checkpoint_if_due(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.stuck_pages {
            // The log began anew, so nothing is stuck any more.
            self.stuck_pages = 0;
        }
        let grown = pages - self.stuck_pages;
        if grown < CHECKPOINT_PAGES || (grown < CHECKPOINT_ANYWAY_PAGES && !self.queue.is_empty()) {
            return;
        }
        let began = Instant::now();
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get::<_, isize>(1)?.unsigned_abs(), row.get::<_, isize>(2)?.unsigned_abs()))
        });
        self.shared.counters.checkpointed(began.elapsed());
        match checkpoint {
            Ok((all, copied)) => self.stuck_pages = if copied < all { all } else { 0 },
            // What is in the log and can't be read again is in no file: more of it may not be promised.
            Err(error) if is_failed_sync(&error) || execute::is_damage(&error) => {
                self.fail(&execute::meaning(&error));
            }
            Err(error) => {
                tracing::warn!(%error, "the log could not be copied into the database; it is tried again");
            }
        }
        if self.stuck_pages == 0 {
            self.log_pages.store(0, Ordering::Relaxed);
        }
    }

    fn finish(self) {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        if let Err(error) = self.connection.query_row(checkpoint, [], |_| Ok(())) {
            tracing::warn!(%error, "the log could not be copied into the database; the next start does it");
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the database could not be closed properly");
        }
    }
}

/// The appends of a run.
fn pendings(run: &mut [Done]) -> impl Iterator<Item = &mut Pending> {
    run.iter_mut().filter_map(|one| match one {
        Done::Append(pending, _) => Some(pending),
        Done::Work(..) => None,
    })
}
