//! What the writer does when the disk fails it.

use parlor_model::{Body, MessageId, MessageKind, RoomId, Seq, Timestamp, UserId, WorkspaceId};
use rusqlite::Connection;

use tokio::sync::oneshot;

use super::*;
use crate::append::{Appended, NewMessage};
use crate::database::Planted;
use crate::error::AppendError;
use crate::statement::Statement;

static MORE: Statement = Statement::only_sqlite("MORE", "PRAGMA max_page_count = 400");
static ROLLBACK: Statement = Statement::only_sqlite("ROLLBACK", "ROLLBACK");

const ROOM: RoomId = RoomId::from_bytes([2; 16]);
const AUTHOR: UserId = UserId::from_bytes([3; 16]);

/// An open store with a user and a room, whose writing connection was changed before it began to write.
async fn store(folder: &Path, change: impl FnOnce(&mut Connection) + Send + 'static) -> Sqlite {
    store_with(Options::default(), folder, change).await
}

async fn store_with(
    options: Options,
    folder: &Path,
    change: impl FnOnce(&mut Connection) + Send + 'static,
) -> Sqlite {
    let folder = folder.to_owned();
    let open = move || {
        let lock = lock::Lock::take(&folder).unwrap();
        let path = folder.join(file::NAME);
        let mut opened = open::writer(&path, Planted::Nothing).unwrap();
        let connection = &mut opened.connection;
        let workspace = WorkspaceId::from_bytes([1; 16]);
        let rows = "INSERT INTO workspaces VALUES ($1, 0)";
        connection.execute(rows, [workspace.as_bytes()]).unwrap();
        let rows = "INSERT INTO users (id, workspace_id, username, username_key, display_name, role, invited, created_at)
            VALUES ($1, $2, 'ada', 'ada', 'Ada', 'member', FALSE, 0)";
        connection.execute(rows, [AUTHOR.as_bytes(), workspace.as_bytes()]).unwrap();
        let rows = "INSERT INTO rooms VALUES ($1, $2, 'room', 'Room', 'room', 'public', '', 0, 0, 0, 1, 0, 0, 'room', 'room')";
        connection.execute(rows, [ROOM.as_bytes(), workspace.as_bytes()]).unwrap();
        change(connection);
        start(lock, opened, &path, &options).unwrap()
    };
    tokio::task::spawn_blocking(open).await.unwrap()
}

fn append(number: u64, text: &str) -> Append {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let message = NewMessage {
        id: MessageId::from_bytes(id),
        author: AUTHOR,
        kind: MessageKind::Text,
        body: Body::stored(text.to_owned()),
        nonce: None,
        reply_to: None,
        sent_at: Timestamp::from_millis(0),
    };
    Append { room: ROOM, access_version: 0, message }
}

impl Sqlite {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (sender, answer) = oneshot::channel();
        self.submit(
            append,
            Box::new(|outcome| {
                drop(sender.send(outcome.map(Appended::from).map_err(|rejected| rejected.error)));
            }),
        );
        answer.await.unwrap()
    }
}

async fn put(store: &Sqlite, name: &'static str) -> Result<(), Error> {
    store.write(move |tx| Box::pin(async move { tx.put_setting(name, "here").await })).await
}

async fn get(store: &Sqlite, name: &'static str) -> Option<String> {
    store.read::<_, Error>(move |tx| Box::pin(async move { tx.setting(name).await })).await.unwrap()
}

#[tokio::test]
async fn after_a_failed_commit_nothing_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut good_commits = 1;
    let fail_from_the_second = move |connection: &mut Connection| {
        let hook = move || {
            good_commits -= 1;
            good_commits < 0
        };
        connection.commit_hook(Some(hook)).unwrap();
    };
    let store = store(folder.path(), fail_from_the_second).await;
    assert_eq!(put(&store, "first").await, Ok(()));
    assert_eq!(put(&store, "second").await, Err(Error::NotDurable));
    assert_eq!(put(&store, "third").await, Err(Error::NotDurable));
    assert_eq!(store.append(append(1, "hi")).await, Err(AppendError::Store(Error::NotDurable)));
    assert_eq!(store.health().may_write(), Err(Error::NotDurable));
    let metrics = store.metrics();
    assert_eq!((metrics.commits, metrics.failed_commits, metrics.not_durable), (1, 1, true));
    assert_eq!(get(&store, "first").await.as_deref(), Some("here"));
    assert_eq!(get(&store, "second").await, None);
    store.close().await;
    assert_eq!(put(&store, "fourth").await, Err(Error::Closed));
}

