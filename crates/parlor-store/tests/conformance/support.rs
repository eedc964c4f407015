//! A fresh database for each case, and short ways to fill it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use parlor_model::{
    Body, Clock, DisplayName, Env, Member, MemberRole, Message, MessageId, MessageKind, Nonce, Random, Role,
    Room, RoomId, RoomKind, RoomName, Seq, Slug, Timestamp, Topic, User, UserId, Username, WorkspaceId,
};
use parlor_store::{Append, AppendError, Appended, BoxFuture, Database, Error, NewMessage, Options, Store};

/// Runs each named case, an async function of one `&World`, on both engines.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::support::sqlite_case(|world| Box::pin(super::$name(world)));
            })+
        }

        mod postgres {
            $(#[test]
            fn $name() {
                $crate::support::postgres_case(|world| Box::pin(super::$name(world)));
            })+
        }
    };
}
pub(crate) use cases;

/// How many databases this process has made.
static COUNT: AtomicU64 = AtomicU64::new(0);

type Case = for<'w> fn(&'w World) -> LocalBoxFuture<'w, ()>;

pub(crate) fn sqlite_case(case: Case) {
    block_on(Box::pin(on_sqlite(case)));
}

pub(crate) fn postgres_case(case: Case) {
    block_on(Box::pin(on_postgres(case)));
}

/// One function for all cases: a runtime compiled into each of them took longer than they take to run.
fn block_on(case: LocalBoxFuture<'static, ()>) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(4).enable_all().build().unwrap().block_on(case);
}

pub(crate) async fn on_sqlite(case: Case) {
    let folder = tempfile::tempdir().unwrap();
    run(Database::sqlite(folder.path()), case).await.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

pub(crate) async fn on_postgres(case: Case) {
    let url = std::env::var("PARLOR_TEST_POSTGRES_URL")
        .expect("this case needs PostgreSQL: run `cargo xtask test`, or set PARLOR_TEST_POSTGRES_URL to a superuser's URL");
    let config: tokio_postgres::Config = url.parse().expect("PARLOR_TEST_POSTGRES_URL is a URL");
    let (client, connection) =
        config.connect(tokio_postgres::NoTls).await.expect("PARLOR_TEST_POSTGRES_URL answers");
    let connection = tokio::spawn(connection);
    let name = format!("parlor_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let result = run(Database::postgres(with_database(&url, &name)), case).await;
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// The URL of another database on the same server.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let (address, options) =
        url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let scheme_end = address.find("://").expect("PARLOR_TEST_POSTGRES_URL begins with postgres://") + 3;
    let host_end = address[scheme_end..].find('/').map_or(address.len(), |slash| scheme_end + slash);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", &address[..host_end])
}

async fn run(database: Database, case: Case) -> Result<(), Box<dyn std::any::Any + Send>> {
    let world = World::new(database).await;
    let result = AssertUnwindSafe(case(&world)).catch_unwind().await;
    world.store.close().await;
    result
}

/// Time that stands still and randomness that counts.
struct Counting(AtomicU64);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        NOW
    }
}

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: distinct numbers for distinct counts.
            let mut mixed = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

/// The time of every case.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// An open store with a workspace in it.
pub(crate) struct World {
    pub(crate) database: Database,
    pub(crate) store: Store,
    pub(crate) env: Env,
    pub(crate) workspace: WorkspaceId,
}

impl World {
    async fn new(database: Database) -> Self {
        let store = Store::open(&database, Options::default()).await.unwrap();
        let counting = Arc::new(Counting(AtomicU64::new(1)));
        let clock: Arc<dyn Clock> = counting.clone();
        let env = Env { clock, random: counting };
        let workspace = WorkspaceId::generate(&env);
        run_write(&store, move |tx| Box::pin(async move { tx.insert_workspace(workspace, NOW).await })).await;
        Self { database, store, env, workspace }
    }

    /// Closes the store and opens the same database again.
    pub(crate) async fn reopened(&self, options: Options) -> Store {
        self.store.close().await;
        Store::open(&self.database, options).await.unwrap()
    }

    pub(crate) fn a_user(&self, name: &str, role: Role) -> User {
        User {
            id: UserId::generate(&self.env),
            workspace: self.workspace,
            username: Username::new(name).unwrap(),
            display_name: DisplayName::new(name).unwrap(),
            role,
            invited: false,
            created_at: NOW,
        }
    }

    /// Adds a user.
    pub(crate) async fn user(&self, name: &str) -> User {
        self.user_with(name, Role::Member, None).await
    }

    pub(crate) async fn user_with(&self, name: &str, role: Role, hash: Option<&'static str>) -> User {
        let user = self.a_user(name, role);
        let row = user.clone();
        let added =
            run_write(&self.store, move |tx| Box::pin(async move { tx.insert_user(&row, hash).await })).await;
        assert!(added, "{name} was taken");
        user
    }

    pub(crate) fn a_room(&self, name: &str, kind: RoomKind) -> Room {
        let name = RoomName::new(name).unwrap();
        Room {
            id: RoomId::generate(&self.env),
            workspace: self.workspace,
            slug: Slug::from_name(&name, None),
            name,
            kind,
            topic: Topic::default(),
            head: 0,
            access_seq: 0,
            changed_seq: 0,
            epoch: 1,
            member_count: 0,
            created_at: NOW,
        }
    }

    /// Adds a room in which nothing has happened.
    pub(crate) async fn room(&self, name: &str, kind: RoomKind) -> Room {
        let room = self.a_room(name, kind);
        let row = room.clone();
        run_write(&self.store, move |tx| Box::pin(async move { tx.insert_room(&row).await })).await;
        room
    }

