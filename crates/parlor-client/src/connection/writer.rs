//! The task that writes: gathers the commands that wait, and flushes once.

use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{self, Message};

use super::pending::Pending;
use super::{Closed, Socket};

/// How long the peer has to answer our goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Writes commands until the connection ends or every sender is gone; then says goodbye and ends the reader too.
pub(super) async fn run(
    mut sink: SplitSink<Socket, Message>,
    mut commands: mpsc::Receiver<Message>,
    pending: Arc<Pending>,
    mut reader: JoinHandle<()>,
) {
    if let Err(error) = write_all(&mut sink, &mut commands, &pending).await {
        pending.close(&Closed { code: None, reason: error.to_string() });
    }
    let goodbye = async {
        let _gone = sink.close().await;
        let _ended = (&mut reader).await;
    };
    if tokio::time::timeout(GOODBYE, goodbye).await.is_err() {
        reader.abort();
    }
    pending.close(&Closed { code: None, reason: "we said goodbye".to_owned() });
}

async fn write_all(
    sink: &mut SplitSink<Socket, Message>,
    commands: &mut mpsc::Receiver<Message>,
    pending: &Pending,
) -> Result<(), tungstenite::Error> {
    loop {
        let first = tokio::select! {
            command = commands.recv() => command,
            _closed = pending.closed() => None,
        };
        let Some(first) = first else {
            return Ok(());
        };
        sink.feed(first).await?;
        while let Ok(next) = commands.try_recv() {
            sink.feed(next).await?;
        }
        sink.flush().await?;
    }
}
