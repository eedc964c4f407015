//! The task that reads: answers go to who asked, events to the queue.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use parlor_protocol::ServerFrame;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::pending::Pending;
use super::{Closed, Socket, frames};
use crate::Error;

/// Reads until the connection ends, and says why.
pub(super) async fn run(
    mut stream: SplitStream<Socket>,
    events: mpsc::Sender<ServerFrame>,
    pending: Arc<Pending>,
) {
    let closed = read_all(&mut stream, &events, &pending).await;
    pending.close(&closed);
}

async fn read_all(
    stream: &mut SplitStream<Socket>,
    events: &mpsc::Sender<ServerFrame>,
    pending: &Pending,
) -> Closed {
    while let Some(message) = stream.next().await {
        let message = match message {
            Ok(Message::Close(frame)) => return closed_by(frame),
            Ok(message) => message,
            Err(error) => return broken(&error),
        };
        match frames::parse(&message) {
            Ok(Some(frame)) => deliver(frame, events, pending).await,
            Ok(None) => {}
            Err(error) => return broken(&error),
        }
    }
    cut()
}

async fn deliver(frame: ServerFrame, events: &mpsc::Sender<ServerFrame>, pending: &Pending) {
    match frame {
        ServerFrame::Ok { reference: Some(reference), data } => pending.answer(reference, Ok(data)),
        ServerFrame::Error { reference: Some(reference), error } => {
            pending.answer(reference, Err(Error::api(error, None)));
        }
        event => {
            // Nobody reads events any more: they are thrown away, answers still arrive.
            let _unread = events.send(event).await;
        }
    }
}

/// The peer said goodbye.
pub(super) fn closed_by(frame: Option<CloseFrame>) -> Closed {
    match frame {
        Some(frame) => Closed { code: Some(frame.code.into()), reason: frame.reason.to_string() },
        None => cut(),
    }
}

/// The socket ended without a word.
pub(super) fn cut() -> Closed {
    Closed { code: None, reason: "the connection was cut".to_owned() }
}

fn broken(error: &dyn std::error::Error) -> Closed {
    Closed { code: None, reason: error.to_string() }
}
