//! The forms that frames can have: JSON, the compact one, and either of them compressed.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use parlor_protocol::binary;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::socket::{Came, Socket};
use crate::world::{Person, World, options};

const COMPACT: &[(&str, &str)] = &[("sec-websocket-protocol", "parlor.v1.msgpack, parlor.v1.json")];

async fn compact(world: &World, person: &Person) -> Socket {
    let mut socket = Socket::open(world.address, COMPACT).await.unwrap();
    socket.hello(&person.token, json!([])).await;
    socket
}

#[tokio::test]
async fn both_forms_say_the_same() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await.id.to_string();
    let mut plain = world.connect(&ada).await;
    let mut short = compact(&world, &eve).await;
    short.ask("room.join", json!({"room": room})).await;
    short.command("message.send", json!({"room": room, "body": "Grüße, **all**", "nonce": "n1"})).await;
    short.until(|frame| frame.to_string().contains("Grüße")).await;
    plain.command("message.send", json!({"room": room, "body": "again"})).await;
    let said = |frame: &Value| frame["type"] == "message.created" && frame["data"]["body"] == "again";
    let mut frames = Vec::new();
    for socket in [&mut plain, &mut short] {
        frames.push(socket.until(said).await);
    }
    assert_eq!(frames[0], frames[1]);
}

#[tokio::test]
async fn what_is_wrong_in_the_compact_form_is_not_the_end() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let mut socket = compact(&world, &ada).await;
    socket.message(Message::binary(vec![0xc1])).await;
    let answer = socket.frame().await;
    assert_eq!(answer["error"]["code"], "bad_request", "{answer}");
    let reference = socket.command("ping", json!({"padding": "x".repeat(70_000)})).await;
    let answer = socket.frame().await;
    assert_eq!((&answer["error"]["code"], &answer["ref"]), (&json!("too_large"), &json!(reference)));
    assert_eq!(socket.refused("nonsense", json!({})).await, "unknown_type");
    assert!(socket.ping().await.starts_with("2023-11-14T22:13:2"));
    socket.text("{}").await;
    assert_eq!(socket.next().await, Came::Closed(Some(1003)), "the form is chosen once");
}

#[tokio::test]
async fn what_nobody_speaks_is_not_chosen() {
    let world = World::open().await;
    // Without a choice of the server, this client gives up, as the standard says.
    let headers = [("sec-websocket-protocol", "graphql-ws")];
    let opened = tokio::spawn(async move { Socket::open(world.address, &headers).await.is_ok() }).await;
    assert!(opened.is_err(), "it says that none was chosen");
}

/// A client that compresses nothing itself, and understands what is compressed.
struct Squeezed {
    stream: TcpStream,
    /// Bytes that came from the server after its answer to the upgrade.
    received: Vec<u8>,
}

