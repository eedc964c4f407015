//! A message's way into the database: taken, decided, written and answered, on SQLite, in groups.

use std::sync::mpsc;

use parlor_model::{
    Body, DisplayName, MessageId, MessageKind, Nonce, Role, Room, RoomId, RoomKind, RoomName, Slug,
    Timestamp, Topic, User, UserId, Username, WorkspaceId,
};
use parlor_store::{Append, Database, Error, NewMessage, Options, Store};

/// How many messages are committed together.
const GROUP: usize = 50;
/// How many rooms they go to.
const ROOMS: usize = 10;

const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([1; 16]);
const AUTHOR: UserId = UserId::from_bytes([2; 16]);
const NOW: Timestamp = Timestamp::from_millis(0);

/// Messages, in as many whole groups as there are in `rounds`.
pub(super) fn append(rounds: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::sqlite(folder.path());
        let store = Store::open(&database, Options::default()).await.expect("a database");
        fill(&store).await.expect("room for all");
        for group in 0..rounds / GROUP {
            append_group(&store, group * GROUP).await;
        }
        store.close().await;
    });
}

/// Has the writer wait while messages gather, so that they are one group however threads run.
async fn append_group(store: &Store, first: usize) {
    let (begin, begun) = mpsc::channel();
    let (release, held) = mpsc::channel::<()>();
    let holding = store.write(move |_| {
        Box::pin(async move {
            let _ = begin.send(());
            let _ = held.recv();
            Ok::<_, Error>(())
        })
    });
    let (told, heard) = mpsc::channel();
    let sending = async move {
        begun.recv().expect("the writer works");
        for number in first..first + GROUP {
            let told = told.clone();
            store.submit(message(number), move |outcome| {
                let _ = told.send(outcome.is_ok());
            });
        }
        drop(release);
    };
    let (held, ()) = tokio::join!(holding, sending);
    held.expect("the writer goes on");
    assert_eq!(heard.iter().filter(|landed| *landed).count(), GROUP, "not all were appended");
}

fn id(kind: u8, number: usize) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn message(number: usize) -> Append {
    let message = NewMessage {
        id: MessageId::from_bytes(id(4, number)),
        author: AUTHOR,
        kind: MessageKind::Text,
        body: Body::stored(super::text()),
        nonce: Nonce::new(format!("{number:026}")).ok(),
        reply_to: None,
        sent_at: NOW,
    };
    Append { room: RoomId::from_bytes(id(3, number % ROOMS)), access_version: 0, message }
}

async fn fill(store: &Store) -> Result<(), Error> {
    let username = Username::stored("sender".to_owned());
    let user = User {
        id: AUTHOR,
        workspace: WORKSPACE,
        display_name: DisplayName::from(&username),
        username,
        role: Role::Member,
        invited: false,
        created_at: NOW,
    };
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.insert_workspace(WORKSPACE, NOW).await?;
                tx.insert_user(&user, None).await?;
                for number in 0..ROOMS {
                    tx.insert_room(&room(number)).await?;
                }
                Ok(())
            })
        })
        .await
}

fn room(number: usize) -> Room {
    let name = RoomName::stored(format!("Room {number}"));
    Room {
        id: RoomId::from_bytes(id(3, number)),
        workspace: WORKSPACE,
        slug: Slug::from_name(&name, None),
        name,
        kind: RoomKind::Private,
        topic: Topic::default(),
        head: 0,
        access_seq: 0,
        changed_seq: 0,
        epoch: 1,
        member_count: 0,
        created_at: NOW,
    }
}
