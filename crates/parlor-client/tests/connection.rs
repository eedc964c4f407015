//! Connections against a server of a few lines, which says exactly what each test needs.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use futures_util::{FutureExt, SinkExt, StreamExt};
use parlor_client::protocol::{ErrorCode, ServerFrame};
use parlor_client::{Client, Connection, Error, Options};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// The server's side of a connection.
struct Peer(WebSocketStream<TcpStream>);

impl Peer {
    async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Takes the `hello` and answers it.
    async fn greet(&mut self) -> Value {
        let hello = self.hear().await;
        let user = json!({"id": "usr_1", "username": "ada", "display_name": "Ada", "role": "member", "created_at": ""});
        self.say(json!({"type": "ready", "ref": hello["ref"], "data": {"user": user, "rooms": []}})).await;
        hello
    }

    async fn hang_up(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        self.0.close(Some(frame)).await.unwrap();
        while self.0.next().await.is_some() {}
    }
}

/// Serves one connection.
async fn serve<T, F>(talk: impl FnOnce(Peer) -> F + Send + 'static) -> (Client, JoinHandle<T>)
where
    F: Future<Output = T> + Send,
    T: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        talk(Peer(tokio_tungstenite::accept_async(stream).await.unwrap())).await
    });
    (Client::new(&address).unwrap().with_token("t0ken"), task)
}

#[tokio::test]
async fn hello_brings_the_token_and_the_positions() {
    let (client, server) = serve(async |mut peer: Peer| peer.greet().await).await;
    let resume = serde_json::from_value(json!([{"room": "rm_1", "seq": 41}])).unwrap();
    let options = Options { resume, ..Options::default() };
    let connection = Connection::open(&client, options).await.unwrap();
    assert_eq!(connection.ready().user.display_name, "Ada");
    let expected = json!({
        "type": "hello", "ref": 1, "data": {"token": "t0ken", "resume": [{"room": "rm_1", "seq": 41}]}
    });
    assert_eq!(server.await.unwrap(), expected);
}

#[tokio::test]
async fn answers_find_their_commands_in_any_order() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        let (one, two) = (peer.hear().await, peer.hear().await);
        assert_eq!((&one["data"], &two["data"]), (&json!("one"), &json!("two")));
        let error = json!({"code": "forbidden", "message": "no"});
        peer.say(json!({"type": "error", "ref": two["ref"], "error": error})).await;
        peer.say(json!({"type": "ok", "ref": one["ref"], "data": {"seq": 7}})).await;
        peer.hear().await
    })
    .await;
    let connection = Connection::open(&client, Options::default()).await.unwrap();
    let one = connection.sender().start::<Value>("a.b", &"one").await.unwrap();
    let two = connection.sender().start::<Value>("a.b", &"two").await.unwrap();
    assert_eq!(two.await.unwrap_err().code(), Some(ErrorCode::Forbidden));
    assert_eq!(one.await.unwrap(), json!({"seq": 7}));
}

#[tokio::test]
async fn events_come_in_order_and_unknown_ones_are_passed_over() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        peer.say(json!({"type": "room.left", "room": "rm_1"})).await;
        peer.say(json!({"type": "reaction.added", "room": "rm_1", "seq": 3, "data": {}})).await;
        peer.say(json!({"type": "room.left", "room": "rm_2", "new_field": 1})).await;
        peer.hang_up(1001, "the server is stopping").await;
    })
    .await;
    let mut connection = Connection::open(&client, Options::default()).await.unwrap();
    let mut rooms = Vec::new();
    while let Some(event) = connection.next_event().await {
        let ServerFrame::RoomLeft { room } = event else { panic!("{event:?}") };
        rooms.push(room);
    }
    assert_eq!(rooms, ["rm_1", "rm_2"]);
    assert_eq!(connection.events().closed().await.code, Some(1001));
}

#[tokio::test]
async fn a_close_ends_what_waits_and_says_why() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        peer.hear().await;
        peer.hang_up(4502, "the session has ended").await;
    })
    .await;
    let connection = Connection::open(&client, Options::default()).await.unwrap();
    for _ in 0..2 {
        let error = connection.sender().ping().await.unwrap_err();
        let Error::Closed(closed) = &error else { panic!("{error:?}") };
        assert_eq!((closed.code, closed.reason.as_str()), (Some(4502), "the session has ended"));
        assert!(!error.is_refusal());
    }
}

