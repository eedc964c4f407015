//! Says something in a room. The answer comes when it is on disk.

use std::time::Duration;

use parlor_model::slash::{self, Typed};
use parlor_model::{Action, Actor, Body, Field, Message, MessageId, Nonce, Refusal, RoomId, Seq};
use parlor_store::{Append, AppendError, Appended, NewMessage};

use crate::change::{RoomChange, RoomWork};
use crate::limits::{Kind, Whose};
use crate::{Core, Error};

/// How often a send is checked again, because access to the room changed between the check and the commit, before it
/// takes the room's lock to get through a crowd that comes and goes.
const ROUNDS: usize = 3;

/// What somebody typed.
#[derive(Debug, Clone)]
pub struct SendMessage {
    /// The text, as typed: it may be a slash command.
    pub body: String,
    /// The client's own name for the send.
    pub nonce: Option<String>,
    /// The message that this answers.
    pub reply_to: Option<MessageId>,
}

impl Core {
    /// Says something. A repeat with the same nonce returns the first message and says nothing again.
    pub async fn send_message(
        &self,
        actor: &Actor,
        room: RoomId,
        input: SendMessage,
    ) -> Result<Message, Error> {
        let message = self.prepare(actor, input)?;
        self.prepare_rendering(actor, message.body.as_str()).await?;
        self.send_prepared(actor, room, message).await
    }

    /// Checks everything about a message that does not depend on the room.
    pub(super) fn prepare(&self, actor: &Actor, input: SendMessage) -> Result<NewMessage, Error> {
        self.limiter().check(Kind::Send, actor.id())?;
        let nonce = input.nonce.map(Nonce::new).transpose()?;
        let Typed::Message(kind, text) = slash::parse(input.body)?;
        let body = Body::new(text, self.settings().limits.max_body_bytes)?;
        Ok(NewMessage {
            id: MessageId::generate(self.env()),
            author: actor.id(),
            kind,
            body,
            nonce,
            reply_to: input.reply_to,
            sent_at: self.env().now(),
        })
    }

    /// Renders a large text before it is there for others, on its author's account.
    pub(super) async fn prepare_rendering(&self, actor: &Actor, text: &str) -> Result<(), Error> {
        Ok(self.renderings().prepare(Whose::NOBODY.and(actor.id()), [text]).await?)
    }

    /// Checks who may write and appends, until nothing changes in between.
    pub(super) async fn send_prepared(
        &self,
        actor: &Actor,
        room: RoomId,
        message: NewMessage,
    ) -> Result<Message, Error> {
        for _ in 0..ROUNDS {
            let access_version = match self.may_send(actor, room).await {
                Ok(version) => version,
                Err(refused) => return self.first_result(room, &message, refused).await,
            };
            let append = Append { room, access_version, message: message.clone() };
            match self.store().append(append).await {
                Err(AppendError::AccessChanged) => self.admitted().forget(room),
                outcome => return in_room(room, outcome),
            }
        }
        self.append_under_lock(actor, room, message).await
    }

    /// The state of access in which `actor` may write: as it is remembered, else as it is.
    pub(super) async fn may_send(&self, actor: &Actor, room: RoomId) -> Result<Seq, Error> {
        if let Some(version) = self.admitted().version(actor, room) {
            return Ok(version);
        }
        let version = self.room_for(actor, room, Action::Send).await?.version();
        self.admitted().admit(actor, room, version);
        Ok(version)
    }

    /// Checks and appends in one transaction, which nobody else can come between.
    async fn append_under_lock(
        &self,
        actor: &Actor,
        room: RoomId,
        message: NewMessage,
    ) -> Result<Message, Error> {
        let message = self.change_room(actor, room, SendUnderLock(message)).await?;
        same_room(room, &message).map(|()| message)
    }

    /// Somebody who may no longer write here may still learn that what they sent before had arrived.
    async fn first_result(
        &self,
        room: RoomId,
        message: &NewMessage,
        refused: Error,
    ) -> Result<Message, Error> {
        let Some(nonce) = message.nonce.clone() else {
            return Err(refused);
        };
        let author = message.author;
        let first = self
            .store()
            .read(move |tx| {
                Box::pin(async move { Ok::<_, Error>(tx.message_by_nonce(author, &nonce).await?) })
            })
            .await?;
        first.filter(|first| first.room == room).ok_or(refused)
    }
}

struct SendUnderLock(NewMessage);

impl RoomWork for SendUnderLock {
    type Done = Message;

    /// The store gives the message its place, and notes what is to be told.
    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<Message, Error> {
        change.may(Action::Send)?;
        let (room, access_version) = (change.access.room.id, change.access.version());
        let append = Append { room, access_version, message: self.0 };
        Ok(change.tx.append(append).await.map_err(refusing)?.message)
    }
}

/// Turns what the store says into what the person is told.
pub(super) fn refusing(error: AppendError) -> Error {
    match error {
        AppendError::RoomGone => Refusal::NotFound("room").into(),
        AppendError::AccessChanged => Refusal::Busy { retry_after: Duration::from_millis(200) }.into(),
        AppendError::ReplyNotFound => {
            Refusal::invalid(Field::ReplyTo, "there is no such message in this room").into()
        }
        AppendError::Store(error) => error.into(),
    }
}

/// The message that an append led to, if it is in the room that it was meant for.
pub(super) fn in_room(room: RoomId, outcome: Result<Appended, AppendError>) -> Result<Message, Error> {
    let message = outcome.map_err(refusing)?.message;
    same_room(room, &message).map(|()| message)
}

/// A nonce that named a send in another room is a mistake of the client, which must not pass for a delivery here.
pub(super) fn same_room(room: RoomId, message: &Message) -> Result<(), Error> {
    if message.room == room {
        return Ok(());
    }
    Err(Refusal::invalid(Field::Nonce, "it was used for a message in another room").into())
}
