//! The part of a migration that SQL can't do: only the program can make the key by which a room's name is compared as it
//! is written (see [`RoomName::written_key`](parlor_model::RoomName::written_key)).

use parlor_model::{Room, RoomId, RoomKind};

use crate::error::Error;
use crate::store::Store;
use crate::tx::Tx;

/// Rooms a transaction, so that a migration of very many needs little memory.
const BATCH: u32 = 500;

/// Gives its key to each room that has none. Of two public rooms from before that look alike the older one gets it and
/// the other stays without: they were there first, and both keep their names.
pub(crate) async fn complete(store: &Store) -> Result<(), Error> {
    let mut after = RoomId::from_bytes([0; 16]);
    loop {
        let rooms = store
            .read(move |tx| Box::pin(async move { tx.rooms_without_written_key(after, BATCH).await }))
            .await?;
        let Some(last) = rooms.last() else { return Ok(()) };
        after = last.id;
        store.write(move |tx| Box::pin(async move { set_where_free(tx, rooms).await })).await?;
    }
}

async fn set_where_free(tx: &mut Tx<'_>, rooms: Vec<Room>) -> Result<(), Error> {
    for room in rooms {
        let alike = tx.public_rooms_alike(room.workspace, &room.name).await?;
        if room.kind != RoomKind::Public || alike.iter().all(|other| other.id == room.id) {
            tx.set_written_key(&room).await?;
        }
    }
    Ok(())
}
