//! Reads what was said, by place.

use parlor_model::{Action, Actor, Field, Message, Refusal, RoomId, Seq, User, UserId, may};
use parlor_store::{Excerpt, Page, Tx};

use crate::change::read_access;
use crate::limits::Whose;
use crate::{Core, Error};

pub use parlor_store::Cursor;

/// The longest page.
const MAX_LIMIT: usize = 200;

/// A page of a room's history.
#[derive(Debug, Clone)]
pub struct History {
    /// Ascending by `seq`.
    pub messages: Vec<Message>,
    /// True if the page would be larger than a page may be, so that there may be more of it.
    pub cut: bool,
    /// The place of the room's newest change, in the same snapshot.
    pub head: Seq,
    /// Who said them.
    pub users: Vec<User>,
}

impl Core {
    /// A page of up to `limit` (1 to 200) messages; fewer, if they would be too large together.
    pub async fn history(
        &self,
        actor: &Actor,
        room: RoomId,
        cursor: Cursor,
        limit: usize,
    ) -> Result<History, Error> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::invalid(Field::Limit, format!("it must be 1 to {MAX_LIMIT}")).into());
        }
        let (core, reader) = (self.clone(), actor.clone());
        let history = self
            .store()
            .read(move |tx| {
                Box::pin(async move {
                    let access = read_access(tx, &core, &reader, room).await?;
                    may(&reader, Action::ReadHistory, &access)?;
                    let Excerpt { messages, cut } = tx.history(room, Page { cursor, limit }).await?;
                    let users = authors(tx, &messages).await?;
                    Ok::<_, Error>(History { messages, cut, head: access.room.head, users })
                })
            })
            .await?;
        self.renderings().prepare_all(Whose::NOBODY.and(actor.id()), &history.messages).await?;
        Ok(history)
    }
}

/// Those who said `messages`, each once.
pub(super) async fn authors(tx: &mut Tx<'_>, messages: &[Message]) -> Result<Vec<User>, Error> {
    let mut ids: Vec<UserId> = messages.iter().map(|message| message.author).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(tx.users(&ids).await?)
}
