//! A bot that says everything again: `cargo run -p parlor-client --example echo -- <server> <token> <room>`.
//!
//! It follows the room's sequence, so after a cut it goes on where it was and misses nothing.

use std::time::Duration;

use parlor_client::protocol::{Message, ResumePosition, ServerFrame};
use parlor_client::{Client, Connection, Options, Sender};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(server), Some(token), Some(room)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: echo <server> <token> <room>".into());
    };
    let client = Client::new(&server)?.with_token(token);
    let room = client.join_room(&room).await?;
    let mut position = ResumePosition { room: room.id, seq: room.head, epoch: Some(room.epoch) };
    loop {
        if let Err(error) = follow(&client, &mut position).await {
            eprintln!("connecting again: {error}");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Answers everything after `position`, until the connection ends.
async fn follow(client: &Client, position: &mut ResumePosition) -> parlor_client::Result<()> {
    let options = Options { resume: vec![position.clone()], ..Options::default() };
    let connection = Connection::open(client, options).await?;
    let me = connection.ready().user.id.clone();
    // What comes on this connection is known in the epoch of this connection. What was known before keeps its own, so that
    // the server can tell whether it still holds.
    let room = connection.ready().rooms.iter().find(|room| room.id == position.room);
    let epoch = room.map(|room| room.epoch);
    let (sender, mut events) = connection.split();
    while let Some(event) = events.next().await {
        match event {
            ServerFrame::MessageCreated { room, seq, data } if room == position.room => {
                echo(&sender, &room, &me, &data).await?;
                (position.seq, position.epoch) = (seq, epoch);
            }
            ServerFrame::RoomChanges { room, to, data, .. } if room == position.room => {
                for message in data.messages.iter().filter(|message| message.seq > position.seq) {
                    echo(&sender, &room, &me, message).await?;
                }
                (position.seq, position.epoch) = (to, epoch);
            }
            ServerFrame::RoomReset { room, data } if room == position.room => {
                (position.seq, position.epoch) = (data.head, Some(data.epoch));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn echo(sender: &Sender, room: &str, me: &str, message: &Message) -> parlor_client::Result<()> {
    if message.author == me || message.deleted_at.is_some() {
        return Ok(());
    }
    let answer = parlor_client::protocol::commands::MessageSend {
        room: room.to_owned(),
        // A text that begins with a slash would be a command: doubling the slash sends it as it is.
        body: if message.body.starts_with('/') { format!("/{}", message.body) } else { message.body.clone() },
        // The same answer to the same message, however often a cut makes us see it.
        nonce: Some(format!("echo-{}", message.id)),
        reply_to: Some(message.id.clone()),
    };
    sender.send_message(&answer).await.map(drop)
}