#[tokio::test]
async fn a_cut_without_a_word_ends_what_waits() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        peer.hear().await;
    })
    .await;
    let connection = Connection::open(&client, Options::default()).await.unwrap();
    let error = connection.sender().ping().await.unwrap_err();
    assert!(matches!(&error, Error::Closed(closed) if closed.code.is_none()), "{error:?}");
}

#[tokio::test]
async fn a_hello_can_be_refused_with_an_error_or_a_close_code() {
    let (client, _server) = serve(async |mut peer: Peer| {
        let hello = peer.hear().await;
        let error = json!({"code": "unauthenticated", "message": "no"});
        peer.say(json!({"type": "error", "ref": hello["ref"], "error": error})).await;
    })
    .await;
    let error = Connection::open(&client, Options::default()).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::Unauthenticated));
    let (client, _server) = serve(async |peer: Peer| peer.hang_up(4501, "no").await).await;
    let error = Connection::open(&client, Options::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Closed(closed) if closed.code == Some(4501)), "{error:?}");
}

#[tokio::test]
async fn only_so_many_commands_are_under_way() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        while let Some(Ok(Message::Text(text))) = peer.0.next().await {
            let command: Value = serde_json::from_str(&text).unwrap();
            peer.say(json!({"type": "ok", "ref": command["ref"], "data": {}})).await;
        }
    })
    .await;
    let options = Options { in_flight: 2, ..Options::default() };
    let connection = Connection::open(&client, options).await.unwrap();
    let sender = connection.sender();
    let one = sender.start::<Value>("ping", &json!({})).await.unwrap();
    let _two = sender.start::<Value>("ping", &json!({})).await.unwrap();
    // This task did not wait for the socket since: no answer can have been read.
    assert!(sender.start::<Value>("ping", &json!({})).now_or_never().is_none());
    one.await.unwrap();
    sender.ping().await.unwrap();
}

#[tokio::test]
async fn events_that_nobody_reads_hold_the_socket_back() {
    const EVENTS: u64 = 20;
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        let command = peer.hear().await;
        for _ in 0..EVENTS {
            peer.say(json!({"type": "room.left", "room": "rm_1"})).await;
        }
        peer.say(json!({"type": "ok", "ref": command["ref"], "data": {}})).await;
        peer.hear().await
    })
    .await;
    let options = Options { events: 4, ..Options::default() };
    let mut connection = Connection::open(&client, options).await.unwrap();
    let mut answer = Box::pin(connection.sender().start::<Value>("ping", &json!({})).await.unwrap());
    // The answer stands behind the events, of which four fit into the queue and one into the reader's hand.
    for _ in 0..EVENTS - 5 {
        assert!(answer.as_mut().now_or_never().is_none());
        connection.next_event().await.unwrap();
    }
    for _ in 0..5 {
        connection.next_event().await.unwrap();
    }
    answer.await.unwrap();
}

#[tokio::test]
async fn dropped_events_do_not_hold_answers_back() {
    let (client, _server) = serve(async |mut peer: Peer| {
        peer.greet().await;
        let command = peer.hear().await;
        for _ in 0..100 {
            peer.say(json!({"type": "room.left", "room": "rm_1"})).await;
        }
        peer.say(json!({"type": "ok", "ref": command["ref"], "data": {}})).await;
        peer.hear().await
    })
    .await;
    let options = Options { events: 1, ..Options::default() };
    let (sender, _) = Connection::open(&client, options).await.unwrap().split();
    sender.ping().await.unwrap();
}

/// Answers one HTTP request with this status line and body.
async fn answer_http(status: &'static str, body: &'static str) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _read = stream.read(&mut request).await.unwrap();
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
    });
    Client::new(&address).unwrap()
}

#[tokio::test]
async fn http_refusals_are_told_from_garbage() {
    let body = r#"{"code":"rate_limited","message":"slower","retry_after":1.5}"#;
    let error = answer_http("429 Too Many Requests", body).await.me().await.unwrap_err();
    let Error::Api { error, status } = error else { panic!("{error:?}") };
    assert_eq!((error.code, error.retry_after, status), (ErrorCode::RateLimited, Some(1.5), Some(429)));
    let error = answer_http("502 Bad Gateway", "<html>").await.me().await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    let error = answer_http("200 OK", "{}").await.me().await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_transport_error() {
    // Bound and not listening: it refuses, and nobody else can get the port meanwhile.
    let silent = TcpSocket::new_v4().unwrap();
    silent.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let client = Client::new(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    assert!(matches!(client.me().await, Err(Error::Http(_))));
    let error = Connection::open(&client, Options::default()).await.unwrap_err();
    assert!(matches!(error, Error::Socket(_)), "{error:?}");
}
