//! Changes one's own words.

use parlor_model::{Action, Actor, Body, Change, Message, MessageId, Refusal, RoomId, Seq};

use crate::change::{RoomChange, RoomWork};
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
        self.change_room(actor, room, Edit { message, body }).await
    }
}

struct Edit {
    message: MessageId,
    body: Body,
}

impl RoomWork for Edit {
    type Done = (Message, Seq);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Message, Seq), Error> {
        change.may(Action::SeeRoom)?;
        let found = change.tx.message(change.access.room.id, self.message).await?;
        let found = found.filter(|message| message.deleted_at.is_none());
        let mut message = found.ok_or(Refusal::NotFound("message"))?;
        change.may(Action::Edit { author: message.author })?;
        if message.body == self.body {
            let seq = message.changed_seq;
            return Ok((message, seq));
        }
        let seq = change.next_seq();
        message.body = self.body;
        message.changed_seq = seq;
        message.edited_at = Some(change.at());
        change.tx.save_message(&message).await?;
        change.record(Change::MessageEdited(message.clone()));
        Ok((message, seq))
    }
}
