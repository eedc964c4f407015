//! All shards of this node: starts their threads and hands each new socket to the one with the fewest.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mio::Poll;

use super::mailbox::{Letter, Mailbox};
use super::newcomer::Newcomer;
use super::{Shard, WAKER};
use crate::gateway::Shared;
use crate::vital::Vitals;

/// The shards of this node. They stop when this is dropped.
pub(crate) struct Shards {
    doors: Vec<Doorway>,
}

struct Doorway {
    mailbox: Arc<Mailbox>,
    load: Arc<AtomicUsize>,
}

/// Shards that have mailboxes and no threads yet.
pub(crate) struct Idle(Vec<Poll>, Vec<Arc<Mailbox>>);

impl Shards {
    /// Prepares so many shards.
    ///
    /// # Errors
    /// If the system has no descriptors left.
    pub(crate) fn prepare(count: usize) -> io::Result<Idle> {
        let polls: Vec<Poll> = (0..count.max(1)).map(|_| Poll::new()).collect::<io::Result<_>>()?;
        let mailbox = |poll: &Poll| Mailbox::new(poll.registry(), WAKER).map(Arc::new);
        let mailboxes = polls.iter().map(mailbox).collect::<io::Result<_>>()?;
        Ok(Idle(polls, mailboxes))
    }

    /// Hands over a socket.
    pub(crate) fn adopt(&self, newcomer: Newcomer) {
        let least = self.doors.iter().min_by_key(|door| door.load.load(Ordering::Relaxed));
        if let Some(door) = least {
            door.load.fetch_add(1, Ordering::Relaxed);
            door.mailbox.post(Letter::Newcomer(Box::new(newcomer)));
        }
    }

    /// Ends all that is left.
    pub(crate) fn stop(&self) {
        self.doors.iter().for_each(|door| door.mailbox.post(Letter::Stop));
    }
}

impl Idle {
    /// Where the shards will take what is left for them.
    pub(crate) fn mailboxes(&self) -> Vec<Arc<Mailbox>> {
        self.1.clone()
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// If the system can't start any more.
    pub(crate) fn start(self, shared: &Arc<Shared>, vitals: &Vitals) -> io::Result<Shards> {
        let mut shards = Shards { doors: Vec::new() };
        for (number, (poll, mailbox)) in (0_u16..).zip(self.0.into_iter().zip(self.1)) {
            let load = Arc::<AtomicUsize>::default();
            shards.doors.push(Doorway { mailbox: Arc::clone(&mailbox), load: Arc::clone(&load) });
            let shard = Shard::new(number, poll, mailbox, load, Arc::clone(shared));
            let name = format!("shard-{number}");
            let vital = vitals.of(&name);
            std::thread::Builder::new().name(name).spawn(move || {
                let _vital = vital;
                shard.run();
            })?;
        }
        Ok(shards)
    }
}

impl Drop for Shards {
    fn drop(&mut self) {
        self.stop();
    }
}
