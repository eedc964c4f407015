//! Takes a message back: a tombstone keeps its place, its words are gone from the rows.

use parlor_model::{Action, Actor, Body, Change, Message, MessageId, Refusal, RoomId, Seq};

use crate::change::RoomChange;
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
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let mut change = RoomChange::open(tx, &core, &actor, room).await?;
                change.may(Action::SeeRoom)?;
                let mut message = tx.message(room, message).await?.ok_or(Refusal::NotFound("message"))?;
                change.may(Action::Delete { author: message.author })?;
                if message.deleted_at.is_some() {
                    let seq = message.changed_seq;
                    return Ok(((message, seq), Vec::new()));
                }
                let seq = change.next_seq();
                message.body = Body::erased();
                message.changed_seq = seq;
                message.deleted_at = Some(change.at());
                tx.save_message(&message).await?;
                change.record(Change::MessageDeleted(message.clone()));
                Ok(((message, seq), change.close(tx).await?))
            })
        })
        .await
    }
}
