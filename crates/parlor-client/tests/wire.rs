//! What a connection may ask for at its beginning: binary frames, and the events of opened rooms alone.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use futures_util::{SinkExt, StreamExt};
use parlor_client::protocol::commands::RoomOpen;
use parlor_client::protocol::{Follow, ServerFrame, binary};
use parlor_client::{Client, Closed, Connection, Encoding, Options};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;

/// A server that takes the given subprotocol, if it is offered.
struct Server {
    listener: TcpListener,
    subprotocol: Option<&'static str>,
}

impl Server {
    async fn new(subprotocol: Option<&'static str>) -> (Self, Client) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        (Self { listener, subprotocol }, Client::new(&address).unwrap().with_token("t0ken"))
    }

    /// Takes a connection; says what it offered.
    async fn accept(&self) -> (Peer, Option<String>) {
        let (stream, _) = self.listener.accept().await.unwrap();
        let mut offered = None;
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        let choose = |request: &Request, mut response: Response| {
            offered =
                request.headers().get(SEC_WEBSOCKET_PROTOCOL).map(|value| value.to_str().unwrap().to_owned());
            if let (Some(taken), Some(_)) = (self.subprotocol, &offered) {
                response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, taken.parse().unwrap());
            }
            Ok(response)
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, choose).await.unwrap();
        (Peer { socket, binary: self.subprotocol == Some(binary::SUBPROTOCOL) }, offered)
    }
}

/// The server's side of a connection. It says and understands frames of one form only.
struct Peer {
    socket: WebSocketStream<TcpStream>,
    binary: bool,
}

