//! Writes down what a connection is told of the room.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use parlor_client::{Closed, Events};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::history::{Entry, Facts, Told};

/// What a connection saw between joining and the next joining.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) from: u64,
    pub(super) entries: Vec<Entry>,
}

/// Follows a connection until it ends.
#[derive(Debug)]
pub(super) struct Observer {
    windows: Arc<Mutex<Vec<Window>>>,
    position: watch::Receiver<u64>,
    task: JoinHandle<Closed>,
}

impl Observer {
    pub(super) fn follow(mut events: Events, room: Arc<str>, facts: Arc<Facts>) -> Self {
        let windows: Arc<Mutex<Vec<Window>>> = Arc::default();
        let (position, receiver) = watch::channel(0);
        let kept = Arc::clone(&windows);
        let task = tokio::spawn(async move {
            while let Some(frame) = events.next().await {
                let reached = note(Told::of(frame, &facts), &room, &kept);
                if let Some(reached) = reached {
                    position.send_replace(reached);
                }
            }
            events.closed().await
        });
        Self { windows, position: receiver, task }
    }

    /// Waits until the connection was told everything up to `head`; false if that does not happen in time.
    pub(super) async fn reaches(&mut self, head: u64, deadline: tokio::time::Instant) -> bool {
        let reached = self.position.wait_for(|position| *position >= head);
        matches!(tokio::time::timeout_at(deadline, reached).await, Ok(Ok(_)))
    }

    /// Takes what was written down so far.
    pub(super) fn take(&self) -> Vec<Window> {
        std::mem::take(&mut *self.windows.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the connection ended, if it has.
    pub(super) async fn ended(&mut self) -> Option<Closed> {
        if self.task.is_finished() { (&mut self.task).await.ok() } else { None }
    }

    /// Waits a little for the end of the connection, which follows the end of its senders.
    pub(super) async fn finish(self) {
        let abort = self.task.abort_handle();
        if tokio::time::timeout(Duration::from_secs(5), self.task).await.is_err() {
            abort.abort();
        }
    }
}

/// Writes one frame down; the position that it reached.
fn note(told: Told, room: &str, windows: &Mutex<Vec<Window>>) -> Option<u64> {
    let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
    match told {
        Told::Joined(joined) if joined.id == room => {
            windows.push(Window { from: joined.head, entries: Vec::new() });
            Some(joined.head)
        }
        Told::Entry(of, entry) if of == room => {
            let position = entry.position();
            if windows.is_empty() {
                windows.push(Window::default());
            }
            windows.last_mut()?.entries.push(entry);
            Some(position)
        }
        // Nobody here ever falls that far behind and has a right to miss it: a hole that the checker will name.
        Told::Reset(of, head) if of == room => Some(head),
        _ => None,
    }
}
