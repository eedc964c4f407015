//! Where a test's server keeps its rows.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use tokio_postgres::NoTls;

/// Names the variable with the address of a PostgreSQL that tests may make databases in.
const POSTGRES_VARIABLE: &str = "PARLOR_TEST_POSTGRES_URL";

/// Which database a server runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Database {
    /// SQLite in the server's temporary folder.
    #[default]
    Sqlite,
    /// A fresh database on the PostgreSQL that `PARLOR_TEST_POSTGRES_URL` names; dropped with the server.
    Postgres,
}

/// A database that was made for one server. Dropping it drops it there too.
#[derive(Debug)]
pub(crate) struct FreshPostgres {
    admin: tokio_postgres::Config,
    name: String,
    /// The address with the new database's name in it.
    pub(crate) url: String,
}

impl FreshPostgres {
    pub(crate) async fn create() -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var(POSTGRES_VARIABLE)
            .ok()
            .with_context(|| format!("run `cargo xtask test`, or set {POSTGRES_VARIABLE}"))?;
        let admin: tokio_postgres::Config = url.parse().context("the address of PostgreSQL can't be read")?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Unique among the tests that share the server: process ids don't repeat while the process lives.
        let name = format!("parlor_{}_{count}", std::process::id());
        execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        execute(&admin, &format!("CREATE DATABASE {name}")).await?;
        let url = with_database(&url, &name).context("the address of PostgreSQL names no database")?;
        Ok(Self { admin, name, url })
    }
}

/// A copy of a database that nobody uses. Dropping it drops it there.
#[derive(Debug)]
pub(crate) struct PostgresCopy(FreshPostgres);

impl FreshPostgres {
    /// Copies the database, to which nobody may be connected.
    pub(crate) async fn copy(&self) -> Result<PostgresCopy> {
        let (admin, name) = (self.admin.clone(), format!("{}_copy", self.name));
        let copy = Self { admin, name, url: String::new() };
        copy.become_copy_of(&self.name).await?;
        Ok(PostgresCopy(copy))
    }

    /// Puts a copy in its place.
    pub(crate) async fn restore(&self, copy: &PostgresCopy) -> Result<()> {
        self.become_copy_of(&copy.0.name).await
    }

    async fn become_copy_of(&self, other: &str) -> Result<()> {
        let name = &self.name;
        execute(&self.admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        // The connections of a server that was killed a moment ago may not have ended yet.
        let end =
            format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{other}'");
        execute(&self.admin, &end).await?;
        execute(&self.admin, &format!("CREATE DATABASE {name} TEMPLATE {other}")).await
    }
}

impl Drop for FreshPostgres {
    fn drop(&mut self) {
        let (admin, statement) =
            (self.admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A thread of its own, because the caller's runtime can't be waited for from here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&admin, &statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the test's database stays behind: {error:#}");
        }
    }
}

async fn execute(config: &tokio_postgres::Config, statement: &str) -> Result<()> {
    let (client, connection) = config.connect(NoTls).await.context("PostgreSQL can't be reached")?;
    let connection = tokio::spawn(connection);
    let outcome = client.batch_execute(statement).await;
    drop(client);
    connection.await?.ok();
    outcome.with_context(|| format!("`{statement}` failed"))
}

/// Takes the server's lock on a database for as long as the answer lives, as a second server does after the first one's
/// connections were cut.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn take_over(url: &str) -> Result<tokio_postgres::Client> {
    let connect = async || -> Result<tokio_postgres::Client> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(async move { drop(connection.await) });
        Ok(client)
    };
    let (waiter, control) = (connect().await?, connect().await?);
    // It waits for the lock, so it has it the moment that the server's connection is gone.
    let taking = tokio::spawn(async move {
        waiter.execute("SELECT pg_advisory_lock(1349676146, 1)", &[]).await?;
        anyhow::Ok(waiter)
    });
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while control.query_one(waiting, &[]).await?.get::<_, i64>(0) == 0 {}
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'parlor, process%'";
    control.execute(cut, &[]).await?;
    taking.await?
}

/// `postgres://user:password@host:port/<name>`, with the query kept.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (address, query) = url.split_once('?').map_or((url, None), |(left, right)| (left, Some(right)));
    let scheme_end = address.find("://")? + 3;
    let server_end = address.get(scheme_end..)?.find('/').map_or(address.len(), |at| scheme_end + at);
    let server = address.get(..server_end)?;
    Some(match query {
        Some(query) => format!("{server}/{name}?{query}"),
        None => format!("{server}/{name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_databases_name_changes() {
        for (url, expected) in [
            ("postgres://u:p@127.0.0.1:5432/postgres", "postgres://u:p@127.0.0.1:5432/x"),
            ("postgres://u@h", "postgres://u@h/x"),
            ("postgres://u@h/a?sslmode=disable", "postgres://u@h/x?sslmode=disable"),
            ("postgresql:///a?host=/run", "postgresql:///x?host=/run"),
        ] {
            assert_eq!(with_database(url, "x").as_deref(), Some(expected));
        }
        assert_eq!(with_database("host=localhost dbname=a", "x"), None);
    }
}
