//! Commands: what they answer, in which order, and what a connection survives.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::socket::Came;
use crate::world::{World, options};

#[tokio::test]
async fn a_message_goes_from_one_to_the_other() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let (mut from, mut to) = (world.connect(&ada).await, world.connect(&eve).await);
    let data = json!({"room": room.id.to_string(), "body": "**hi**", "nonce": "n1"});
    let sent = from.ask("message.send", data.clone()).await;
    assert_eq!(sent["seq"], 3);
    let event = to.frame().await;
    assert_eq!(event["type"], "message.created");
    assert_eq!((&event["room"], &event["seq"]), (&json!(room.id.to_string()), &json!(3)));
    let message = &event["data"];
    assert_eq!((&message["id"], &message["body"]), (&sent["id"], &json!("**hi**")));
    assert_eq!(message["author"], ada.actor.user.id.to_string());
    assert_eq!((&message["nonce"], message["sent_at"].is_string()), (&json!("n1"), true));
    assert!(message["html"].as_str().unwrap().contains("<strong>hi</strong>"), "{message}");
    // The same once more is the same, and nobody hears of it twice.
    assert_eq!(from.ask("message.send", data).await, sent);

    let target = json!({"room": room.id.to_string(), "id": sent["id"], "body": "ho"});
    assert_eq!(from.ask("message.edit", target).await, json!({"seq": 4}));
    let event = to.frame().await;
    assert_eq!((&event["type"], &event["seq"]), (&json!("message.edited"), &json!(4)));
    assert_eq!((&event["data"]["body"], &event["data"]["seq"]), (&json!("ho"), &json!(3)));
    let target = json!({"room": room.id.to_string(), "id": sent["id"]});
    assert_eq!(from.ask("message.delete", target).await, json!({"seq": 5}));
    let event = to.frame().await;
    assert_eq!((&event["type"], &event["data"]["body"]), (&json!("message.deleted"), &json!("")));
    assert!(event["data"]["deleted_at"].is_string() && event["data"]["html"].is_null());
}

#[tokio::test]
async fn every_frame_is_the_same_for_everybody() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let eve = world.person("eve").await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let (mut one, mut two) = (world.connect(&ada).await, world.connect(&eve).await);
    world.say(&ada, room.id, "`same`").await;
    assert_eq!(one.frame().await, two.frame().await);
}

#[tokio::test]
async fn a_connection_survives_every_mistake() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await.id.to_string();
    let mut socket = world.connect(&ada).await;
    for nonsense in ["", "{", "null", "[]", "\"ping\"", "{\"type\":\"ping\",\"ref\":", "\u{1F98A}"] {
        socket.text(nonsense).await;
        let frame = socket.frame().await;
        assert_eq!(frame["error"]["code"], "bad_request", "{nonsense:?}");
        assert!(frame["ref"].is_null());
    }
    socket.text("{\"type\":5,\"ref\":77}").await;
    assert_eq!(socket.frame().await["ref"], 77, "what can be read of it is answered");
    let missing = "msg_00000000000000000000000000";
    for (kind, data, code) in [
        ("message.shout", json!({}), "unknown_type"),
        ("hello", json!({"token": ada.token}), "hello_expected"),
        ("message.send", json!({"room": room}), "bad_request"),
        ("message.send", json!({"room": room, "body": "x", "role": "owner"}), "bad_request"),
        ("message.send", json!([room, "x"]), "bad_request"),
        ("message.send", json!({"room": "nowhere", "body": "x"}), "invalid_field"),
        ("message.send", json!({"room": room, "body": " "}), "body_empty"),
        ("message.send", json!({"room": room, "body": "\u{200b}\u{3164}"}), "body_empty"),
        ("message.edit", json!({"room": room, "id": missing, "body": "\u{2800}"}), "body_empty"),
        ("message.send", json!({"room": room, "body": "x".repeat(16_385)}), "body_too_long"),
        ("message.send", json!({"room": room, "body": "/dance"}), "unknown_command"),
        ("message.send", json!({"room": room, "body": "x", "nonce": "a b"}), "invalid_field"),
        ("message.send", json!({"room": room, "body": "x", "reply_to": missing}), "invalid_field"),
        ("message.edit", json!({"room": room, "id": missing, "body": "x"}), "not_found"),
        ("message.delete", json!({"room": room, "id": ada.actor.user.id.to_string()}), "invalid_field"),
        ("room.join", json!({"room": "rm_00000000000000000000000000"}), "not_found"),
        ("presence.watch", json!({"room": "rm_00000000000000000000000000"}), "not_found"),
        ("ping", json!([]), "bad_request"),
    ] {
        assert_eq!(socket.refused(kind, data.clone()).await, code, "{kind} {data}");
    }
    let (first, second) = (socket.ping().await, socket.ping().await);
    assert!("2023-11-14T22:13:20.000Z" < first.as_str() && first < second, "{first} {second}");
}