impl Peer {
    async fn say(&mut self, frame: Value) {
        let message = if self.binary {
            Message::binary(binary::encode(&frame).unwrap())
        } else {
            Message::text(frame.to_string())
        };
        self.socket.send(message).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        match self.socket.next().await.unwrap().unwrap() {
            Message::Text(text) if !self.binary => serde_json::from_str(&text).unwrap(),
            Message::Binary(bytes) if self.binary => binary::decode(&bytes).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// Takes the `hello` and answers it.
    async fn greet(&mut self) -> Value {
        let hello = self.hear().await;
        let user = json!({"id": "usr_1", "username": "ada", "display_name": "Ada", "role": "member", "created_at": ""});
        let mut data = json!({"user": user, "rooms": []});
        if let Some(follow) = hello["data"].get("follow") {
            data["follow"] = follow.clone();
        }
        self.say(json!({"type": "ready", "ref": hello["ref"], "data": data})).await;
        hello["data"].clone()
    }

    /// Answers a command; says what it was.
    async fn answer(&mut self, data: Value) -> Value {
        let command = self.hear().await;
        self.say(json!({"type": "ok", "ref": command["ref"], "data": data})).await;
        json!([command["type"], command["data"]])
    }
}

fn binary_frames() -> Options {
    Options { encoding: Encoding::MessagePack, ..Options::default() }
}

#[tokio::test]
async fn a_server_that_takes_binary_frames_is_spoken_to_in_them() {
    let (server, client) = Server::new(Some(binary::SUBPROTOCOL)).await;
    let task: JoinHandle<_> = tokio::spawn(async move {
        let (mut peer, offered) = server.accept().await;
        peer.greet().await;
        let command = peer.answer(json!({"id": "msg_1", "seq": 43})).await;
        peer.say(json!({"type": "room.left", "room": "rm_1"})).await;
        (offered, command)
    });
    let mut connection = Connection::open(&client, binary_frames()).await.unwrap();
    assert_eq!(connection.encoding(), Encoding::MessagePack);
    assert_eq!(connection.ready().user.display_name, "Ada");
    assert_eq!(connection.sender().say("rm_1", "hi").await.unwrap().seq, 43);
    assert_eq!(connection.next_event().await, Some(ServerFrame::RoomLeft { room: "rm_1".to_owned() }));
    let (offered, command) = task.await.unwrap();
    assert_eq!(offered.as_deref(), Some("parlor.v1.msgpack, parlor.v1.json"));
    assert_eq!(command, json!(["message.send", {"room": "rm_1", "body": "hi"}]));
}

#[tokio::test]
async fn a_server_that_chooses_json_is_spoken_to_in_json() {
    let (server, client) = Server::new(Some(binary::JSON_SUBPROTOCOL)).await;
    let task = tokio::spawn(async move { server.accept().await.0.greet().await });
    let connection = Connection::open(&client, binary_frames()).await.unwrap();
    assert_eq!(connection.encoding(), Encoding::Json);
    assert_eq!(task.await.unwrap(), json!({"token": "t0ken"}));
}

#[tokio::test]
async fn a_server_that_knows_no_subprotocol_is_asked_again_without() {
    let (server, client) = Server::new(None).await;
    let task = tokio::spawn(async move {
        let (_refused, first) = server.accept().await;
        let (mut peer, second) = server.accept().await;
        peer.greet().await;
        (first.is_some(), second)
    });
    let connection = Connection::open(&client, binary_frames()).await.unwrap();
    assert_eq!(connection.encoding(), Encoding::Json);
    assert_eq!(task.await.unwrap(), (true, None));
}

#[tokio::test]
async fn who_asks_for_nothing_offers_nothing() {
    let (server, client) = Server::new(Some(binary::SUBPROTOCOL)).await;
    let task = tokio::spawn(async move {
        let (mut peer, offered) = server.accept().await;
        peer.binary = false;
        (offered, peer.greet().await)
    });
    let connection = Connection::open(&client, Options::default()).await.unwrap();
    assert_eq!((connection.encoding(), connection.ready().follow), (Encoding::Json, None));
    assert_eq!(task.await.unwrap(), (None, json!({"token": "t0ken"})));
}

#[tokio::test]
async fn rooms_are_opened_and_closed_and_heads_are_heard() {
    let (server, client) = Server::new(Some(binary::SUBPROTOCOL)).await;
    let task = tokio::spawn(async move {
        let (mut peer, _) = server.accept().await;
        let hello = peer.greet().await;
        let head = json!({"room": "rm_2", "head": 57, "messages": 3, "newest": 56, "by": "usr_1"});
        peer.say(json!({"type": "heads.changed", "data": {"heads": [head]}})).await;
        json!([hello, peer.answer(json!({"head": 57, "epoch": 1})).await, peer.answer(json!({})).await])
    });
    let options = Options { follow: Follow::Opened, ..binary_frames() };
    let mut connection = Connection::open(&client, options).await.unwrap();
    assert_eq!(connection.ready().follow, Some(Follow::Opened));
    let Some(ServerFrame::HeadsChanged { data }) = connection.next_event().await else {
        panic!("there are no heads");
    };
    assert_eq!((data.heads[0].head, data.heads[0].messages, data.heads[0].newest), (57, 3, Some(56)));
    let sender = connection.sender();
    let open = RoomOpen { room: "rm_2".to_owned(), seq: Some(41), epoch: None };
    let opened = sender.open_room(&open).await.unwrap();
    assert_eq!((opened.head, opened.epoch), (57, 1));
    sender.close_room("rm_2").await.unwrap();
    let expected = json!([
        {"token": "t0ken", "follow": "opened"},
        ["room.open", {"room": "rm_2", "seq": 41}],
        ["room.close", {"room": "rm_2"}],
    ]);
    assert_eq!(task.await.unwrap(), expected);
}

#[test]
fn a_goodbye_may_say_when_to_come_back() {
    let wait = |reason: &str| Closed { code: Some(1001), reason: reason.to_owned() }.come_back_in();
    assert_eq!(wait("the server is going away; come back in 4.3 s"), Some(Duration::from_millis(4300)));
    for reason in ["", "come back in", "come back in -1 s", "come back in x s", "come back in 4 s, please"] {
        assert_eq!(wait(reason), None, "{reason}");
    }
}
