//! Coming into rooms and leaving them: what begins and what ends, exactly where.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::world::{World, options};

#[tokio::test]
async fn every_session_of_who_joins_is_told_and_goes_on_from_there() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.say(&ada, room.id, "before").await;
    let name = room.id.to_string();
    let mut one = world.connect(&eve).await;
    let mut two = world.connect(&world.another_session(&eve).await).await;
    let answer = one.ask("room.join", json!({"room": name})).await;
    assert_eq!((&answer["id"], &answer["role"]), (&json!(name), &json!("member")));
    world.say(&ada, room.id, "after").await;
    // The one that asked may have read past its own news while it waited for the answer, so only the other tells.
    let joined = two.frame().await;
    assert_eq!((&joined["type"], &joined["data"]["head"]), (&json!("room.joined"), &json!(3)));
    assert_eq!(joined["data"]["role"], "member");
    assert_eq!(told(&two.frame().await), Some((4, "after".to_owned())));
    let next = one.until(|frame| told(frame).is_some()).await;
    assert_eq!(told(&next), Some((4, "after".to_owned())));
}

/// The place that a frame leads to, and what was said there: as it happens, or from the store for a session that came to
/// the room a moment later.
fn told(frame: &Value) -> Option<(u64, String)> {
    let (place, message) = match frame["type"].as_str()? {
        "message.created" => (&frame["seq"], &frame["data"]),
        "room.changes" => (&frame["to"], frame["data"]["messages"].as_array()?.last()?),
        _ => return None,
    };
    Some((place.as_u64()?, message["body"].as_str()?.to_owned()))
}

#[tokio::test]
async fn a_room_that_was_made_elsewhere_appears() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let mut socket = world.connect(&ada).await;
    let room = world.room(&ada, "General", RoomKind::Private).await;
    let joined = socket.frame().await;
    assert_eq!(
        (&joined["type"], &joined["data"]["id"]),
        (&json!("room.joined"), &json!(room.id.to_string()))
    );
    world.say(&ada, room.id, "first").await;
    let head = joined["data"]["head"].as_u64().unwrap();
    assert_eq!(told(&socket.frame().await), Some((head + 1, "first".to_owned())));
}

#[tokio::test]
async fn who_leaves_hears_that_and_nothing_later() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    for (kind, name) in [(RoomKind::Public, "Open"), (RoomKind::Private, "Closed")] {
        let room = world.room(&ada, name, kind).await;
        world.invite(&ada, &eve, room.id).await;
        let mut socket = world.connect(&eve).await;
        let room_name = room.id.to_string();
        // Somebody talks without a pause while the other one goes, from elsewhere.
        let talking = async {
            for number in 0..60 {
                world.say(&ada, room.id, &format!("{number}")).await;
            }
        };
        let leaving = async {
            socket.until(|frame| frame["seq"].as_u64() > Some(20)).await;
            world.core.leave_room(&eve.actor, room.id).await.unwrap()
        };
        let ((), left_at) = tokio::join!(talking, leaving);
        let mut last = 0;
        let left = socket
            .until(|frame| {
                assert!(frame["seq"].as_u64() <= Some(left_at), "{frame} after leaving at {left_at}");
                frame["type"] == "member.left"
            })
            .await;
        last = left["seq"].as_u64().unwrap().max(last);
        assert_eq!(last, left_at);
        world.say(&ada, room.id, "a secret").await;
        assert!(socket.is_quiet(&room_name).await, "{name}: something came after the end");
        let code = socket.refused("message.send", json!({"room": room_name, "body": "x"})).await;
        assert_eq!(code, if kind == RoomKind::Public { "forbidden" } else { "not_found" });
    }
}

#[tokio::test]
async fn coming_and_going_begins_anew_each_time() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let mut socket = world.connect(&eve).await;
    for round in 0..5 {
        world.core.join_room(&eve.actor, room.id).await.unwrap();
        let said = world.say(&ada, room.id, &format!("round {round}")).await;
        // Somebody who has gone again when the connection looks is not told of having come.
        let joined = socket.until_type("room.joined").await;
        assert_eq!(joined["data"]["head"], said.seq - 1);
        // As an event; or as a page, if it happened before the room was followed here.
        let next = socket.frame().await;
        assert!(next["seq"] == said.seq || next["to"] == said.seq, "{next}");
        let left_at = world.core.leave_room(&eve.actor, room.id).await.unwrap();
        world.say(&ada, room.id, "not for eve").await;
        assert_eq!(socket.frame().await["seq"], left_at);
    }
    assert!(socket.is_quiet(&room.id.to_string()).await);
}

