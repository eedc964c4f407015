//! `message.send`, `message.edit`, `message.delete`.

use parlor_core::limits::Kind;
use parlor_core::{Renderings, SendMessage};
use parlor_model::{MessageId, RoomId};
use parlor_protocol::commands::{Changed, MessageDelete, MessageEdit, MessageSend};
use parlor_protocol::{Error, Sent};

use crate::data::{self, Data};
use crate::dispatch::{Context, Job, Lane, Prepared, Work};
use crate::failure;

/// Says something.
pub(crate) fn send(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MessageSend = data.read()?;
    let room: RoomId = data::id("room", &data.room)?;
    let reply_to = data.reply_to.as_deref().map(|id| data::id("reply_to", id)).transpose()?;
    let message = SendMessage { body: data.body, nonce: data.nonce, reply_to };
    if Renderings::is_large(&message.body) {
        // It is rendered first, and that is nothing to do on the way through the outbox.
        let context = context.clone();
        return Ok(Prepared::later(Lane::Room(room), async move {
            let sent = context.shared.core.send_message(&context.actor, room, message).await;
            sent.map(|message| Sent { id: message.id.to_string(), seq: message.seq })
                .map_err(failure::of_core)
        }));
    }
    Ok(Prepared::Job(Job { lane: Some(Lane::Room(room)), work: Work::Send(room, message) }))
}

/// Changes one's words.
pub(crate) fn edit(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MessageEdit = data.read()?;
    let room: RoomId = data::id("room", &data.room)?;
    let message: MessageId = data::id("id", &data.id)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let edited = context.shared.core.edit_message(&context.actor, room, message, data.body).await;
        edited.map(|(_, seq)| Changed { seq }).map_err(failure::of_core)
    }))
}

/// Leaves a tombstone.
pub(crate) fn delete(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let data: MessageDelete = data.read()?;
    let room: RoomId = data::id("room", &data.room)?;
    let message: MessageId = data::id("id", &data.id)?;
    context.count(Kind::Write)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Room(room), async move {
        let deleted = context.shared.core.delete_message(&context.actor, room, message).await;
        deleted.map(|(_, seq)| Changed { seq }).map_err(failure::of_core)
    }))
}
