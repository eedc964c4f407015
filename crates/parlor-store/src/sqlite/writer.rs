//! The thread that writes. Whatever waits when it is free becomes one group: one transaction, one sync, and then all
//! the answers. Each work of a group has a savepoint, so that one that fails takes nothing with it but its own changes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::execute::steer;
use super::lock::Lock;
use super::{Shared, Write};
use crate::append::{Append, Outcome};
use crate::database::{Options, Planted};
use crate::error::Error;
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
    log_pages: Arc<AtomicUsize>,
    /// Log pages that the last checkpoint could not copy because a reader still looked at older ones.
    stuck_pages: usize,
    /// True once a commit has failed.
    failed: bool,
    /// Why the database rolled the present group back, if it did so by itself.
    rolled_back: Option<Error>,
}

/// An answer that waits for the commit.
enum Answer {
    Work(Finished),
    Append(Outcome, oneshot::Sender<Outcome>),
}

type WaitingAppend = (Append, oneshot::Sender<Outcome>);

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
            log_pages: Arc::default(),
            stuck_pages: 0,
            failed: false,
            rolled_back: None,
        }
    }

    /// Starts the thread. It holds the lock and the guard until the file is closed.
    pub(super) fn start(mut self, lock: Lock, guard: watch::Sender<()>) -> std::io::Result<()> {
        let run = move || {
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
        let mut answers = self.run_group(group);
        if self.planted.answers_early() {
            answers.drain(..).for_each(|answer| self.answer(answer, &Ok(())));
            std::thread::sleep(Planted::SLOW_COMMIT);
        }
        let outcome = self.end();
        match &outcome {
            Ok(()) => self.shared.counters.committed(answers.len(), began.elapsed()),
            Err(_) => self.shared.counters.commit_failed(),
        }
        answers.drain(..).for_each(|answer| self.answer(answer, &outcome));
    }

    /// Runs the works of a group in the order in which they came; neighbouring appends together.
    fn run_group(&mut self, group: &mut Vec<Write>) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(group.len());
        let mut appends = Vec::new();
        for write in group.drain(..) {
            match write {
                Write::Append(append, sender) => appends.push((append, sender)),
                Write::Work(job) => {
                    self.run_appends(std::mem::take(&mut appends), &mut answers);
                    answers.extend(self.run_work(job).map(Answer::Work));
                }
                // What came before it, and what is already in the queue behind it, is still done.
                Write::Stop => self.queue.close(),
            }
        }
        self.run_appends(appends, &mut answers);
        answers
    }

    /// Runs one work. `None` if it panicked, which its caller sees by the lost answer.
    fn run_work(&mut self, job: Box<dyn Job>) -> Option<Finished> {
        if let Err(error) = self.savepoint() {
            job.refuse(error);
            return None;
        }
        let connection = &mut self.connection;
        let finished = catch_unwind(AssertUnwindSafe(|| job.run(&mut Tx::sqlite(connection))));
        self.end_savepoint(finished.as_ref().is_ok_and(|finished| finished.keep));
        finished.ok()
    }

    /// Appends a run of messages: together, and if that fails one by one, so that only the culprit is refused.
    fn run_appends(&mut self, waiting: Vec<WaitingAppend>, answers: &mut Vec<Answer>) {
        if waiting.is_empty() {
            return;
        }
        let (appends, senders): (Vec<Append>, Vec<_>) = waiting.into_iter().unzip();
        let outcomes = match self.try_appends(&appends) {
            Ok(outcomes) => outcomes,
            Err(error) if appends.len() == 1 => vec![Err(error.into())],
            Err(_) => appends.iter().map(|append| self.append_alone(append)).collect(),
        };
        let pairs = outcomes.into_iter().zip(senders);
        answers.extend(pairs.map(|(outcome, sender)| Answer::Append(outcome, sender)));
    }

    fn append_alone(&mut self, append: &Append) -> Outcome {
        let mut outcomes = self.try_appends(std::slice::from_ref(append))?;
        outcomes.pop().unwrap_or_else(|| Err(Error::Database("an append had no outcome".into()).into()))
    }

    fn try_appends(&mut self, appends: &[Append]) -> Result<Vec<Outcome>, Error> {
        self.savepoint()?;
        let result = crate::append::sqlite::append(&self.connection, appends, self.planted.ignores_nonces());
        if let Err(error) = &result
            && self.connection.is_autocommit()
        {
            self.rolled_back = Some(error.clone());
        }
        self.end_savepoint(result.is_ok());
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
            self.failed = true;
            self.shared.health.fail();
            tracing::error!(%error, "a commit failed; nothing is acknowledged any more until the server is restarted");
            return Err(Error::NotDurable);
        }
        tracing::error!(%error, "a commit failed because there is no space left");
        Err(error)
    }

    /// What everybody in a group hears that the database rolled back by itself.
    fn lost_group(&self) -> Error {
        let unknown =
            || Error::Database("the database rolled the transaction back; its disk may be full".into());
        self.rolled_back.clone().unwrap_or_else(unknown)
    }

    fn answer(&self, answer: Answer, outcome: &Result<(), Error>) {
        match answer {
            Answer::Work(finished) => (finished.reply)(outcome.clone()),
            Answer::Append(result, sender) => {
                let result = outcome.clone().map_err(Into::into).and(result);
                self.shared.counters.appended(&result);
                // A caller that went away is no reason not to have appended.
                let _ = sender.send(result);
            }
        }
    }

    /// Answers a group without running it.
    fn refuse(&mut self, group: &mut Vec<Write>, error: &Error) {
        for write in group.drain(..) {
            match write {
                Write::Append(_, caller) => {
                    let _ = caller.send(Err(error.clone().into()));
                }
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
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get::<_, isize>(1)?.unsigned_abs(), row.get::<_, isize>(2)?.unsigned_abs()))
        });
        match checkpoint {
            Ok((all, copied)) => self.stuck_pages = if copied < all { all } else { 0 },
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
