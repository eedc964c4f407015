//! What the hub asks the store, on nobody's behalf: where rooms are, and what changed in one. Who may see the answer
//! is decided by who follows the room's feed.

use futures_util::future::BoxFuture;
use parlor_core::limits::Whose;
use parlor_core::{ChangesPage, Core, Error, Renderings};
use parlor_model::{RoomId, Seq};

/// The durable sequence of each room.
pub(crate) trait Log: Send + Sync {
    /// The HTML of messages.
    fn renderings(&self) -> &Renderings;

    /// How far rooms have come. A room that is not there is absent.
    fn heads(&self, rooms: Vec<RoomId>) -> BoxFuture<'_, Result<Vec<(RoomId, Seq)>, Error>>;

    /// The present state of up to about `limit` changes after `from`.
    fn page(&self, room: RoomId, from: Seq, limit: usize) -> BoxFuture<'_, Result<ChangesPage, Error>>;
}

impl Log for Core {
    fn renderings(&self) -> &Renderings {
        self.renderings()
    }

    fn heads(&self, rooms: Vec<RoomId>) -> BoxFuture<'_, Result<Vec<(RoomId, Seq)>, Error>> {
        Box::pin(async move {
            self.store().read(move |tx| Box::pin(async move { Ok(tx.heads(&rooms).await?) })).await
        })
    }

    fn page(&self, room: RoomId, from: Seq, limit: usize) -> BoxFuture<'_, Result<ChangesPage, Error>> {
        Box::pin(async move {
            let page = self
                .store()
                .read(move |tx| {
                    Box::pin(async move {
                        let changes = tx.changes(room, from, limit).await?;
                        let authors: std::collections::BTreeSet<_> =
                            changes.messages.iter().map(|message| message.author).collect();
                        let authors: Vec<_> = authors.into_iter().collect();
                        let mut messages = changes.messages;
                        messages.sort_unstable_by_key(|message| message.seq);
                        Ok::<_, Error>(ChangesPage {
                            to: changes.to,
                            head: changes.head,
                            epoch: 0,
                            messages,
                            members: changes.members,
                            users: tx.users(&authors).await?,
                            room: changes.room,
                            is_member: true,
                        })
                    })
                })
                .await?;
            // It is on everybody's behalf.
            self.renderings().prepare_all(Whose::NOBODY, &page.messages).await?;
            Ok(page)
        })
    }
}
