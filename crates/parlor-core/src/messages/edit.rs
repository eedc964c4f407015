//! Changes one's own words.

use parlor_model::{Action, Actor, Body, Change, Message, MessageId, Refusal, RoomId, Seq};

use crate::change::RoomChange;
use crate::{Core, Error};

impl Core {
    /// Changes what one said. Returns the message as it is now and the place of the change.
    ///
    /// Slash commands mean nothing here: the text is taken as it is.
    pub async fn edit_message(
        &self,
        actor: &Actor,
        room: RoomId,
        message: MessageId,
        body: String,
    ) -> Result<(Message, Seq), Error> {
        let body = Body::new(body, self.settings().limits.max_body_bytes)?;
        self.prepare_rendering(actor, body.as_str()).await?;
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let mut change = RoomChange::open(tx, &core, &actor, room).await?;
                change.may(Action::SeeRoom)?;
                let found = tx.message(room, message).await?.filter(|message| message.deleted_at.is_none());
                let mut message = found.ok_or(Refusal::NotFound("message"))?;
                change.may(Action::Edit { author: message.author })?;
                if message.body == body {
                    let seq = message.changed_seq;
                    return Ok(((message, seq), Vec::new()));
                }
                let seq = change.next_seq();
                message.body = body;
                message.changed_seq = seq;
                message.edited_at = Some(change.at());
                tx.save_message(&message).await?;
                change.record(Change::MessageEdited(message.clone()));
                Ok(((message, seq), change.close(tx).await?))
            })
        })
        .await
    }
}
