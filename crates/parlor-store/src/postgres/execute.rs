//! How a statement runs on PostgreSQL, and what its errors mean.

use deadpool_postgres::{GenericClient, Transaction};
use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;

use crate::error::Error;
use crate::statement::Statement;
use crate::tx::Read;
use crate::value::{Columns, Param};

/// All rows of a statement.
pub(crate) async fn rows<T>(
    transaction: &Transaction<'_>,
    statement: &'static Statement,
    params: &[Param<'_>],
    read: Read<T>,
) -> Result<Vec<T>, Error> {
    let prepared = transaction.prepare_cached(text(statement)?).await.map_err(|error| meaning(&error))?;
    let rows = transaction.query_raw(&prepared, params.iter().map(|param| param as &(dyn ToSql + Sync)));
    let rows: Vec<_> = collect(rows.await).await?;
    rows.iter().map(|row| read(&mut Columns::postgres(row))).collect()
}

/// A prepared statement with values that are lists, which [`Param`] does not know. It can be sent at once.
pub(crate) struct Values<'v> {
    statement: tokio_postgres::Statement,
    values: Vec<&'v (dyn ToSql + Sync)>,
}

impl<'v> Values<'v> {
    pub(crate) async fn prepare(
        client: &impl GenericClient,
        statement: &'static Statement,
        values: Vec<&'v (dyn ToSql + Sync)>,
    ) -> Result<Self, Error> {
        let prepared = client.prepare_cached(text(statement)?).await.map_err(|error| meaning(&error))?;
        Ok(Self { statement: prepared, values })
    }
}

/// All rows of a statement; none without one.
pub(crate) async fn read_all<T>(
    client: &impl GenericClient,
    values: Option<&Values<'_>>,
    read: Read<T>,
) -> Result<Vec<T>, Error> {
    let Some(Values { statement, values }) = values else {
        return Ok(Vec::new());
    };
    let rows = client.query(statement, values).await.map_err(|error| meaning(&error))?;
    rows.iter().map(|row| read(&mut Columns::postgres(row))).collect()
}

/// Runs a statement.
pub(crate) async fn run_prepared(client: &impl GenericClient, values: &Values<'_>) -> Result<(), Error> {
    client.execute(&values.statement, &values.values).await.map(drop).map_err(|error| meaning(&error))
}

/// Runs one of the short texts that steer a transaction.
pub(crate) async fn steered(client: &impl GenericClient, text: &'static str) -> Result<(), Error> {
    client.batch_execute(text).await.map_err(|error| meaning(&error))
}

async fn collect(
    stream: Result<tokio_postgres::RowStream, tokio_postgres::Error>,
) -> Result<Vec<tokio_postgres::Row>, Error> {
    let stream = stream.map_err(|error| meaning(&error))?;
    stream.try_collect().await.map_err(|error| meaning(&error))
}

/// Runs a statement and returns how many rows it touched.
pub(crate) async fn run(
    transaction: &Transaction<'_>,
    statement: &'static Statement,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let prepared = transaction.prepare_cached(text(statement)?).await.map_err(|error| meaning(&error))?;
    let run = transaction.execute_raw(&prepared, params.iter().map(|param| param as &(dyn ToSql + Sync)));
    run.await.map_err(|error| meaning(&error))
}

/// Runs a statement; if it fails, the transaction goes on as if it had not been run.
pub(crate) async fn run_guarded(
    transaction: &Transaction<'_>,
    statement: &'static Statement,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let steer = async |text| transaction.batch_execute(text).await.map_err(|error| meaning(&error));
    steer("SAVEPOINT one").await?;
    let result = run(transaction, statement, params).await;
    steer(if result.is_ok() { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" }).await?;
    result
}

/// Prepares a statement, if it is for PostgreSQL. Returns how many were prepared.
pub(crate) async fn prepare(
    transaction: &Transaction<'_>,
    statement: &'static Statement,
) -> Result<usize, Error> {
    let Some(text) = statement.postgres else {
        return Ok(0);
    };
    let prepared = transaction.prepare(text).await;
    prepared.map(|_| 1).map_err(|error| Error::Database(format!("{}: {}", statement.name, words(&error))))
}

fn text(statement: &'static Statement) -> Result<&'static str, Error> {
    statement.postgres.ok_or_else(|| Error::Database(format!("{} is not for PostgreSQL", statement.name)))
}

/// What an error of PostgreSQL means for the caller.
pub(crate) fn meaning(error: &tokio_postgres::Error) -> Error {
    let said = words(error);
    let Some(state) = error.code() else {
        // No answer of the server: the connection is gone, or never was.
        return if error.is_closed() || is_of_transport(error) {
            Error::Unreachable(said)
        } else {
            Error::Database(said)
        };
    };
    match state.code() {
        // Deadlock, serialisation, lock timeout: the database chose this transaction to give way.
        "40P01" | "40001" | "55P03" => Error::Busy,
        "23505" => Error::Taken(said),
        // A page that does not match its checksum, if PostgreSQL keeps them, and other damage that it notices.
        "XX001" | "XX002" => Error::Damaged(said),
        // Shut down by an administrator, crashed, or still starting; too many connections.
        "57P01" | "57P02" | "57P03" | "53300" => Error::Unreachable(said),
        "53100" => Error::Full(said),
        code if code.starts_with("08") => Error::Unreachable(said),
        _ => Error::Database(said),
    }
}

fn is_of_transport(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The words of an error and of what caused it: by itself it only says "db error".
pub(super) fn words(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
