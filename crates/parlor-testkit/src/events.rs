//! Waiting for events, with a deadline that says what was expected and what came instead.

use std::time::Duration;

use anyhow::{Result, bail};
use parlor_client::Events;
use parlor_client::protocol::{Message, ServerFrame};

/// How long a test waits for something that should come at once. Generous, because test machines are busy.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How many of the passed-over events a failure shows.
const SHOWN: usize = 20;

/// Reads events until `take` makes something of one. Events that it makes nothing of are passed over.
///
/// # Errors
/// The connection ended, or [`DEADLINE`] passed: with what was expected, and the events that came instead.
pub async fn expect_event<T>(
    events: &mut Events,
    expected: &str,
    take: impl FnMut(&ServerFrame) -> Option<T>,
) -> Result<T> {
    expect_event_within(DEADLINE, events, expected, take).await
}

/// The same with a deadline of one's own.
pub async fn expect_event_within<T>(
    deadline: Duration,
    events: &mut Events,
    expected: &str,
    mut take: impl FnMut(&ServerFrame) -> Option<T>,
) -> Result<T> {
    let mut others = Vec::new();
    let search = async {
        while let Some(event) = events.next().await {
            if let Some(found) = take(&event) {
                return Some(found);
            }
            if others.len() < SHOWN {
                others.push(event);
            }
        }
        None
    };
    match tokio::time::timeout(deadline, search).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => {
            let closed = events.closed().await;
            bail!("expected {expected}, but the connection ended: {closed}; before that came {others:#?}")
        }
        Err(_elapsed) => bail!("expected {expected} within {deadline:?}; what came: {others:#?}"),
    }
}

/// For [`expect_event`]: takes a `message.created`, as its `seq` and the message.
pub fn message_created(frame: &ServerFrame) -> Option<(u64, Message)> {
    match frame {
        ServerFrame::MessageCreated { seq, data, .. } => Some((*seq, data.clone())),
        _ => None,
    }
}
