//! The sending side of a connection: any number of handles, any number of commands under way.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use parlor_protocol::commands::{
    Changed, MessageDelete, MessageEdit, MessageSend, Opened, RoomOpen, RoomTarget,
};
use parlor_protocol::{Presence, Room, Sent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use super::pending::{Answer, Pending};
use super::{Encoding, frames};
use crate::{Error, Result};

/// A handle for sending commands. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    queue: mpsc::Sender<Message>,
    encoding: Encoding,
    pending: Arc<Pending>,
    next_reference: Arc<AtomicU64>,
}

impl Sender {
    pub(super) fn new(
        queue: mpsc::Sender<Message>,
        encoding: Encoding,
        pending: Arc<Pending>,
        first_reference: u64,
    ) -> Self {
        Self { queue, encoding, pending, next_reference: Arc::new(AtomicU64::new(first_reference)) }
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// [`Error::Api`] if the server refused; [`Error::Closed`] if the connection ended before the answer, so that
    /// whether the command was done is unknown.
    pub async fn send<T: DeserializeOwned>(&self, kind: &str, data: &impl Serialize) -> Result<T> {
        self.start(kind, data).await?.await
    }

    /// Sends a command; its answer can be awaited later. Commands started one after the other arrive in that order.
    ///
    /// Waits only while [`super::Options::in_flight`] commands are under way.
    pub async fn start<T: DeserializeOwned>(
        &self,
        kind: &str,
        data: &impl Serialize,
    ) -> Result<PendingReply<T>> {
        let room = self.pending.reserve().await?;
        let reference = self.next_reference.fetch_add(1, Ordering::Relaxed);
        let message = frames::command(self.encoding, kind, reference, data)?;
        let answer = self.pending.wait_for(reference, room)?;
        if self.queue.send(message).await.is_err() {
            return Err(Error::Closed(self.pending.closed().await));
        }
        Ok(PendingReply { answer, pending: Arc::clone(&self.pending), kind: PhantomData })
    }

    /// `message.send`
    pub async fn send_message(&self, message: &MessageSend) -> Result<Sent> {
        self.send("message.send", message).await
    }

    /// `message.send` of a text, without a nonce.
    pub async fn say(&self, room: &str, body: &str) -> Result<Sent> {
        let message =
            MessageSend { room: room.to_owned(), body: body.to_owned(), nonce: None, reply_to: None };
        self.send_message(&message).await
    }

    /// `message.edit`
    pub async fn edit(&self, edit: &MessageEdit) -> Result<Changed> {
        self.send("message.edit", edit).await
    }

    /// `message.delete`
    pub async fn delete(&self, delete: &MessageDelete) -> Result<Changed> {
        self.send("message.delete", delete).await
    }

    /// `room.join`
    pub async fn join(&self, room: &str) -> Result<Room> {
        self.send("room.join", &target(room)).await
    }

    /// `room.leave`
    pub async fn leave(&self, room: &str) -> Result<Changed> {
        self.send("room.leave", &target(room)).await
    }

    /// `room.open`: from now on the room's events come, those after `seq` first. Only for connections that follow opened
    /// rooms alone, see [`super::Options::follow`].
    pub async fn open_room(&self, open: &RoomOpen) -> Result<Opened> {
        self.send("room.open", open).await
    }

    /// `room.close`: of the room, only `heads.changed` tells.
    pub async fn close_room(&self, room: &str) -> Result<()> {
        let _empty: serde_json::Value = self.send("room.close", &target(room)).await?;
        Ok(())
    }

    /// `presence.watch`
    pub async fn watch_presence(&self, room: &str) -> Result<Presence> {
        self.send("presence.watch", &target(room)).await
    }

    /// `ping`: an answer shows that the connection lives, and that every command before it was read.
    pub async fn ping(&self) -> Result<()> {
        let _empty: serde_json::Value = self.send("ping", &serde_json::json!({})).await?;
        Ok(())
    }
}

fn target(room: &str) -> RoomTarget {
    RoomTarget { room: room.to_owned() }
}

/// The answer to a command that was sent. Dropping it forgets the answer, not the command.
#[derive(Debug)]
pub struct PendingReply<T> {
    answer: oneshot::Receiver<Answer>,
    pending: Arc<Pending>,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Future for PendingReply<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let answer = match Pin::new(&mut self.answer).poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(answer)) => answer,
            Poll::Ready(Err(_dropped)) => Err(Error::Closed(self.pending.why())),
        };
        Poll::Ready(answer.and_then(|data| {
            serde_json::from_value(data).map_err(|error| Error::malformed("answer", &error))
        }))
    }
}
