//! Writes very many messages into a database that no server has open, as fast as the store takes them: for measuring
//! how a server behaves that has been used for years.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use parlor_model::{Body, MessageId, MessageKind, RoomId, Seq, Timestamp, UserId};
use parlor_store::{Append, Database, NewMessage, Options, Store};

/// How many appends wait at once: so many share a commit.
const AT_ONCE: usize = 2_000;
const BODY: &str =
    "Somebody said this long ago, and it is about as long as what people say: two lines or so, not more.";

/// Writes so many messages by this user (`usr_…`) into all rooms that they are in, in turn. The folder must hold a
/// `SQLite` database of Parlor's. Returns how many were written.
///
/// # Errors
/// The database can't be opened, or the user is in no room.
pub async fn fill(folder: &Path, author: &str, messages: u64) -> Result<u64> {
    let author: UserId = author.parse().ok().context("that is no user's id")?;
    let store = Store::open(&Database::sqlite(folder), Options::default()).await?;
    let rooms = store.read(move |tx| Box::pin(async move { tx.rooms_of(author).await })).await?;
    let rooms: Vec<(RoomId, Seq)> = rooms.iter().map(|(room, _)| (room.id, room.access_seq)).collect();
    ensure!(!rooms.is_empty(), "the user is in no room");
    let (rooms, next) = (Arc::new(rooms), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (store, rooms, next) = (store.clone(), Arc::clone(&rooms), Arc::clone(&next));
            tokio::spawn(async move { write(&store, &rooms, author, &next, messages).await })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += task.await??;
    }
    store.close().await;
    Ok(written)
}

async fn write(
    store: &Store,
    rooms: &[(RoomId, Seq)],
    author: UserId,
    next: &AtomicU64,
    messages: u64,
) -> Result<u64> {
    let mut written = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= messages {
            return Ok(written);
        }
        let place = usize::try_from(number % rooms.len() as u64)?;
        let (room, access_version) = rooms[place];
        store.append(Append { room, access_version, message: message(author, number) }).await?;
        written += 1;
    }
}

/// A message of this number, a second after the one before.
fn message(author: UserId, number: u64) -> NewMessage {
    let mut id = [0xf1; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    NewMessage {
        id: MessageId::from_bytes(id),
        author,
        kind: MessageKind::Text,
        body: Body::stored(BODY.to_owned()),
        nonce: None,
        reply_to: None,
        sent_at: Timestamp::from_millis(1_500_000_000_000 + number.cast_signed() * 1_000),
    }
}
