//! Opening the database: its address, its properties, its schema, and the pools.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use super::Postgres;
use super::execute::words;
use super::lane::Lane;
use super::lock::Lock;
use crate::database::{Options, Planted, Secret};
use crate::error::OpenError;
use crate::migrations::{self, Engine, Migration};
use crate::shared::Shared;

/// How many lanes commit appends. Two keep the disk busy while one of them waits for the network.
const LANES: usize = 2;
/// How many works may write at the same time, beside the lanes.
const WRITERS: usize = 4;
/// How long to wait for a connection, new or from a pool.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every connection begins with. A commit is acknowledged when it is on disk, whatever the server's default is;
/// a stronger default stays. Nothing may hold a room for long.
const SESSION: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
    SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '60s'";

pub(super) async fn open(url: &Secret, options: &Options) -> Result<Postgres, OpenError> {
    let config = config(url)?;
    let mut lock = Lock::take(&config).await?;
    check(&lock.client).await?;
    migrate(&mut lock.client, migrations::ALL).await?;
    if options.planted.ignores_nonces() {
        let lift =
            "DROP INDEX IF EXISTS messages_nonce; CREATE INDEX messages_nonce ON messages (nonce, author_id)";
        lock.client.batch_execute(lift).await.map_err(|error| failed(&error))?;
    }
    let shared = Arc::new(Shared::new(options));
    let (reads, writes) = (pool(&config, options.readers.max(1))?, pool(&config, WRITERS)?);
    let (lanes, lanes_end) = start_lanes(&pool(&config, LANES)?, &shared, options);
    let (stop, stopped) = watch::channel(());
    let (lock_guard, lock_end) = watch::channel(());
    let hold = lock.hold(config, Arc::clone(&shared), stopped);
    tokio::spawn(async move {
        hold.await;
        drop(lock_guard);
    });
    let places = u32::try_from(options.queue).unwrap_or(u32::MAX).max(1);
    let semaphore = || Arc::new(Semaphore::new(places as usize));
    let (read_places, write_places) = (semaphore(), semaphore());
    let planted: Planted = options.planted;
    Ok(Postgres {
        shared,
        reads,
        writes,
        read_places,
        write_places,
        places,
        lanes,
        planted,
        lanes_end,
        stop,
        lock_end,
    })
}

/// The address, and how every connection to it behaves.
pub(super) fn config(url: &Secret) -> Result<Config, OpenError> {
    let url = url.expose();
    let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
        // The driver knows fewer words than libpq: those that ask for more than `require` are unknown to it.
        if url.contains("sslmode=verify") {
            OpenError::TlsUnsupported
        } else {
            OpenError::Address { detail: words(&error) }
        }
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(OpenError::TlsUnsupported);
    }
    config.ssl_mode(SslMode::Disable);
    config.application_name(format!("parlor, process {}", std::process::id()));
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    config
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3);
    config.tcp_user_timeout(Duration::from_secs(20));
    Ok(config)
}

/// Refuses a database in which our promises can't be kept, or that holds something else.
pub(super) async fn check(client: &Client) -> Result<(), OpenError> {
    let question = "SELECT current_setting('server_encoding'), current_setting('fsync'), current_schema() IS NOT NULL,
        to_regclass('parlor_migrations') IS NOT NULL,
        (SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind IN ('r', 'p'))";
    let row = client.query_one(question, &[]).await.map_err(|error| failed(&error))?;
    let (encoding, fsync): (String, String) = (row.get(0), row.get(1));
    let (has_schema, is_ours, tables): (bool, bool, i64) = (row.get(2), row.get(3), row.get(4));
    if encoding != "UTF8" {
        let detail = format!("its encoding is {encoding}; it must be UTF8 to hold every text");
        return Err(OpenError::Unsuitable { detail });
    }
    if !has_schema {
        return Err(OpenError::Unsuitable { detail: "the user has no schema to make tables in".into() });
    }
    if !is_ours && tables > 0 {
        return Err(OpenError::Foreign { detail: format!("it holds {tables} tables of something else") });
    }
    if fsync != "on" {
        tracing::warn!(
            "fsync is off in this database: messages that were acknowledged are lost when its machine fails"
        );
    }
    Ok(())
}

/// Brings the schema up to date: each migration in a transaction of its own.
async fn migrate(client: &mut Client, migrations: &[Migration]) -> Result<(), OpenError> {
    let make = "CREATE TABLE IF NOT EXISTS parlor_migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";
    client.batch_execute(make).await.map_err(|error| failed(&error))?;
    let question = "SELECT COALESCE(max(number), 0) FROM parlor_migrations";
    let row = client.query_one(question, &[]).await.map_err(|error| failed(&error))?;
    let version = u32::try_from(row.get::<_, i64>(0)).unwrap_or(u32::MAX);
    let known = migrations::newest();
    if version > known {
        return Err(OpenError::Newer { found: version, known });
    }
    for migration in migrations.iter().filter(|migration| migration.number > version) {
        apply(client, migration).await.map_err(|error| OpenError::Migration {
            name: migration.name.to_owned(),
            detail: words(&error),
        })?;
    }
    Ok(())
}

async fn apply(client: &mut Client, migration: &Migration) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(&migration.text(Engine::Postgres)).await?;
    let note = "INSERT INTO parlor_migrations (number, name) VALUES ($1, $2)";
    transaction.execute(note, &[&i64::from(migration.number), &migration.name]).await?;
    transaction.commit().await
}

fn pool(config: &Config, size: usize) -> Result<Pool, OpenError> {
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config.clone(), NoTls, manager_config);
    let set_up = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
        Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
    });
    let builder = Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .recycle_timeout(Some(PATIENCE))
        .post_create(set_up);
    builder.build().map_err(|error| OpenError::Unsuitable { detail: error.to_string() })
}

fn start_lanes(
    pool: &Pool,
    shared: &Arc<Shared>,
    options: &Options,
) -> (Vec<mpsc::Sender<super::lane::Waiting>>, watch::Receiver<()>) {
    let (guard, end) = watch::channel(());
    let guard = Arc::new(guard);
    let start = |_| {
        let (sender, queue) = mpsc::channel((options.queue / LANES).max(1));
        let (pool, shared) = (pool.clone(), Arc::clone(shared));
        let lane = Lane { queue, pool, shared, batch: options.batch.max(1), planted: options.planted };
        tokio::spawn(lane.run(Arc::clone(&guard)));
        sender
    };
    ((0..LANES).map(start).collect(), end)
}

fn failed(error: &tokio_postgres::Error) -> OpenError {
    OpenError::Other(super::execute::meaning(error))
}
