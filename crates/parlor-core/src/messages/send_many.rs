//! Says several things in a room, in order, with one check of access and mostly one commit for all of them: what a
//! connection does that sends on without waiting for each answer.

use futures_util::future::join_all;
use parlor_model::{Actor, Message, RoomId};
use parlor_store::{Append, AppendError, Appended, NewMessage};

use super::SendMessage;
use super::send::in_room;
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
        let mut refusals = Vec::with_capacity(prepared.len());
        let mut messages = Vec::with_capacity(prepared.len());
        for one in prepared {
            match one {
                Ok(message) => {
                    messages.push(message);
                    refusals.push(None);
                }
                Err(error) => refusals.push(Some(error)),
            }
        }
        let mut sent = self.send_all_prepared(actor, room, messages).await.into_iter();
        let lost = || Err(Error::Internal("a send had no outcome".into()));
        let results = refusals.into_iter();
        results.map(|refused| refused.map_or_else(|| sent.next().unwrap_or_else(lost), Err)).collect()
    }

    /// The same for messages that have been checked. Returns as many results as there are messages.
    pub(super) async fn send_all_prepared(
        &self,
        actor: &Actor,
        room: RoomId,
        messages: Vec<NewMessage>,
    ) -> Vec<Result<Message, Error>> {
        let mut outcomes = self.append_all(actor, room, &messages).await.into_iter();
        let mut results = Vec::with_capacity(messages.len());
        for message in messages {
            results.push(self.settle(actor, room, message, outcomes.next()).await);
        }
        results
    }

    /// Appends messages in order, with one check of access. Returns nothing if that says no: then each of them must be
    /// looked at by itself.
    async fn append_all(
        &self,
        actor: &Actor,
        room: RoomId,
        messages: &[NewMessage],
    ) -> Vec<Result<Appended, AppendError>> {
        let Ok(access_version) = self.may_send(actor, room).await else {
            return Vec::new();
        };
        // Each takes its place in the store's queue when it is first polled, and that happens in order.
        let append = |message: &NewMessage| {
            self.store().append(Append { room, access_version, message: message.clone() })
        };
        join_all(messages.iter().map(append)).await
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
            Some(Err(AppendError::AccessChanged)) => {
                self.admitted().forget(room);
                self.send_prepared(actor, room, message).await
            }
            None => self.send_prepared(actor, room, message).await,
            Some(outcome) => in_room(room, outcome),
        }
    }
}
