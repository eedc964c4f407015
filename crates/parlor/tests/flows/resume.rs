//! A client that was away gets exactly what it missed, also across a crash of the server.

use anyhow::{Result, ensure};
use parlor_client::protocol::commands::{MessageDelete, MessageEdit};
use parlor_testkit::{Database, Server};
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(what_was_missed_comes_once_and_whole, a_position_of_another_epoch_is_void);

async fn what_was_missed_comes_once_and_whole(database: Database) -> Result<()> {
    let mut server = Server::start(server().database(database)).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?.id;
    let reader = server.member("reader").await?;
    reader.client.join_room(&room).await?;
    let connection = owner.connect().await?;
    let say = |body: &'static str| connection.sender().say(&room, body);
    let (edited, deleted) = (say("to be edited").await?, say("to be deleted").await?);
    let known = deleted.seq;

    // While the reader is away: something new, an edit of something old, and something old that goes.
    let new = say("new").await?;
    let edit = MessageEdit { room: room.clone(), id: edited.id.clone(), body: "edited".into() };
    connection.sender().edit(&edit).await?;
    let delete = MessageDelete { room: room.clone(), id: deleted.id.clone() };
    let head = connection.sender().delete(&delete).await?.seq;
    server.restart().await?;

    let missed = resume(&server, reader.client.token().unwrap(), &room, known).await?;
    assert_eq!((missed.from, missed.to), (known, head));
    let bodies: Vec<_> = missed.messages.iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["edited", "", "new"]);
    assert_eq!(missed.messages[1]["id"], deleted.id);
    assert!(missed.messages[1]["deleted_at"].is_string());
    assert_eq!((&missed.messages[2]["id"], &missed.messages[2]["seq"]), (&json!(new.id), &json!(new.seq)));

    // And then the events go on without a hole.
    let mut socket = missed.socket;
    let live = owner.connect().await?.sender().say(&room, "live").await?;
    let event = socket.frame_of("message.created").await?;
    assert_eq!((&event["seq"], &event["data"]["body"]), (&json!(head + 1), &json!("live")));
    assert_eq!(live.seq, head + 1);
    server.stop().await
}

struct Missed {
    socket: Socket,
    from: u64,
    to: u64,
    messages: Vec<Value>,
}

/// Connects with a position, and collects the pages until the head of `ready`, each of which must begin where the one
/// before ended.
async fn resume(server: &Server, token: &str, room: &str, seq: u64) -> Result<Missed> {
    let mut socket = Socket::connect(server).await?;
    let data = json!({"token": token, "resume": [{"room": room, "seq": seq}]});
    socket.send(&json!({"type": "hello", "ref": 1, "data": data})).await?;
    let ready = socket.frame().await?;
    let rooms = ready["data"]["rooms"].as_array().expect("rooms");
    let head = rooms.iter().find(|ready| ready["id"] == room).expect("the room")["head"].as_u64().unwrap();
    let mut missed = Missed { socket, from: seq, to: seq, messages: Vec::new() };
    while missed.to < head {
        let page = missed.socket.frame_of("room.changes").await?;
        ensure!(page["room"] == room && page["from"] == missed.to, "{page}");
        missed.messages.extend(page["data"]["messages"].as_array().expect("messages").iter().cloned());
        missed.to = page["to"].as_u64().unwrap();
    }
    Ok(missed)
}

async fn a_position_of_another_epoch_is_void(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?;
    let mut socket = Socket::connect(&server).await?;
    let resume = json!([{"room": room.id, "seq": room.head, "epoch": room.epoch.wrapping_add(1)}]);
    let data = json!({"token": owner.client.token(), "resume": resume});
    socket.send(&json!({"type": "hello", "ref": 1, "data": data})).await?;
    let reset = socket.frame_of("room.reset").await?;
    assert_eq!((&reset["room"], &reset["data"]["epoch"]), (&json!(room.id), &json!(room.epoch)));
    server.stop().await
}