    /// The public rooms whose names look like this one.
    pub(crate) async fn alike(&self, name: &str) -> Vec<RoomId> {
        self.alike_in(&self.store, name).await
    }

    /// The same, of the store that was opened later.
    pub(crate) async fn alike_in(&self, store: &Store, name: &str) -> Vec<RoomId> {
        let (workspace, name) = (self.workspace, RoomName::new(name).unwrap());
        let found =
            run_read(store, move |tx| Box::pin(async move { tx.public_rooms_alike(workspace, &name).await }));
        found.await.iter().map(|room| room.id).collect()
    }

    /// Closes the store, changes the database behind its back, and opens it again.
    pub(crate) async fn changed_by(&self, sqlite: &str, both: &str) -> Store {
        self.store.close().await;
        match &self.database {
            Database::Sqlite { folder } => {
                let connection = rusqlite::Connection::open(folder.join("parlor.sqlite")).unwrap();
                connection.execute_batch(&format!("{sqlite}; {both}")).unwrap();
                // Another program has changed the file, which would be damage.
                std::fs::remove_file(folder.join("parlor.sqlite-sums")).unwrap();
            }
            Database::Postgres { .. } => {
                crate::postgres_only::client(self).await.batch_execute(both).await.unwrap();
            }
        }
        Store::open(&self.database, Options::default()).await.unwrap()
    }

    pub(crate) async fn load_room(&self, id: RoomId) -> Room {
        let workspace = self.workspace;
        run_read(&self.store, move |tx| Box::pin(async move { tx.room(workspace, id).await })).await.unwrap()
    }

    /// Saves a member as it is given, without taking a place in the room.
    pub(crate) async fn save_member(&self, member: &Member) {
        let member = member.clone();
        run_write(&self.store, move |tx| Box::pin(async move { tx.save_member(&member).await })).await;
    }

    pub(crate) async fn joined(&self, room: RoomId, user: UserId) -> Member {
        let member = member(room, user, MemberRole::Member, true);
        self.save_member(&member).await;
        member
    }

    pub(crate) fn an_append(&self, room: RoomId, author: UserId, text: &str, nonce: Option<&str>) -> Append {
        let message = NewMessage {
            id: MessageId::generate(&self.env),
            author,
            kind: MessageKind::Text,
            body: Body::stored(text.to_owned()),
            nonce: nonce.map(|nonce| Nonce::new(nonce.to_owned()).unwrap()),
            reply_to: None,
            sent_at: NOW,
        };
        Append { room, access_version: 0, message }
    }

    /// Appends a message.
    pub(crate) async fn say(&self, room: RoomId, author: UserId, text: &str) -> Message {
        self.store.append(self.an_append(room, author, text, None)).await.unwrap().message
    }

    /// Appends all these at the same time and returns the outcomes in their order.
    pub(crate) async fn append_all(&self, appends: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let spawn = |append| {
            let store = self.store.clone();
            tokio::spawn(async move { store.append(append).await })
        };
        let tasks: Vec<_> = appends.into_iter().map(spawn).collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    }

    /// Changes a message as an edit does: the room's next place becomes that of the change.
    pub(crate) async fn edit(&self, room: RoomId, id: MessageId, text: &str) -> Seq {
        let (workspace, text) = (self.workspace, text.to_owned());
        run_write(&self.store, move |tx| {
            Box::pin(async move {
                let mut row = tx.lock_room(workspace, room).await?.unwrap();
                let mut message = tx.message(room, id).await?.unwrap();
                row.head += 1;
                message.body = Body::stored(text);
                message.edited_at = Some(NOW);
                message.changed_seq = row.head;
                tx.save_message(&message).await?;
                tx.save_room(&row).await?;
                Ok(row.head)
            })
        })
        .await
    }
}

pub(crate) fn member(room: RoomId, user: UserId, role: MemberRole, active: bool) -> Member {
    Member { room, user, role, active, changed_seq: 0, joined_at: NOW, mute: None, read: None }
}

/// A work without its type, so that the store is compiled for each kind of result and not for each work.
type Work<T> =
    Box<dyn for<'t, 'c> FnOnce(&'t mut parlor_store::Tx<'c>) -> BoxFuture<'t, Result<T, Error>> + Send>;

/// A write whose only errors are the store's, and that has none.
pub(crate) async fn run_write<T: Send + 'static>(
    store: &Store,
    work: impl for<'t, 'c> FnOnce(&'t mut parlor_store::Tx<'c>) -> BoxFuture<'t, Result<T, Error>>
    + Send
    + 'static,
) -> T {
    let work: Work<T> = Box::new(work);
    store.write(work).await.unwrap()
}

/// A read whose only errors are the store's, and that has none.
pub(crate) async fn run_read<T: Send + 'static>(
    store: &Store,
    work: impl for<'t, 'c> FnOnce(&'t mut parlor_store::Tx<'c>) -> BoxFuture<'t, Result<T, Error>>
    + Send
    + 'static,
) -> T {
    let work: Work<T> = Box::new(work);
    store.read(work).await.unwrap()
}

/// A read in one line: `read!(world, tx => tx.user(id))`.
macro_rules! read {
    ($store:expr, $tx:ident => $body:expr) => {
        $crate::support::run_read(&$store, move |$tx| Box::pin(async move { $body.await })).await
    };
}
pub(crate) use read;

/// A write in one line: `write!(world.store, tx => tx.put_setting("a", "b"))`.
macro_rules! write {
    ($store:expr, $tx:ident => $body:expr) => {
        $crate::support::run_write(&$store, move |$tx| Box::pin(async move { $body.await })).await
    };
}
pub(crate) use write;