#[tokio::test]
async fn what_one_may_not_know_of_never_comes() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let secret = world.room(&ada, "Secret", RoomKind::Private).await;
    let open = world.room(&ada, "Open", RoomKind::Public).await;
    let mut socket = world.connect(&eve).await;
    world.say(&ada, secret.id, "secret").await;
    world.say(&ada, open.id, "open, but eve is not in it").await;
    for room in [secret.id, open.id] {
        assert!(socket.is_quiet(&room.to_string()).await);
    }
    for (kind, data) in [
        ("room.join", json!({"room": secret.id.to_string()})),
        ("room.leave", json!({"room": secret.id.to_string()})),
        ("presence.watch", json!({"room": secret.id.to_string()})),
        ("message.send", json!({"room": secret.id.to_string(), "body": "x"})),
    ] {
        assert_eq!(socket.refused(kind, data).await, "not_found", "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_while_far_behind_sees_nothing_later_although_others_may() {
    let narrow = Options { ring_frames: 16, ..options() };
    let world = World::with(narrow, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    // The room is public: who has left may still read it, but is not in it, so nothing of it comes by itself.
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let mut slow = world.connect(&eve).await;
    let mut quick = world.connect(&ada).await;
    let body = "x".repeat(16_000);
    for number in 0..900 {
        world.say(&ada, room.id, &format!("{number} {body}")).await;
        quick.frame().await;
    }
    let left_at = world.core.leave_room(&eve.actor, room.id).await.unwrap();
    for number in 0..20 {
        world.say(&ada, room.id, &format!("later {number}")).await;
    }
    // By then the ring holds nothing of the departure any more.
    quick.until(|frame| frame["data"]["body"] == "later 19").await;
    let left = slow
        .until(|frame| {
            let place = frame["to"].as_u64().or(frame["seq"].as_u64());
            assert!(place <= Some(left_at), "{place:?} after leaving at {left_at}");
            frame["type"] == "room.left" || frame["seq"] == left_at
        })
        .await;
    assert_eq!(left["type"], "room.left", "it was too far behind to be told exactly");
    assert!(slow.is_quiet(&room.id.to_string()).await);
}

#[tokio::test]
async fn who_leaves_a_large_room_and_comes_back_at_once_is_back_in_every_connection() {
    // More than a shard tells in a turn: the last of them hear of the return before they hear of the departure.
    let world = World::with(Options { shards: 1, ..options() }, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let mut sockets = Vec::new();
    for _ in 0..1_100 {
        sockets.push(world.connect(&eve).await);
    }
    world.core.leave_room(&eve.actor, room.id).await.unwrap();
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    world.say(&ada, room.id, "welcome back").await;
    for socket in &mut sockets {
        socket.until(|frame| frame.to_string().contains("welcome back")).await;
    }
}

#[tokio::test]
async fn what_one_device_has_read_the_others_hear_and_nobody_else() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    world.say(&eve, room.id, "hi").await;
    let mut desk = Socket::open(world.address, &[]).await.unwrap();
    let mut phone = Socket::open(world.address, &[]).await.unwrap();
    let mut hers = Socket::open(world.address, &[]).await.unwrap();
    let head = desk.hello(&ada.token, json!([])).await["rooms"][0]["head"].as_u64().unwrap();
    phone.hello(&ada.token, json!([])).await;
    hers.hello(&eve.token, json!([])).await;
    desk.command("room.read", json!({"room": room.id.to_string(), "seq": head})).await;
    let mut came = [desk.frame().await, desk.frame().await];
    came.sort_by_key(|frame| frame["type"].to_string());
    assert_eq!((&came[0]["type"], &came[0]["data"]), (&json!("ok"), &json!({"seq": head})));
    let expected = json!({"type": "room.read", "room": room.id.to_string(), "data": {"seq": head}});
    assert_eq!(came[1], expected);
    assert_eq!(phone.frame().await, expected);
    // What comes to her next is what is said next.
    world.say(&ada, room.id, "bye").await;
    assert_eq!(hers.frame().await["type"], "message.created");
    let mut later = Socket::open(world.address, &[]).await.unwrap();
    assert_eq!(later.hello(&ada.token, json!([])).await["rooms"][0]["read"], json!(head));
}
