//! Takes a message back: a tombstone keeps its place, its words are gone from the rows.

use parlor_model::{Action, Actor, Body, Change, Message, MessageId, Refusal, RoomId, Seq};

use crate::change::{RoomChange, RoomWork};
use crate::{Core, Error};

impl Core {
    /// Deletes a message: one's own, or any if one keeps order in the room. Returns the tombstone and the place of the
    /// change. Deleting twice changes nothing.
    pub async fn delete_message(
        &self,
        actor: &Actor,
        room: RoomId,
        message: MessageId,
    ) -> Result<(Message, Seq), Error> {
        self.change_room(actor, room, Delete(message)).await
    }
}

struct Delete(MessageId);

impl RoomWork for Delete {
    type Done = (Message, Seq);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Message, Seq), Error> {
        change.may(Action::SeeRoom)?;
        let found = change.tx.message(change.access.room.id, self.0).await?;
        let mut message = found.ok_or(Refusal::NotFound("message"))?;
        change.may(Action::Delete { author: message.author })?;
        if message.deleted_at.is_some() {
            let seq = message.changed_seq;
            return Ok((message, seq));
        }
        let seq = change.next_seq();
        message.body = Body::erased();
        message.changed_seq = seq;
        message.deleted_at = Some(change.at());
        change.tx.save_message(&message).await?;
        change.record(Change::MessageDeleted(message.clone()));
        Ok((message, seq))
    }
}
