//! The lock on the database: an advisory lock, held by a connection of its own for as long as the server lives.
//!
//! It keeps a second server out by mistake. What the rows promise does not rest on it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, NoTls};

use super::execute::words;
use crate::error::{Fatal, OpenError};
use crate::shared::Shared;

/// The two halves of the lock's number: `Prlr`, and 1 for "this is the server".
const KEYS: (i32, i32) = (0x5072_6c72, 1);

/// A server that was killed a moment ago may hold the lock until the database has noticed.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before the next attempt.
const PAUSE: Duration = Duration::from_millis(100);

/// How often the database is asked whether it is there, and how long it may take to say so. Together they bound how long
/// anybody waits for a database that has fallen silent without closing its connections.
const ASK_EVERY: Duration = Duration::from_secs(2);
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// A connection that holds the lock.
pub(super) struct Lock {
    /// For statements while the database is being opened.
    pub(super) client: Client,
    /// Ends when the connection does.
    connection: JoinHandle<()>,
    /// Which backend of the database this is, for telling a leftover of ours from somebody else.
    backend: Backend,
}

/// A backend process of the database server. Its start tells it from a later one with the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backend {
    process: i32,
    started: String,
}

/// Why the lock was not taken.
enum Refused {
    Holder(Option<(Backend, String)>),
    Error(tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for Refused {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Error(error)
    }
}

impl Lock {
    /// Takes the lock.
    pub(super) async fn take(config: &Config) -> Result<Self, OpenError> {
        let attempts = PATIENCE.as_millis() / PAUSE.as_millis();
        for _ in 0..attempts {
            match Self::try_take(config, None).await {
                Ok(lock) => return Ok(lock),
                Err(Refused::Holder(_)) => tokio::time::sleep(PAUSE).await,
                Err(Refused::Error(error)) => {
                    return Err(OpenError::Unreachable { detail: words(&error) });
                }
            }
        }
        Self::try_take(config, None).await.map_err(|refused| match refused {
            Refused::Holder(holder) => OpenError::Locked {
                who: holder.map_or_else(
                    || "another server".to_owned(),
                    |(_, name)| format!("another server ({name})"),
                ),
            },
            Refused::Error(error) => OpenError::Unreachable { detail: words(&error) },
        })
    }

    /// Takes the lock, from `leftover` by force if that still holds it.
    async fn try_take(config: &Config, leftover: Option<&Backend>) -> Result<Self, Refused> {
        let (client, connection) = config.connect(NoTls).await?;
        let connection = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %words(&error), "the connection that holds the server's lock ended");
            }
        });
        let row = client.query_one("SELECT pg_try_advisory_lock($1, $2)", &[&KEYS.0, &KEYS.1]).await?;
        if row.try_get(0)? {
            let own = "SELECT pid, backend_start::TEXT FROM pg_stat_activity WHERE pid = pg_backend_pid()";
            let row = client.query_one(own, &[]).await?;
            let backend = Backend { process: row.try_get(0)?, started: row.try_get(1)? };
            return Ok(Self { client, connection, backend });
        }
        let holder = holder(&client).await?;
        if let (Some((backend, _)), Some(leftover)) = (&holder, leftover)
            && backend == leftover
        {
            client.execute("SELECT pg_terminate_backend($1)", &[&backend.process]).await?;
        }
        Err(Refused::Holder(holder))
    }

    /// Holds the lock until told to stop. When the connection is lost, it takes the lock again before the server may
    /// acknowledge anything; if another server has it by then, ours is finished.
    pub(super) async fn hold(mut self, config: Config, shared: Arc<Shared>, mut stop: watch::Receiver<()>) {
        loop {
            let silent = tokio::select! {
                _ = stop.changed() => return self.release().await,
                _ = &mut self.connection => false,
                () = silence(&self.client) => true,
            };
            shared.health.lose();
            if silent {
                tracing::warn!("the database does not answer; requests are refused until it does");
                tokio::select! {
                    _ = stop.changed() => return,
                    answer = self.client.simple_query("") => {
                        if answer.is_ok() {
                            shared.health.regain();
                            tracing::info!("the database answers again");
                            continue;
                        }
                    }
                }
            }
            tokio::select! {
                _ = stop.changed() => return,
                regained = regain(&config, self.backend.clone()) => {
                    let Some(lock) = regained else {
                        return shared.health.fail(Fatal::TakenOver);
                    };
                    self = lock;
                }
            }
            shared.health.regain();
            tracing::info!("the server's lock on the database is taken again");
        }
    }

    /// Gives the lock back, so that the next server need not wait for the connection to end.
    async fn release(self) {
        if let Err(error) =
            self.client.execute("SELECT pg_advisory_unlock($1, $2)", &[&KEYS.0, &KEYS.1]).await
        {
            tracing::warn!(error = %words(&error), "the server's lock could not be given back; its end does it");
        }
    }
}

/// Waits until the database lets a question unanswered.
async fn silence(client: &Client) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        // An error ends the connection, which its task tells.
        if tokio::time::timeout(ANSWER_WITHIN, client.simple_query("")).await.is_err() {
            return;
        }
    }
}

/// Takes the lock again as soon as the database answers. `None` if somebody else has it.
async fn regain(config: &Config, leftover: Backend) -> Option<Lock> {
    loop {
        match Lock::try_take(config, Some(&leftover)).await {
            Ok(lock) => return Some(lock),
            Err(Refused::Holder(Some((holder, name)))) if holder != leftover => {
                tracing::error!(holder = %name, "the lock on the database was lost to another server");
                return None;
            }
            // It was given back between the two questions, our leftover is ending, or the database is away.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Who holds the lock: the backend, and what it calls itself.
pub(super) async fn holder(client: &Client) -> Result<Option<(Backend, String)>, tokio_postgres::Error> {
    let question = "SELECT activity.pid, activity.backend_start::TEXT, activity.application_name
        FROM pg_locks JOIN pg_stat_activity activity ON activity.pid = pg_locks.pid
        WHERE locktype = 'advisory' AND granted AND classid = $1::INT4::OID AND objid = $2::INT4::OID AND objsubid = 2
          AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let Some(row) = client.query_opt(question, &[&KEYS.0, &KEYS.1]).await? else {
        return Ok(None);
    };
    // Another role's rows are hidden except for the process.
    let started = row.try_get::<_, Option<String>>(1)?.unwrap_or_default();
    let name = row.try_get::<_, Option<String>>(2)?.unwrap_or_default();
    Ok(Some((Backend { process: row.try_get(0)?, started }, name)))
}
