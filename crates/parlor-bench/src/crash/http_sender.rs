//! Sends over HTTP, one after the other.

use anyhow::Result;
use parlor_client::protocol::SendMessage;
use parlor_client::{Client, Error};

use super::outbox::{Outbox, Outcome};

/// Sends until the load ends and everything is answered.
pub(super) async fn run(client: Client, mut outbox: Outbox) -> Result<Outbox> {
    while outbox.goes_on() {
        outbox.ground.until_up().await;
        let mut queue = outbox.again();
        queue.reverse();
        let next = queue.pop().or_else(|| outbox.ground.is_loading().then(|| outbox.compose()));
        let Some(index) = next else { break };
        loop {
            let answer = send(&client, &outbox, index).await;
            match outbox.note(index, answer).await {
                Outcome::Settled => break,
                Outcome::Repeat => {}
                Outcome::Unknown => {
                    outbox.ground.pause().await;
                    break;
                }
            }
        }
    }
    Ok(outbox)
}

async fn send(client: &Client, outbox: &Outbox, index: usize) -> Result<(String, u64), Error> {
    let outgoing = outbox.outgoing(index);
    let message = SendMessage { body: outgoing.body, nonce: Some(outgoing.nonce), reply_to: None };
    let message = client.send_message(&outgoing.room, &message).await?;
    Ok((message.id, message.seq))
}
