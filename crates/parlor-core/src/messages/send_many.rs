//! Says several things in a room, in order, with one check of access and mostly one commit for all of them: what a
//! connection does that sends on without waiting for each answer.

use futures_util::future::join_all;
use parlor_model::{Action, Actor, Message, RoomId};
use parlor_store::{Append, AppendError, Appended, NewMessage};

use super::SendMessage;
use super::send::{refusing, same_room};
use crate::{Core, Error};

impl Core {
    /// Says several things, in this order. Returns what became of each, as [`Core::send_message`] would.
    pub async fn send_messages(
        &self,
        actor: &Actor,
        room: RoomId,
        inputs: Vec<SendMessage>,
    ) -> Vec<Result<Message, Error>> {
        let prepared: Vec<_> = inputs.into_iter().map(|input| self.prepare(actor, input)).collect();
        let messages = prepared.iter().flatten().cloned().collect();
        let mut outcomes = self.append_all(actor, room, messages).await.into_iter();
        let mut results = Vec::with_capacity(prepared.len());
        for message in prepared {
            results.push(match message {
                Err(error) => Err(error),
                Ok(message) => self.settle(actor, room, message, outcomes.next()).await,
            });
        }
        results
    }

    /// Appends messages in order, with one check of access. Returns nothing if that says no: then each of them must be
    /// looked at by itself.
    async fn append_all(
        &self,
        actor: &Actor,
        room: RoomId,
        messages: Vec<NewMessage>,
    ) -> Vec<Result<Appended, AppendError>> {
        let Ok(access) = self.room_for(actor, room, Action::Send).await else {
            return Vec::new();
        };
        let (core, access_version) = (self.clone(), access.version());
        // An own task, so that what is committed is told also if the caller goes away. Each append takes its place in
        // the store's queue when it is first polled, and that happens in order.
        let task = tokio::spawn(async move {
            let append = |message| core.append_and_tell(Append { room, access_version, message });
            join_all(messages.into_iter().map(append)).await
        });
        task.await.unwrap_or_default()
    }

    /// What became of one message. Access that changed on the way has changed for all that come after it too: from there
    /// on they are sent one by one, so their order stays.
    async fn settle(
        &self,
        actor: &Actor,
        room: RoomId,
        message: NewMessage,
        outcome: Option<Result<Appended, AppendError>>,
    ) -> Result<Message, Error> {
        match outcome {
            None | Some(Err(AppendError::AccessChanged)) => self.send_prepared(actor, room, message).await,
            Some(outcome) => same_room(room, refusing(outcome)?.message),
        }
    }
}