impl Squeezed {
    async fn open(world: &World, protocol: &str) -> (Self, String) {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        let request = format!(
            "GET /api/v1/ws HTTP/1.1\r\nHost: {}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\
             Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
            world.address
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let socket = Self { stream, received: Vec::new() };
        (socket, String::from_utf8(head).unwrap().to_lowercase())
    }

    /// Sends a message with a mask of zeros, compressed if `deflated`.
    async fn send(&mut self, opcode: u8, payload: &[u8], deflated: bool) {
        let payload = if deflated { deflate(payload) } else { payload.to_vec() };
        let first = 0x80 | opcode | if deflated { 0x40 } else { 0 };
        let mut frame = vec![first];
        if payload.len() < 126 {
            frame.push(0x80 | u8::try_from(payload.len()).unwrap());
        } else {
            frame.push(0xfe);
            frame.extend_from_slice(&u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(&payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The next frame of the server: its first byte, its length on the wire, and what it says.
    async fn frame(&mut self) -> (u8, usize, Vec<u8>) {
        while frame_length(&self.received).is_none_or(|length| self.received.len() < length) {
            assert!(self.stream.read_buf(&mut self.received).await.unwrap() > 0, "the socket ended");
        }
        let length = frame_length(&self.received).unwrap();
        let frame: Vec<u8> = self.received.drain(..length).collect();
        let payload = &frame[if frame[1] < 126 { 2 } else { 4 }..];
        let said = if frame[0] & 0x40 == 0 { payload.to_vec() } else { inflate(payload) };
        (frame[0], length, said)
    }
}

fn inflate(payload: &[u8]) -> Vec<u8> {
    let input = [payload, &[0, 0, 0xff, 0xff]].concat();
    let mut output = Vec::with_capacity(1 << 20);
    let mut state = flate2::Decompress::new(false);
    state.decompress_vec(&input, &mut output, flate2::FlushDecompress::Sync).unwrap();
    output
}

fn frame_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(1)? {
        126 => Some(4 + usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        length => Some(2 + usize::from(length)),
    }
}

fn deflate(payload: &[u8]) -> Vec<u8> {
    let mut state = flate2::Compress::new(flate2::Compression::default(), false);
    let mut output = Vec::with_capacity(payload.len() + 100);
    state.compress_vec(payload, &mut output, flate2::FlushCompress::Sync).unwrap();
    output.truncate(output.len() - 4);
    output
}

fn compressing() -> Options {
    Options { deflate: true, ..options() }
}

#[tokio::test]
async fn compression_is_off_unless_it_is_switched_on() {
    for (options, on) in [(options(), false), (compressing(), true)] {
        let world = World::with(options, Arc::new(MemoryBus::new()), false).await;
        let (_, head) = Squeezed::open(&world, binary::JSON_SUBPROTOCOL).await;
        assert!(head.starts_with("http/1.1 101"), "{head}");
        assert_eq!(head.contains("sec-websocket-extensions: permessage-deflate"), on, "{head}");
        assert!(head.contains("sec-websocket-protocol: parlor.v1.json"), "{head}");
    }
}

#[tokio::test]
async fn long_frames_come_compressed_and_say_the_same() {
    let world = World::with(compressing(), Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let body = "all work and no play ".repeat(100);
    let mut plain = world.connect(&ada).await;
    for protocol in [binary::JSON_SUBPROTOCOL, binary::SUBPROTOCOL] {
        let (mut socket, _) = Squeezed::open(&world, protocol).await;
        let is_compact = protocol == binary::SUBPROTOCOL;
        let hello = json!({"type": "hello", "ref": 1, "data": {"token": ada.token}});
        let (opcode, payload) = if is_compact {
            (2, binary::encode(&hello).unwrap())
        } else {
            (1, hello.to_string().into_bytes())
        };
        // What the client sends may be compressed, too.
        socket.send(opcode, &payload, true).await;
        let understood = |said: &[u8]| -> Value {
            if is_compact { binary::decode(said).unwrap() } else { serde_json::from_slice(said).unwrap() }
        };
        let (_, _, ready) = socket.frame().await;
        assert_eq!(understood(&ready)["type"], "ready");
        world.say(&ada, room.id, &body).await;
        let (first, length, said) = socket.frame().await;
        assert_eq!(first & 0x40, 0x40, "it is compressed");
        assert!(length * 4 < said.len(), "{length} bytes for {}", said.len());
        assert_eq!(understood(&said), plain.until_type("message.created").await);
        world.say(&ada, room.id, "short").await;
        let (first, _, said) = socket.frame().await;
        assert_eq!(first & 0x40 != 0, said.len() >= 256, "what is short stays as it is");
        plain.until_type("message.created").await;
    }
}

#[tokio::test]
async fn what_goes_out_is_counted_to_the_byte() {
    let world = World::with(compressing(), Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let (mut socket, _) = Squeezed::open(&world, binary::JSON_SUBPROTOCOL).await;
    let hello = json!({"type": "hello", "ref": 1, "data": {"token": ada.token}}).to_string();
    socket.send(1, hello.as_bytes(), true).await;
    let (_, mut bytes, _) = socket.frame().await;
    for body in ["short".to_owned(), "all work and no play ".repeat(200)] {
        world.say(&ada, room.id, &body).await;
        bytes += socket.frame().await.1;
    }
    // What a client has may be counted a moment later.
    for _ in 0..500 {
        if world.counted("parlor_gateway_out_bytes_total") >= bytes {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.counted("parlor_gateway_out_bytes_total"), bytes);
}

#[tokio::test]
async fn what_inflates_beyond_all_bounds_is_the_end() {
    let world = World::with(compressing(), Arc::new(MemoryBus::new()), false).await;
    let (mut socket, _) = Squeezed::open(&world, binary::JSON_SUBPROTOCOL).await;
    // Ten million bytes are about ten thousand on the wire.
    socket.send(1, &vec![b' '; 10_000_000], true).await;
    let mut rest = Vec::new();
    socket.stream.read_to_end(&mut rest).await.unwrap();
    let close = rest.windows(2).any(|pair| pair == 1009_u16.to_be_bytes());
    assert!(close, "{rest:?}");
}
