//! The part of a migration that SQL can't do: only the program can make the keys by which names are compared, and it
//! makes them by a rule that is mended now and then (see [`NameKey::VERSION`]).

use parlor_model::{NameKey, RoomId, UserId};

use crate::error::Error;
use crate::store::Store;

/// The setting that holds the version of the rule by which the keys in the rows were made.
const SETTING: &str = "name_keys";
/// Rows a transaction, so that a migration of very many needs little memory.
const BATCH: u32 = 500;

/// Makes the keys of all names anew if they were made by another rule. Where two names that were different are alike by
/// today's, one of them keeps its key from before: both were there, and both stay.
pub(crate) async fn renew(store: &Store) -> Result<(), Error> {
    let version = NameKey::VERSION.to_string();
    let kept = store.read(|tx| Box::pin(async move { tx.setting(SETTING).await })).await?;
    if kept.as_deref() == Some(version.as_str()) {
        return Ok(());
    }
    renew_rooms(store).await?;
    renew_users(store).await?;
    store.write(move |tx| Box::pin(async move { tx.put_setting(SETTING, &version).await })).await
}

async fn renew_rooms(store: &Store) -> Result<(), Error> {
    let mut after = RoomId::from_bytes([0; 16]);
    loop {
        let rooms = store.read(move |tx| Box::pin(async move { tx.every_room(after, BATCH).await })).await?;
        let Some(last) = rooms.last() else { return Ok(()) };
        after = last.id;
        let renew = store.write(move |tx| {
            Box::pin(async move {
                for room in &rooms {
                    tx.renew_keys(room).await?;
                }
                Ok::<_, Error>(())
            })
        });
        renew.await?;
    }
}

async fn renew_users(store: &Store) -> Result<(), Error> {
    let mut after = UserId::from_bytes([0; 16]);
    loop {
        let users = store.read(move |tx| Box::pin(async move { tx.every_user(after, BATCH).await })).await?;
        let Some(last) = users.last() else { return Ok(()) };
        after = last.id;
        let renew = store.write(move |tx| {
            Box::pin(async move {
                for user in &users {
                    tx.renew_key(user).await?;
                }
                Ok::<_, Error>(())
            })
        });
        renew.await?;
    }
}