#[tokio::test]
async fn all_of_a_group_hear_of_its_failed_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), |connection| {
        connection.commit_hook(Some(|| true)).unwrap();
    })
    .await;
    let (work, one, other) =
        tokio::join!(put(&store, "a"), store.append(append(1, "a")), store.append(append(2, "b")));
    assert_eq!(work, Err(Error::NotDurable));
    assert_eq!((one, other), (Err(Error::NotDurable.into()), Err(Error::NotDurable.into())));
    store.close().await;
}

/// What waited behind the failed commit is refused too, although its own commit would seem to succeed.
#[tokio::test]
async fn what_waits_behind_a_failed_commit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut commits = 0;
    let fail_the_first = move |connection: &mut Connection| {
        let hook = move || {
            commits += 1;
            commits == 1
        };
        connection.commit_hook(Some(hook)).unwrap();
    };
    let one_by_one = Options { batch: 1, ..Options::default() };
    let store = store_with(one_by_one, folder.path(), fail_the_first).await;
    let (let_go, go_on) = std::sync::mpsc::channel::<()>();
    let hold = store.write(move |tx| {
        Box::pin(async move {
            let _ = go_on.recv();
            tx.put_setting("first", "lost").await
        })
    });
    let release = async { let_go.send(()).unwrap() };
    let (held, waited, appended, ()) =
        tokio::join!(biased; hold, put(&store, "second"), store.append(append(1, "a")), release);
    assert_eq!((held, waited), (Err(Error::NotDurable), Err(Error::NotDurable)));
    assert_eq!(appended, Err(AppendError::Store(Error::NotDurable)));
    assert_eq!((get(&store, "first").await, get(&store, "second").await), (None, None));
    store.close().await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let limit = |connection: &mut Connection| {
        connection.execute_batch("PRAGMA max_page_count = 200").unwrap();
    };
    let store = store(folder.path(), limit).await;
    let text = "x".repeat(4_000);
    let mut accepted: Seq = 0;
    let refused = loop {
        match store.append(append(accepted + 1, &text)).await {
            Ok(appended) => {
                accepted += 1;
                assert_eq!(appended.message.seq, accepted);
            }
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, AppendError::Store(Error::Full(_))), "{refused:?}");
    assert!(accepted > 50, "{accepted}");
    let more: Result<Vec<i64>, Error> =
        store.write(|tx| Box::pin(async move { tx.rows(&MORE, &[], crate::value::number).await })).await;
    assert_eq!(more, Ok(vec![400]));
    assert_eq!(store.append(append(accepted + 2, &text)).await.unwrap().message.seq, accepted + 1);
    store.close().await;
}

/// SQLite ends a transaction by itself after some errors. What follows in the group must not commit on its own then.
#[tokio::test]
async fn nothing_of_a_group_is_kept_that_the_database_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), |_| {}).await;
    let (let_go, go_on) = std::sync::mpsc::channel::<()>();
    let (holding, held) = oneshot::channel();
    let hold = store.write::<_, Error>(move |_| {
        Box::pin(async move {
            let _ = holding.send(());
            let _ = go_on.recv();
            Ok(())
        })
    });
    let lost = store.write(|tx| Box::pin(async move { tx.execute(&ROLLBACK, &[]).await.map(drop) }));
    // These wait together while the first work holds the writer, and so are one group.
    let group = async {
        held.await.unwrap();
        let release = async { let_go.send(()).unwrap() };
        tokio::join!(biased; put(&store, "before"), lost, put(&store, "after"), store.append(append(1, "a")), release)
    };
    let (hold, (before, lost, after, appended, ())) = tokio::join!(hold, group);
    assert_eq!(hold, Ok(()));
    assert!(matches!(before, Err(Error::Database(_))), "{before:?}");
    assert!(matches!(lost, Err(Error::Database(_))), "{lost:?}");
    assert!(matches!(after, Err(Error::Database(_))), "{after:?}");
    assert!(matches!(appended, Err(AppendError::Store(Error::Database(_)))), "{appended:?}");
    assert_eq!((get(&store, "before").await, get(&store, "after").await), (None, None));
    assert_eq!(put(&store, "later").await, Ok(()));
    assert_eq!(store.append(append(2, "b")).await.unwrap().message.seq, 1);
    store.close().await;
}

#[tokio::test]
async fn the_log_is_copied_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), |_| {}).await;
    let text = "x".repeat(4_000);
    for round in 0..10 {
        let appends = (0..400).map(|number| store.append(append(round * 400 + number + 1, &text)));
        let outcomes = futures_util::future::join_all(appends).await;
        assert!(outcomes.iter().all(Result::is_ok));
    }
    let bytes = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    let (log, copied) = (bytes("parlor.sqlite-wal"), bytes("parlor.sqlite"));
    assert!(copied > 8 << 20, "only {copied} bytes are in the file");
    assert!(log < 24 << 20, "the log has {log} bytes");
    store.close().await;
    assert!(!folder.path().join("parlor.sqlite-wal").exists());
}
