//! Says something in a room. The answer comes when it is on disk.

use std::time::Duration;

use parlor_model::slash::{self, Typed};
use parlor_model::{
    Action, Actor, Body, Change, Field, Message, MessageId, Nonce, Refusal, RoomEvent, RoomId,
};
use parlor_store::{Append, AppendError, Appended, NewMessage};

use crate::change::RoomChange;
use crate::limits::Kind;
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

    /// Checks who may write and appends, until nothing changes in between.
    pub(super) async fn send_prepared(
        &self,
        actor: &Actor,
        room: RoomId,
        message: NewMessage,
    ) -> Result<Message, Error> {
        for _ in 0..ROUNDS {
            let access = match self.room_for(actor, room, Action::Send).await {
                Ok(access) => access,
                Err(refused) => return self.first_result(room, &message, refused).await,
            };
            let append = Append { room, access_version: access.version(), message: message.clone() };
            match self.append(append).await {
                Err(AppendError::AccessChanged) => {}
                outcome => return same_room(room, refusing(outcome)?.message),
            }
        }
        self.append_under_lock(actor, room, message).await
    }

    /// Checks and appends in one transaction, which nobody else can come between.
    async fn append_under_lock(
        &self,
        actor: &Actor,
        room: RoomId,
        message: NewMessage,
    ) -> Result<Message, Error> {
        let (core, actor) = (self.clone(), actor.clone());
        let message = self
            .commit(move |tx| {
                Box::pin(async move {
                    let change = RoomChange::open(tx, &core, &actor, room).await?;
                    change.may(Action::Send)?;
                    let append = Append { room, access_version: change.access.version(), message };
                    let appended = refusing(tx.append(append).await)?;
                    let events =
                        if appended.repeated { Vec::new() } else { vec![created(&appended.message)] };
                    Ok((appended.message, events))
                })
            })
            .await?;
        same_room(room, message)
    }

    /// Appends and tells, also if the caller goes away in between.
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let core = self.clone();
        let task = tokio::spawn(async move { core.append_and_tell(append).await });
        task.await.unwrap_or(Err(AppendError::Store(parlor_store::Error::Panicked)))
    }

    /// Appends and tells. Takes its place in the store's queue when it is first polled.
    pub(super) async fn append_and_tell(&self, append: Append) -> Result<Appended, AppendError> {
        let appended = self.store().append(append).await?;
        if !appended.repeated {
            self.publish([created(&appended.message)]);
        }
        Ok(appended)
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

/// What is told of a new message.
fn created(message: &Message) -> RoomEvent {
    let change = Change::MessageCreated(message.clone());
    RoomEvent { room: message.room, seq: message.seq, at: message.sent_at, change }
}

/// Turns what the store says into what the person is told.
pub(super) fn refusing(outcome: Result<Appended, AppendError>) -> Result<Appended, Error> {
    outcome.map_err(|error| match error {
        AppendError::RoomGone => Refusal::NotFound("room").into(),
        AppendError::AccessChanged => Refusal::Busy { retry_after: Duration::from_millis(200) }.into(),
        AppendError::ReplyNotFound => {
            Refusal::invalid(Field::ReplyTo, "there is no such message in this room").into()
        }
        AppendError::Store(error) => error.into(),
    })
}

/// A nonce that named a send in another room is a mistake of the client, which must not pass for a delivery here.
pub(super) fn same_room(room: RoomId, message: Message) -> Result<Message, Error> {
    if message.room == room {
        return Ok(message);
    }
    Err(Refusal::invalid(Field::Nonce, "it was used for a message in another room").into())
}
