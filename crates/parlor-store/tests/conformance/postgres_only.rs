//! The PostgreSQL database: which ones are refused, and what happens when its connections end.

use std::time::Duration;

use parlor_model::RoomKind;
use parlor_store::{AppendError, Cursor, Database, Error, Fatal, OpenError, Options, Page, Store};
use tokio_postgres::{Client, NoTls};

use crate::support::{World, on_postgres, read, write};

type Expected = fn(&OpenError) -> bool;

/// The two halves of the number of the server's lock.
const LOCK: &str = "1349676146, 1";

fn url(world: &World) -> &str {
    let Database::Postgres { url } = &world.database else { panic!("this is PostgreSQL's") };
    url.expose()
}

/// A connection of the test's own to the database of a world.
pub(crate) async fn client(world: &World) -> Client {
    let (client, connection) = tokio_postgres::connect(url(world), NoTls).await.unwrap();
    // It may be ended by the database when the case is over.
    tokio::spawn(async move { drop(connection.await) });
    client
}

async fn refused(database: &Database) -> OpenError {
    Store::open(database, Options::default()).await.expect_err("it was opened")
}

/// Ends every connection of the store as a restart of the database does.
async fn end_connections(client: &Client) {
    let ended = client
        .query_one(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name LIKE 'parlor, process%'",
            &[],
        )
        .await
        .unwrap();
    assert!(ended.get::<_, i64>(0) > 1);
}

