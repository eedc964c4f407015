//! The chat server that one would begin with: axum, a `tokio::sync::broadcast` a room, a task a connection and
//! direction. It speaks as much of Parlor's contract as a comparison needs; nobody signs in and nothing is kept.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};

/// How far a connection may fall behind before it is ended.
const BEHIND: usize = 4096;
/// Answers that may wait for a connection.
const ANSWERS: usize = 64;

#[derive(Debug, Clone, Default)]
struct Rooms(Arc<Mutex<HashMap<String, Room>>>);

#[derive(Debug)]
struct Room {
    head: u64,
    events: broadcast::Sender<Utf8Bytes>,
}

#[derive(Debug, Deserialize)]
struct Frame {
    r#type: String,
    r#ref: u64,
    data: Data,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    token: String,
    room: String,
    body: String,
    nonce: String,
}

/// Serves on this port of the loopback until the process is ended.
pub fn serve(port: u16) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let app = Router::new().route("/api/v1/ws", any(upgrade)).with_state(Rooms::default());
        Ok(axum::serve(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?, app).await?)
    })
}

async fn upgrade(State(rooms): State<Rooms>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| talk(socket, rooms))
}

async fn talk(socket: WebSocket, rooms: Rooms) {
    let (mut out, mut input) = socket.split();
    let Some(hello) = next_frame(&mut input).await else { return };
    let (user, room) = hello.data.token.split_once(':').unwrap_or_default();
    let (head, mut events) = rooms.enter(room);
    let data = json!({"user": {"id": user}, "rooms": [{"id": room, "head": head}]});
    let ready = json!({"type": "ready", "ref": hello.r#ref, "data": data}).to_string();
    if out.send(Message::text(ready)).await.is_err() {
        return;
    }
    let (answer, mut answers) = mpsc::channel::<String>(ANSWERS);
    let writer = tokio::spawn(async move {
        loop {
            let message = tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => Message::Text(event),
                    Err(_behind) => break,
                },
                answer = answers.recv() => match answer {
                    Some(answer) => Message::text(answer),
                    None => break,
                },
            };
            if out.send(message).await.is_err() {
                break;
            }
        }
    });
    while let Some(frame) = next_frame(&mut input).await {
        let seq = rooms.say(&frame.data);
        let ok = format!(r#"{{"type":"ok","ref":{},"data":{{"seq":{seq}}}}}"#, frame.r#ref);
        if answer.send(ok).await.is_err() {
            break;
        }
    }
    writer.abort();
}

async fn next_frame(
    input: &mut (impl StreamExt<Item = Result<Message, axum::Error>> + Unpin),
) -> Option<Frame> {
    loop {
        match input.next().await?.ok()? {
            Message::Text(text) => {
                let frame: Frame = serde_json::from_str(&text).ok()?;
                return matches!(frame.r#type.as_str(), "hello" | "message.send").then_some(frame);
            }
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

impl Rooms {
    /// The head of a room, and everything after it.
    fn enter(&self, id: &str) -> (u64, broadcast::Receiver<Utf8Bytes>) {
        self.with(id, |room| (room.head, room.events.subscribe()))
    }

    /// Says something to everybody in a room. Returns its place.
    fn say(&self, data: &Data) -> u64 {
        self.with(&data.room, |room| {
            room.head += 1;
            let (id, seq) = (&data.room, room.head);
            let content = json!({"body": data.body, "nonce": data.nonce});
            let event = format!(r#"{{"type":"message.created","room":"{id}","seq":{seq},"data":{content}}}"#);
            // Nobody listening is no error.
            let _receivers = room.events.send(Utf8Bytes::from(event));
            room.head
        })
    }

    fn with<T>(&self, id: &str, act: impl FnOnce(&mut Room) -> T) -> T {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Room { head: 0, events: broadcast::channel(BEHIND).0 };
        act(rooms.entry(id.to_owned()).or_insert_with(new))
    }
}
