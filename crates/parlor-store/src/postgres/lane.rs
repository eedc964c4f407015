//! A lane: one task that commits appends in groups. Whatever waits when it is free becomes one transaction.

use std::sync::Arc;
use std::time::Instant;

use deadpool_postgres::{Object, Pool};
use tokio::sync::{mpsc, watch};

use super::connection;
use super::execute::steered;
use crate::append::caller::Caller;
use crate::append::settle::{self, Done};
use crate::append::{Fate, Pending, postgres};
use crate::database::Planted;
use crate::error::Error;
use crate::shared::Shared;

/// How often a group is tried again that lost against another transaction.
const ATTEMPTS: usize = 3;

/// What waits for a lane.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are appends, and a box for each would cost more than the moves"
)]
pub(super) enum Waiting {
    Append(Pending, Caller),
    /// Finish what waits, then end.
    Stop,
}

/// One lane. It has a connection for itself whenever it needs one.
pub(super) struct Lane {
    pub(super) queue: mpsc::Receiver<Waiting>,
    pub(super) pool: Pool,
    pub(super) shared: Arc<Shared>,
    pub(super) batch: usize,
    pub(super) planted: Planted,
}

impl Lane {
    /// Runs until it is told to stop and nothing waits. The guard lives as long.
    pub(super) async fn run(mut self, guard: Arc<watch::Sender<()>>) {
        let mut waiting = Vec::with_capacity(self.batch);
        while self.queue.recv_many(&mut waiting, self.batch).await > 0 {
            let (mut group, mut callers) = (Vec::new(), Vec::new());
            for one in waiting.drain(..) {
                match one {
                    Waiting::Append(pending, caller) => {
                        group.push(pending);
                        callers.push(caller);
                    }
                    // What is already in the queue behind it is still done.
                    Waiting::Stop => self.queue.close(),
                }
            }
            if !group.is_empty() {
                self.append(group, callers).await;
            }
        }
        drop(guard);
    }

    /// Appends a group: together, and if the database refuses that one by one, so that only the culprit is refused.
    async fn append(&self, mut group: Vec<Pending>, mut callers: Vec<Caller>) {
        let health = &self.shared.health;
        let appended = health.unless_away(self.append_stubbornly(&mut group, &mut callers)).await;
        match appended.and_then(|appended| appended) {
            Ok(()) => self.tell(group, &mut callers),
            Err(Error::Database(_) | Error::Taken(_)) if group.len() > 1 => {
                for (mut pending, caller) in group.into_iter().zip(callers) {
                    let alone = std::slice::from_mut(&mut pending);
                    let appended = self.append_stubbornly(alone, &mut Vec::new()).await;
                    if let Err(error) = appended {
                        pending.fate = Fate::Refused(error.into());
                    }
                    self.tell(vec![pending], &mut vec![caller]);
                }
            }
            Err(error) => settle::failed(paired(group, callers), &error),
        }
    }

    /// Appends a group, again if another transaction got in its way: the same nonce through another lane, or a deadlock.
    async fn append_stubbornly(&self, group: &mut [Pending], callers: &mut Vec<Caller>) -> Result<(), Error> {
        for _ in 1..ATTEMPTS {
            match self.append_once(group, callers).await {
                Err(Error::Taken(_) | Error::Busy) => {}
                other => return other,
            }
        }
        self.append_once(group, callers).await
    }

    async fn append_once(&self, group: &mut [Pending], callers: &mut Vec<Caller>) -> Result<(), Error> {
        let began = Instant::now();
        let client = Borrowed(Some(connection(&self.pool).await?));
        let result = self.commit(client.get()?, group, callers).await;
        self.shared.health.committed(result.as_ref().copied());
        match &result {
            Ok(()) => self.shared.counters.committed(group.len(), began.elapsed()),
            // After a failed commit the transaction is over already, and this says so only in the database's log.
            Err(_) if steered(client.get()?, "ROLLBACK").await.is_err() => return result,
            Err(_) => {}
        }
        client.give_back();
        result
    }

    async fn commit(
        &self,
        client: &Object,
        group: &mut [Pending],
        callers: &mut Vec<Caller>,
    ) -> Result<(), Error> {
        let heads = postgres::begin(client, group, self.planted.ignores_nonces()).await?;
        self.shared.health.may_commit()?;
        if self.planted.answers_early() {
            postgres::write_only(client, group, &heads).await?;
            self.tell(group.to_vec(), callers);
            tokio::time::sleep(Planted::SLOW_COMMIT).await;
            return steered(client, "COMMIT").await;
        }
        let committed = postgres::commit(client, group, &heads).await;
        if committed.is_err() {
            self.shared.counters.commit_failed();
        }
        committed
    }

    fn tell(&self, group: Vec<Pending>, callers: &mut Vec<Caller>) {
        settle::committed(paired(group, callers.drain(..)), &self.shared.listener, &self.shared.counters);
    }
}

/// A connection of the pool that goes back there only by [`Borrowed::give_back`]. One that is left in the middle of a
/// transaction is closed instead, so that nobody else gets into it.
struct Borrowed(Option<Object>);

impl Borrowed {
    fn get(&self) -> Result<&Object, Error> {
        self.0.as_ref().ok_or(Error::Closed)
    }

    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

fn paired(group: Vec<Pending>, callers: impl IntoIterator<Item = Caller>) -> impl Iterator<Item = Done> {
    group.into_iter().zip(callers).map(|(pending, caller)| Done::Append(pending, caller))
}
