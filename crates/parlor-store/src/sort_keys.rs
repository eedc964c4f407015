//! The part of a migration that SQL can't do: only the program can make the key by which rooms are listed (see
//! [`SortKey`](parlor_model::SortKey)).

use crate::error::Error;
use crate::store::Store;

/// Rooms a transaction, so that a migration of very many needs little memory.
const BATCH: u32 = 500;

/// Gives its key to each room that has none.
pub(crate) async fn complete(store: &Store) -> Result<(), Error> {
    loop {
        let rooms =
            store.read(move |tx| Box::pin(async move { tx.rooms_without_sort_key(BATCH).await })).await?;
        if rooms.is_empty() {
            return Ok(());
        }
        store
            .write(move |tx| {
                Box::pin(async move {
                    for room in rooms {
                        tx.set_sort_key(&room).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
}