/// Tries again, as a client does, until the store answers.
async fn until_answered<T>(attempt: impl AsyncFn() -> Result<T, Error>) -> T {
    let answered = async {
        loop {
            match attempt().await {
                Ok(answer) => return answer,
                Err(Error::Unreachable(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answered).await.expect("it never answered again")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_database_loses_nothing() {
    on_postgres(|world| Box::pin(restart(world))).await;
}

async fn restart(world: &World) {
    let client = client(world).await;
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let mut expected = Vec::new();
    for number in 0..60 {
        if number % 20 == 10 {
            end_connections(&client).await;
        }
        let append = world.an_append(room, ada, "hi", Some(&format!("n{number}")));
        let appended = until_answered(async || match world.store.append(append.clone()).await {
            Err(AppendError::Store(error)) => Err(error),
            other => Ok(other.unwrap()),
        });
        expected.push(appended.await.message);
    }
    let stored = until_answered(async || {
        world
            .store
            .read(move |tx| {
                Box::pin(async move { tx.history(room, Page { cursor: Cursor::Newest, limit: 100 }).await })
            })
            .await
    });
    assert_eq!(stored.await.messages, expected);
    until_answered(async || world.store.check().await).await;
    // The lock was taken again too.
    assert!(matches!(refused(&world.database).await, OpenError::Locked { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_its_database_to_another_acknowledges_nothing() {
    on_postgres(|world| Box::pin(lost(world))).await;
}

async fn lost(world: &World) {
    let (control, other) = (client(world).await, client(world).await);
    write!(world.store, tx => tx.put_setting("a", "b"));
    // The other server waits for the lock, so it has it the moment that ours is gone.
    let take = tokio::spawn(async move {
        other.execute(&format!("SELECT pg_advisory_lock({LOCK})"), &[]).await.unwrap();
        other
    });
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    let waits = async { while control.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {} };
    tokio::time::timeout(Duration::from_secs(30), waits).await.expect("the lock was free");
    end_connections(&control).await;
    let _other = take.await.unwrap();
    let failed = async {
        while world.store.check().await != Err(Error::NotDurable) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), failed).await.expect("it never noticed");
    let write = world.store.write(|tx| Box::pin(async move { tx.put_setting("a", "c").await })).await;
    assert_eq!(write, Err(Error::NotDurable));
    assert!(world.store.metrics().not_durable);
    assert_eq!(world.store.failed().await, Fatal::TakenOver);
    let (ada, room) =
        (parlor_model::UserId::generate(&world.env), parlor_model::RoomId::generate(&world.env));
    let append = world.store.append(world.an_append(room, ada, "hi", None)).await;
    assert_eq!(append, Err(AppendError::Store(Error::NotDurable)));
    assert_eq!(read!(world.store, tx => tx.setting("a")).as_deref(), Some("b"));
}

#[tokio::test]
async fn a_full_disk_of_the_database_refuses_reads_on_and_recovers() {
    on_postgres(|world| Box::pin(full(world))).await;
}

/// The database refuses rows as it does when its disk is full, until it no longer does.
async fn full(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let client = client(world).await;
    let fill = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON messages EXECUTE FUNCTION full_disk()";
    let mut expected = vec![world.say(room, ada, "before").await];
    for _ in 0..3 {
        client.batch_execute(fill).await.unwrap();
        let outcomes =
            world.append_all((0..20).map(|_| world.an_append(room, ada, "no", None)).collect()).await;
        assert!(
            outcomes.iter().all(|outcome| matches!(outcome, Err(AppendError::Store(Error::Full(_))))),
            "{outcomes:?}"
        );
        let page = Page { cursor: Cursor::Newest, limit: 100 };
        assert_eq!(read!(world.store, tx => tx.history(room, page)).messages, expected);
        assert!(world.store.check().await.is_ok(), "what the check writes has space here");
        client.batch_execute("DROP FUNCTION full_disk CASCADE").await.unwrap();
        expected.push(world.say(room, ada, "after").await);
        assert_eq!(expected.last().map(|message| message.seq), Some(expected.len() as u64));
    }
}

#[tokio::test]
async fn a_damaged_page_of_the_database_is_told_as_damage() {
    on_postgres(|world| Box::pin(damaged(world))).await;
}

/// A row can't be written because PostgreSQL finds a page that does not match its checksum.
async fn damaged(world: &World) {
    let damage = "CREATE FUNCTION damaged() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = 'data_corrupted'; END $$;
        CREATE TRIGGER damaged BEFORE INSERT ON settings EXECUTE FUNCTION damaged()";
    client(world).await.batch_execute(damage).await.unwrap();
    let put: Result<(), Error> =
        world.store.write(|tx| Box::pin(async move { tx.put_setting("name", "Parlor").await })).await;
    assert!(matches!(&put, Err(Error::Damaged(said)) if said.contains("block 7")), "{put:?}");
}

#[tokio::test]
async fn a_commit_that_fails_is_not_acknowledged() {
    on_postgres(|world| Box::pin(failed_commit(world))).await;
}

/// Everything of the group succeeds but the commit itself, as when the database can't write its log.
async fn failed_commit(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let client = client(world).await;
    let fail = "CREATE FUNCTION failed() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not fsync' USING ERRCODE = 'io_error'; END $$;
        CREATE CONSTRAINT TRIGGER failed AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION failed()";
    client.batch_execute(fail).await.unwrap();
    let heard = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let hears = std::sync::Arc::clone(&heard);
    assert!(world.store.on_commit(move |events| {
        hears.fetch_add(events.len(), std::sync::atomic::Ordering::Relaxed);
    }));
    let outcomes = world.append_all((0..10).map(|_| world.an_append(room, ada, "no", None)).collect()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(AppendError::Store(_)))), "{outcomes:?}");
    assert_eq!(heard.load(std::sync::atomic::Ordering::Relaxed), 0, "it was told all the same");
    assert!(world.store.metrics().failed_commits > 0);
    client.batch_execute("DROP FUNCTION failed CASCADE").await.unwrap();
    assert_eq!(world.say(room, ada, "after").await.seq, 1);
    assert_eq!(heard.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    on_postgres(|world| Box::pin(newer(world))).await;
}

async fn newer(world: &World) {
    world.store.close().await;
    let client = client(world).await;
    client.batch_execute("INSERT INTO parlor_migrations VALUES (900, '0900_future')").await.unwrap();
    let refused = refused(&world.database).await;
    assert!(matches!(refused, OpenError::Newer { found: 900, .. }), "{refused:?}");
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    on_postgres(|world| Box::pin(foreign(world))).await;
}

async fn foreign(world: &World) {
    world.store.close().await;
    let client = client(world).await;
    let clear = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE tunes (title TEXT)";
    client.batch_execute(clear).await.unwrap();
    assert!(matches!(refused(&world.database).await, OpenError::Foreign { .. }));
    let tables = "SELECT string_agg(relname, ',') FROM pg_class
        WHERE relnamespace = 'public'::REGNAMESPACE AND relkind = 'r'";
    assert_eq!(client.query_one(tables, &[]).await.unwrap().get::<_, &str>(0), "tunes");
}

#[tokio::test]
async fn a_database_that_can_not_hold_every_text_is_refused() {
    on_postgres(|world| Box::pin(encoding(world))).await;
}

async fn encoding(world: &World) {
    let client = client(world).await;
    let name = format!("{}_ascii", url(world).rsplit('/').next().unwrap().split('?').next().unwrap());
    let create = format!("CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    client.batch_execute(&create).await.unwrap();
    let refused = refused(&Database::postgres(crate::support::with_database(url(world), &name))).await;
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    assert!(matches!(refused, OpenError::Unsuitable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("UTF8"), "{refused}");
}

/// A commit is on disk when it is acknowledged, even where the database's default is to be hasty.
#[tokio::test]
async fn commits_are_synced_whatever_the_default_is() {
    on_postgres(|world| Box::pin(hasty(world))).await;
}

async fn hasty(world: &World) {
    let client = client(world).await;
    let name = url(world).rsplit('/').next().unwrap().split('?').next().unwrap();
    client.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
    // A trigger notes what the transaction of a write was set to.
    client
        .batch_execute(
            "CREATE FUNCTION note() RETURNS TRIGGER LANGUAGE plpgsql AS
                 'BEGIN NEW.value := current_setting(''synchronous_commit''); RETURN NEW; END';
             CREATE TRIGGER note BEFORE INSERT ON settings FOR EACH ROW EXECUTE FUNCTION note()",
        )
        .await
        .unwrap();
    let store = world.reopened(Options::default()).await;
    write!(store, tx => tx.put_setting("a", "?"));
    assert_eq!(read!(store, tx => tx.setting("a")).as_deref(), Some("on"));
    store.close().await;
}

#[tokio::test]
async fn addresses_that_can_not_be_used_say_why_and_hide_the_password() {
    let tls = |error: &OpenError| matches!(error, OpenError::TlsUnsupported);
    let address = |error: &OpenError| matches!(error, OpenError::Address { .. });
    let unreachable = |error: &OpenError| matches!(error, OpenError::Unreachable { .. });
    let cases: [(&str, Expected); 5] = [
        ("postgres://me:hunter2@localhost/db?sslmode=require", tls),
        ("postgres://me:hunter2@localhost/db?sslmode=verify-full", tls),
        ("postgres://me:hunter2@localhost:port/db", address),
        ("mysql://me:hunter2@localhost/db", address),
        // Port 1 is never PostgreSQL's.
        ("postgres://me:hunter2@127.0.0.1:1/db", unreachable),
    ];
    for (url, expected) in cases {
        let refused = refused(&Database::postgres(url)).await;
        assert!(expected(&refused), "{url}: {refused:?}");
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    }
}
