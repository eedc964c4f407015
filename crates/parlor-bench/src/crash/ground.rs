//! What everybody in a crash run shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::history::Facts;

/// What the run is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// Everybody sends.
    Load,
    /// Nothing new is sent; what was not answered is.
    Drain,
    /// Readers end when they have come to these heads, in the order of the rooms.
    Finish(Vec<u64>),
}

/// The shared state of a run.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) rooms: Vec<Arc<str>>,
    pub(super) facts: Facts,
    clock: AtomicU64,
    phase: watch::Sender<Phase>,
    up: watch::Sender<bool>,
    acknowledged: watch::Sender<u64>,
}

impl Ground {
    pub(super) fn new(rooms: Vec<Arc<str>>) -> Self {
        Self {
            rooms,
            facts: Facts::default(),
            clock: AtomicU64::new(0),
            phase: watch::Sender::new(Phase::Load),
            up: watch::Sender::new(true),
            acknowledged: watch::Sender::new(0),
        }
    }

    /// The next tick of the run's logical clock. One total order, so that "before" means the same to everybody.
    pub(super) fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    pub(super) fn is_loading(&self) -> bool {
        *self.phase.borrow() == Phase::Load
    }

    pub(super) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Says whether it is worth connecting. Nobody tries in vain: a port that nobody listens on may be taken by the
    /// very attempts to reach it.
    pub(super) fn set_up(&self, up: bool) {
        self.up.send_replace(up);
    }

    /// Waits until the server runs. It may die again before one has connected.
    pub(super) async fn until_up(&self) {
        let mut up = self.up.subscribe();
        let _run_is_over = up.wait_for(|up| *up).await;
    }

    /// A failed attempt to connect is repeated after a moment.
    pub(super) async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    pub(super) fn count_acknowledgement(&self) {
        self.acknowledged.send_modify(|count| *count += 1);
    }

    pub(super) fn acknowledged(&self) -> watch::Receiver<u64> {
        self.acknowledged.subscribe()
    }
}