#[tokio::test]
async fn a_frame_too_large_is_refused_and_one_far_too_large_is_the_end() {
    let small = Options { max_frame_bytes: 1_000, ..options() };
    let world = World::with(small, Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let mut socket = world.connect(&ada).await;
    let reference = socket.command("ping", json!({"padding": "x".repeat(1_200)})).await;
    let answer = socket.frame().await;
    assert_eq!((&answer["error"]["code"], &answer["ref"]), (&json!("too_large"), &json!(reference)));
    assert_eq!(answer["error"]["details"]["limit"], 1_000);
    assert_ne!(socket.ping().await, "", "it goes on");
    socket.text("x".repeat(3_000)).await;
    assert_eq!(socket.frame().await["error"]["code"], "too_large");
    assert_eq!(socket.next().await, Came::Closed(Some(1009)));
}

#[tokio::test]
async fn what_is_of_the_other_form_is_the_end() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let mut socket = world.connect(&ada).await;
    socket.message(Message::binary(b"{}".to_vec())).await;
    assert_eq!(socket.next().await, Came::Closed(Some(1003)));
}

#[tokio::test]
async fn commands_in_flight_keep_their_order_and_lose_no_answer() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await.id.to_string();
    let mut socket = world.connect(&ada).await;
    // Far more than may be on their way: the rest waits in the sockets.
    let mut references = Vec::new();
    for number in 0..300 {
        let body = format!("message {number}");
        references.push(socket.command("message.send", json!({"room": room, "body": body})).await);
    }
    let (mut acknowledged, mut told) = (Vec::new(), Vec::new());
    while acknowledged.len() < references.len() || told.len() < references.len() {
        let frame = socket.frame().await;
        match frame["type"].as_str() {
            Some("ok") => acknowledged.push((frame["ref"].as_u64().unwrap(), frame["data"]["seq"].clone())),
            Some("message.created") => told.push((frame["seq"].clone(), frame["data"]["body"].clone())),
            _ => panic!("{frame}"),
        }
    }
    let expected: Vec<_> =
        references.iter().enumerate().map(|(index, reference)| (*reference, json!(index + 2))).collect();
    assert_eq!(acknowledged, expected, "every answer, in order");
    let expected: Vec<_> =
        (0..300).map(|number| (json!(number + 2), json!(format!("message {number}")))).collect();
    assert_eq!(told, expected, "in the order in which they were sent");
}

#[tokio::test]
async fn mixed_commands_of_one_room_keep_their_order() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await.id.to_string();
    let mut socket = world.connect(&ada).await;
    let mut references = Vec::new();
    for kind in ["room.leave", "message.send", "room.join", "message.send", "room.leave"] {
        let data = match kind {
            "message.send" => json!({"room": room, "body": "x"}),
            _ => json!({"room": room}),
        };
        references.push(socket.command(kind, data).await);
    }
    let mut answers: Vec<(u64, Value)> = Vec::new();
    while answers.len() < references.len() {
        let frame = socket.until(|frame| frame["ref"].is_u64()).await;
        let code = frame["error"]["code"].clone();
        answers.push((frame["ref"].as_u64().unwrap(), code));
    }
    let expected =
        references.into_iter().zip([json!(null), json!("forbidden"), json!(null), json!(null), json!(null)]);
    assert_eq!(answers, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_more_is_read_while_enough_is_under_way() {
    let few = Options { max_in_flight: 8, ..options() };
    let world = World::with(few, Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await.id.to_string();
    let (mut busy, mut other) = (world.connect(&ada).await, world.connect(&ada).await);
    let writer = world.hold_writer().await;
    for number in 0..8 {
        busy.command("message.send", json!({"room": room, "body": format!("{number}")})).await;
    }
    let last = busy.command("ping", json!({})).await;
    // Another connection is answered again and again, so this one had its turns too.
    for _ in 0..20 {
        other.ask("ping", json!({})).await;
    }
    drop(writer);
    let mut answers = Vec::new();
    while answers.len() < 9 {
        answers.extend(busy.frame().await["ref"].as_u64());
    }
    assert_ne!(answers.first(), Some(&last), "it was read although the connection had enough to do");
    assert!(answers.contains(&last));
}

/// Whatever changes something is counted here as it is over HTTP, so no door is wider than the other.
#[tokio::test]
async fn changes_have_a_limit() {
    let world = World::with(options(), Arc::new(MemoryBus::new()), true).await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await.id;
    let said = world.say(&ada, room, "hi").await;
    let (name, own) = (room.to_string(), ada.actor.user.id.to_string());
    for (kind, data) in [
        ("message.edit", json!({"room": name, "id": said.id.to_string(), "body": "ho"})),
        ("message.delete", json!({"room": name, "id": said.id.to_string()})),
        ("room.join", json!({"room": name})),
        ("member.mute", json!({"room": name, "user": own})),
        ("member.unmute", json!({"room": name, "user": own})),
        ("member.kick", json!({"room": name, "user": own})),
        ("room.leave", json!({"room": name})),
    ] {
        let mut socket = world.connect(&ada).await;
        // All at once, so that a slow machine does not give time between them.
        for _ in 0..100 {
            socket.command(kind, data.clone()).await;
        }
        let answer = socket.until(|frame| frame["error"]["code"] == "rate_limited").await;
        assert!(answer["error"]["retry_after"].as_f64() > Some(0.0), "{answer}");
    }
}
