//! Sends over WebSocket, with many sends under way.

use anyhow::Result;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use parlor_client::protocol::Sent;
use parlor_client::protocol::commands::MessageSend;
use parlor_client::{Client, Connection, Error, Options, PendingReply, Sender};

use super::outbox::{Outbox, Outcome};

/// How many sends wait for their answers at a time.
const DEPTH: usize = 8;

/// Sends until the load ends and everything is answered.
pub(super) async fn run(client: Client, mut outbox: Outbox) -> Result<Outbox> {
    while outbox.goes_on() {
        outbox.ground.until_up().await;
        match Connection::open(&client, Options::default()).await {
            Ok(connection) => {
                // Nobody reads the events of this connection: they are thrown away.
                let (sender, _) = connection.split();
                send_until_cut(&sender, &mut outbox).await;
            }
            Err(_gone) => outbox.ground.pause().await,
        }
    }
    Ok(outbox)
}

async fn send_until_cut(sender: &Sender, outbox: &mut Outbox) {
    let mut under_way = FuturesUnordered::new();
    let mut queue = outbox.again();
    queue.reverse();
    let mut cut = false;
    loop {
        while !cut && under_way.len() < DEPTH {
            let next = queue.pop().or_else(|| outbox.ground.is_loading().then(|| outbox.compose()));
            let Some(index) = next else { break };
            match start(sender, outbox, index).await {
                Ok(reply) => under_way.push(async move { (index, reply.await) }),
                Err(_gone) => cut = true,
            }
        }
        let Some((index, answer)) = under_way.next().await else {
            return;
        };
        match outbox.note(index, answer.map(|sent| (sent.id, sent.seq))).await {
            Outcome::Settled => {}
            Outcome::Repeat => queue.push(index),
            Outcome::Unknown => cut = true,
        }
    }
}

async fn start(sender: &Sender, outbox: &Outbox, index: usize) -> Result<PendingReply<Sent>, Error> {
    let outgoing = outbox.outgoing(index);
    let message =
        MessageSend { room: outgoing.room, body: outgoing.body, nonce: Some(outgoing.nonce), reply_to: None };
    sender.start("message.send", &message).await
}
