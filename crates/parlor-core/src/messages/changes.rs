//! What changed in a room after a position: the one question that resume, repair, bots and offline clients ask.

use parlor_model::{Action, Actor, Field, Member, Message, Refusal, Room, RoomId, Seq, User, may};

use super::history::authors;
use crate::change::read_access;
use crate::limits::Whose;
use crate::{Core, Error};

/// The most changes on a page.
const MAX_LIMIT: usize = 500;

/// The present state of everything that changed after `from` and up to `to`.
#[derive(Debug, Clone)]
pub struct ChangesPage {
    /// The position after this page; equal to `head` on the last.
    pub to: Seq,
    /// The place of the room's newest change, in the same snapshot.
    pub head: Seq,
    /// The room's epoch. Who goes on from `to` or `head` later says it along.
    pub epoch: u32,
    /// Messages that were made, edited or deleted, ascending by their own `seq`.
    pub messages: Vec<Message>,
    /// Members that came, changed or left.
    pub members: Vec<(Member, User)>,
    /// Who said the messages.
    pub users: Vec<User>,
    /// The room, if its name or topic changed.
    pub room: Option<Room>,
    /// True if the one who asks is in the room.
    pub is_member: bool,
}

impl Core {
    /// A page of up to about `limit` (1 to 500) changes after `from`.
    pub async fn changes(
        &self,
        actor: &Actor,
        room: RoomId,
        from: Seq,
        limit: usize,
    ) -> Result<ChangesPage, Error> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::invalid(Field::Limit, format!("it must be 1 to {MAX_LIMIT}")).into());
        }
        let (core, reader) = (self.clone(), actor.clone());
        let page = self
            .store()
            .read(move |tx| {
                Box::pin(async move {
                    let access = read_access(tx, &core, &reader, room).await?;
                    may(&reader, Action::ReadHistory, &access)?;
                    let mut changes = tx.changes(room, from, limit).await?;
                    changes.messages.sort_unstable_by_key(|message| message.seq);
                    let users = authors(tx, &changes.messages).await?;
                    Ok::<_, Error>(ChangesPage {
                        to: changes.to,
                        head: changes.head,
                        epoch: access.room.epoch,
                        messages: changes.messages,
                        members: changes.members,
                        users,
                        room: changes.room,
                        is_member: access.role().is_some(),
                    })
                })
            })
            .await?;
        self.renderings().prepare_all(Whose::NOBODY.and(actor.id()), &page.messages).await?;
        Ok(page)
    }
}
