//! Plain counters of what the store did, for `/metrics` and for tuning.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A snapshot of the counters. All counts are since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Commits that were synced.
    pub commits: u64,
    /// Commits that failed.
    pub failed_commits: u64,
    /// Writes and appends that were part of a synced commit: divided by `commits`, the size of a group.
    pub grouped: u64,
    /// Messages that were appended and synced.
    pub appended: u64,
    /// Appends that were answered with the result of an earlier one.
    pub repeated: u64,
    /// Reads that were begun.
    pub reads: u64,
    /// Requests that were answered with `Busy` because a queue was full.
    pub busy: u64,
    /// The time that commits took, from the first statement of a group until it was synced.
    pub commit_time: Duration,
    /// How often SQLite's log was copied into its file.
    pub checkpoints: u64,
    /// The time that this took. Writes wait meanwhile.
    pub checkpoint_time: Duration,
    /// Pages of SQLite's file and log that were compared with their checksums.
    pub pages_checked: u64,
    /// Those of them that were not as they had been written.
    pub pages_damaged: u64,
    /// Writes and appends that wait at this moment.
    pub queued: usize,
    /// The memory that appends hold which wait or are being committed at this moment, in bytes.
    pub queued_bytes: usize,
    /// True once a sync has failed, or the database was lost to another server: nothing is acknowledged any more.
    pub not_durable: bool,
}

/// The counters themselves. Each is exact; a snapshot of several is not of one moment.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    failed_commits: AtomicU64,
    grouped: AtomicU64,
    appended: AtomicU64,
    repeated: AtomicU64,
    reads: AtomicU64,
    busy: AtomicU64,
    checkpoints: AtomicU64,
    checkpoint_micros: AtomicU64,
    commit_micros: AtomicU64,
}

impl Counters {
    pub(crate) fn committed(&self, grouped: usize, time: Duration) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.grouped.fetch_add(grouped as u64, Ordering::Relaxed);
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.commit_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn commit_failed(&self) {
        self.failed_commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn appended(&self, repeated: bool) {
        let counter = if repeated { &self.repeated } else { &self.appended };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn busy(&self) {
        self.busy.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn checkpointed(&self, took: Duration) {
        self.checkpoints.fetch_add(1, Ordering::Relaxed);
        self.checkpoint_micros
            .fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self, queued: usize, queued_bytes: usize, not_durable: bool) -> Metrics {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            commits: value(&self.commits),
            failed_commits: value(&self.failed_commits),
            grouped: value(&self.grouped),
            appended: value(&self.appended),
            repeated: value(&self.repeated),
            reads: value(&self.reads),
            busy: value(&self.busy),
            commit_time: Duration::from_micros(value(&self.commit_micros)),
            checkpoints: value(&self.checkpoints),
            checkpoint_time: Duration::from_micros(value(&self.checkpoint_micros)),
            pages_checked: 0,
            pages_damaged: 0,
            queued,
            queued_bytes,
            not_durable,
        }
    }
}
