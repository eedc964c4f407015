//! A store on a disk that fails, with one room in which one person writes.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parlor_model::{
    Body, DisplayName, Message, MessageId, MessageKind, Nonce, Role, Room, RoomId, RoomKind, RoomName, Slug,
    Timestamp, Topic, User, UserId, Username, WorkspaceId,
};
use parlor_store::{
    Append, AppendError, Appended, Cursor, Database, Error, NewMessage, Options, Page, Store,
};

use crate::disk::{Disk, Files};
use crate::vfs;

const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([1; 16]);
const AUTHOR: UserId = UserId::from_bytes([2; 16]);
pub(crate) const ROOM: RoomId = RoomId::from_bytes([3; 16]);
/// How the names of the database's files begin.
pub(crate) const FILE: &str = "parlor.sqlite";
/// The file that a commit syncs.
pub(crate) const LOG: &str = "parlor.sqlite-wal";

/// Numbers that are the same in every run: `SplitMix64`.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

pub(crate) async fn open(folder: &Path) -> Store {
    let options = Options { readers: 1, queue_bytes: 64 << 20, ..Options::default() };
    Store::open(&Database::sqlite(folder), options).await.unwrap()
}

/// A database with its room in a new folder, closed again; everything in it is safe. And the disk of that folder.
pub(crate) async fn prepared() -> (tempfile::TempDir, Arc<Disk>) {
    vfs::install();
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let now = Timestamp::from_millis(0);
    let username = Username::new("ada").unwrap();
    let user = User {
        id: AUTHOR,
        workspace: WORKSPACE,
        display_name: DisplayName::from(&username),
        username,
        role: Role::Member,
        invited: false,
        created_at: now,
    };
    let name = RoomName::new("General").unwrap();
    let room = Room {
        id: ROOM,
        workspace: WORKSPACE,
        slug: Slug::from_name(&name, None),
        name,
        kind: RoomKind::Public,
        topic: Topic::default(),
        head: 0,
        access_seq: 0,
        changed_seq: 0,
        epoch: 1,
        member_count: 0,
        created_at: now,
    };
    let filled = store.write(move |tx| {
        Box::pin(async move {
            tx.insert_workspace(WORKSPACE, now).await?;
            tx.insert_user(&user, None).await?;
            tx.insert_room(&room).await
        })
    });
    filled.await.map_err(|error: Error| error).unwrap();
    store.close().await;
    let disk = Disk::of(folder.path());
    (folder, disk)
}

/// The message of this number, whose text is so long and can be told from every other.
pub(crate) fn append(number: u64, length: usize) -> Append {
    let mut id = [4; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let message = NewMessage {
        id: MessageId::from_bytes(id),
        author: AUTHOR,
        kind: MessageKind::Text,
        body: Body::stored(text(number, length)),
        nonce: Some(Nonce::new(format!("{number:08}")).unwrap()),
        reply_to: None,
        sent_at: Timestamp::from_millis(0),
    };
    Append { room: ROOM, access_version: 0, message }
}

/// A text that differs in every sector from that of every other number.
pub(crate) fn text(number: u64, length: usize) -> String {
    let mut text = format!("{number} ").repeat(length / 2);
    text.truncate(length);
    text
}

pub(crate) async fn send(store: &Store, number: u64, length: usize) -> Result<Appended, AppendError> {
    store.append(append(number, length)).await
}

/// Sends messages of these numbers while the writer is held, so that one commit takes them. `meanwhile` is called before.
pub(crate) async fn send_as_a_group(
    store: &Store,
    numbers: Range<u64>,
    length: usize,
    meanwhile: impl FnOnce(),
) -> Vec<Result<Appended, AppendError>> {
    let (let_go, go_on) = std::sync::mpsc::channel::<()>();
    let (holding, held) = tokio::sync::oneshot::channel();
    let hold = store.write::<_, Error>(move |_| {
        Box::pin(async move {
            holding.send(()).unwrap();
            go_on.recv().unwrap();
            Ok(())
        })
    });
    let group = async {
        held.await.unwrap();
        meanwhile();
        let release = async { let_go.send(()).unwrap() };
        let sends = futures_util::future::join_all(numbers.map(|number| send(store, number, length)));
        tokio::join!(biased; sends, release).0
    };
    let (hold, outcomes) = tokio::join!(hold, group);
    assert_eq!(hold, Ok(()));
    outcomes
}

/// A folder with these files, but for what readers shared of the log: a start makes that anew.
pub(crate) fn leave(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files.iter().filter(|(name, _)| !name.ends_with("-shm")) {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

pub(crate) async fn history(store: &Store) -> Vec<Message> {
    try_history(store).await.unwrap()
}

/// Everything that was said. A page is bounded in bytes, so it is read page by page.
pub(crate) async fn try_history(store: &Store) -> Result<Vec<Message>, Error> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let page = Page { cursor: Cursor::After(all.last().map_or(0, |last| last.seq)), limit: 100_000 };
        let read = store.read(move |tx| Box::pin(async move { tx.history(ROOM, page).await })).await?;
        let is_last = read.messages.is_empty();
        all.extend(read.messages);
        if is_last {
            return Ok(all);
        }
    }
}
