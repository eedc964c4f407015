//! A lane: one task that commits appends in groups. Whatever waits when it is free becomes one transaction.

use std::sync::Arc;
use std::time::Instant;

use deadpool_postgres::Pool;
use tokio::sync::{mpsc, oneshot, watch};

use super::execute::meaning;
use super::{Shared, connection};
use crate::append::{Append, Outcome};
use crate::database::Planted;
use crate::error::Error;

/// How often a group is tried again that lost against another transaction.
const ATTEMPTS: usize = 3;

/// What waits for a lane.
pub(super) enum Waiting {
    Append(Append, oneshot::Sender<Outcome>),
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
        let mut group = Vec::with_capacity(self.batch);
        while self.queue.recv_many(&mut group, self.batch).await > 0 {
            let (mut appends, mut callers) = (Vec::new(), Vec::new());
            for waiting in group.drain(..) {
                match waiting {
                    Waiting::Append(append, caller) => {
                        appends.push(append);
                        callers.push(caller);
                    }
                    // What is already in the queue behind it is still done.
                    Waiting::Stop => self.queue.close(),
                }
            }
            if !appends.is_empty() {
                let outcomes = self.append(&appends, &mut callers).await;
                self.answer(&mut callers, outcomes);
            }
        }
        drop(guard);
    }

    /// Appends a group: together, and if the database refuses that one by one, so that only the culprit is refused.
    async fn append(&self, appends: &[Append], callers: &mut Vec<oneshot::Sender<Outcome>>) -> Vec<Outcome> {
        let refuse = |error: &Error| appends.iter().map(|_| Err(error.clone().into())).collect();
        match self.append_stubbornly(appends, callers).await {
            Ok(outcomes) => outcomes,
            Err(Error::Database(_) | Error::Taken(_)) if appends.len() > 1 => {
                let mut outcomes = Vec::with_capacity(appends.len());
                for append in appends {
                    let alone = self.append_stubbornly(std::slice::from_ref(append), &mut Vec::new()).await;
                    outcomes.extend(alone.unwrap_or_else(|error| vec![Err(error.into())]));
                }
                outcomes
            }
            Err(error) => refuse(&error),
        }
    }

    /// Appends a group, again if another transaction got in its way: the same nonce through another lane, or a deadlock.
    async fn append_stubbornly(
        &self,
        appends: &[Append],
        callers: &mut Vec<oneshot::Sender<Outcome>>,
    ) -> Result<Vec<Outcome>, Error> {
        for _ in 1..ATTEMPTS {
            match self.append_once(appends, callers).await {
                Err(Error::Taken(_) | Error::Busy) => {}
                other => return other,
            }
        }
        self.append_once(appends, callers).await
    }

    async fn append_once(
        &self,
        appends: &[Append],
        callers: &mut Vec<oneshot::Sender<Outcome>>,
    ) -> Result<Vec<Outcome>, Error> {
        let began = Instant::now();
        let mut client = connection(&self.pool).await?;
        let transaction = client.transaction().await.map_err(|error| meaning(&error))?;
        let ignore_nonces = self.planted.ignores_nonces();
        let outcomes = crate::append::postgres::append(&transaction, appends, ignore_nonces).await?;
        if self.planted.answers_early() {
            self.answer(callers, outcomes.clone());
            tokio::time::sleep(Planted::SLOW_COMMIT).await;
        }
        self.shared.health.may_commit()?;
        if let Err(error) = transaction.commit().await {
            self.shared.counters.commit_failed();
            return Err(meaning(&error));
        }
        self.shared.counters.committed(appends.len(), began.elapsed());
        Ok(outcomes)
    }

    fn answer(&self, callers: &mut Vec<oneshot::Sender<Outcome>>, outcomes: Vec<Outcome>) {
        for (caller, outcome) in callers.drain(..).zip(outcomes) {
            self.shared.counters.appended(&outcome);
            // A caller that went away is no reason not to have appended.
            let _ = caller.send(outcome);
        }
    }
}
