//! A look at a database on a server.

use tokio_postgres::{Client, NoTls};

use super::execute::words;
use super::{lock, open};
use crate::database::Secret;
use crate::error::OpenError;
use crate::inspect::Inspection;
use crate::migrations;

/// See [`crate::Database::inspect`].
pub(crate) async fn inspect(url: &Secret) -> Result<Inspection, OpenError> {
    let config = open::config(url)?;
    let unreachable = |error: tokio_postgres::Error| OpenError::Unreachable { detail: words(&error) };
    let (client, connection) = config.connect(NoTls).await.map_err(unreachable)?;
    let connection = tokio::spawn(connection);
    let inspection = look(&client).await;
    drop(client);
    // The connection ends because its client is gone; how it ends says nothing about the database.
    let _ = connection.await;
    inspection
}

async fn look(client: &Client) -> Result<Inspection, OpenError> {
    open::check(client).await?;
    let failed = |error: tokio_postgres::Error| OpenError::Unreachable { detail: words(&error) };
    let holder = lock::holder(client).await.map_err(failed)?.map(|(_, name)| name);
    let setting: String = client.query_one("SHOW data_checksums", &[]).await.map_err(failed)?.get(0);
    let has_checksums = setting == "on";
    let exists = "SELECT to_regclass('parlor_migrations') IS NOT NULL";
    if !client.query_one(exists, &[]).await.map_err(failed)?.get::<_, bool>(0) {
        return Ok(Inspection { version: None, has_checksums, holder });
    }
    let newest = "SELECT COALESCE(max(number), 0) FROM parlor_migrations";
    let found: i64 = client.query_one(newest, &[]).await.map_err(failed)?.get(0);
    let (found, known) = (u32::try_from(found).unwrap_or(u32::MAX), migrations::newest());
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    Ok(Inspection { version: Some(found), has_checksums, holder })
}
