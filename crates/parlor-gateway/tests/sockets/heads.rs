//! Rooms that are not open: what comes of them, and what does not.

use std::time::Duration;

use parlor_model::{RoomId, RoomKind};
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::world::{Person, World};

/// A connection that follows opened rooms alone.
async fn distant(world: &World, person: &Person) -> Socket {
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    let ready = socket.hello_opened(&person.token, json!([])).await;
    assert_eq!(ready["follow"], "opened");
    socket
}

/// The next word on how far a room is, past whatever else comes; nothing else of the room may.
async fn head(socket: &mut Socket, room: RoomId) -> Value {
    let name = room.to_string();
    let frame = socket
        .until(|frame| {
            assert_ne!(frame["room"], name.as_str(), "{frame} is of a room that is not open");
            frame["type"] == "heads.changed"
        })
        .await;
    let heads = frame["data"]["heads"].as_array().unwrap();
    heads.iter().find(|head| head["room"] == name.as_str()).unwrap_or_else(|| panic!("{frame}")).clone()
}

#[tokio::test]
async fn rooms_that_are_not_open_say_how_far_they_are_at_most_once_a_second() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.invite(&ada, &eve, room.id).await;
    let mut socket = distant(&world, &eve).await;
    let begin = std::time::Instant::now();
    let (mut messages, mut frames, mut last) = (0, 0, Value::Null);
    let newest = async {
        let mut newest = world.say(&ada, room.id, "0").await;
        for number in 1..40 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            newest = world.say(&ada, room.id, &number.to_string()).await;
        }
        newest
    };
    let counting = async {
        while messages < 40 {
            last = head(&mut socket, room.id).await;
            messages += last["messages"].as_u64().unwrap();
            frames += 1;
        }
    };
    let (newest, ()) = tokio::join!(newest, counting);
    assert_eq!(messages, 40, "each is counted once");
    assert_eq!((&last["head"], &last["newest"]), (&json!(newest.seq), &json!(newest.seq)));
    assert_eq!(last["by"], ada.actor.user.id.to_string());
    let seconds = begin.elapsed().as_secs_f64();
    assert!(f64::from(frames) <= seconds + 2.0, "{frames} frames in {seconds} s");
}

#[tokio::test]
async fn what_is_no_message_moves_the_head_alone() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let mut socket = distant(&world, &ada).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let head = head(&mut socket, room.id).await;
    assert_eq!((&head["messages"], &head["newest"], &head["by"]), (&json!(0), &Value::Null, &Value::Null));
}

#[tokio::test]
async fn an_opened_room_goes_on_without_a_hole_and_a_closed_one_is_silent() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let name = room.id.to_string();
    let mut socket = distant(&world, &ada).await;
    let first = world.say(&ada, room.id, "while it was not open").await;
    // Without a position: from the head of the answer on.
    head(&mut socket, room.id).await;
    let opened = socket.ask("room.open", json!({"room": name})).await;
    assert_eq!(opened["head"], first.seq);
    let second = world.say(&ada, room.id, "while it was open").await;
    let frame = socket.until_type("message.created").await;
    assert_eq!(frame["seq"], second.seq);
    socket.ask("room.close", json!({"room": name})).await;
    let third = world.say(&ada, room.id, "after it was closed").await;
    let told = head(&mut socket, room.id).await;
    assert_eq!((&told["head"], &told["messages"]), (&json!(third.seq), &json!(1)));
    // With a position: what was missed comes first, as a page.
    let epoch = opened["epoch"].clone();
    let reference =
        socket.command("room.open", json!({"room": name, "seq": second.seq, "epoch": epoch})).await;
    let answer = socket.until(|frame| frame["ref"] == reference).await;
    assert_eq!(answer["data"]["head"], third.seq);
    let page = socket.frame().await;
    assert_eq!(page["type"], "room.changes", "{page}");
    assert_eq!((&page["from"], &page["to"]), (&json!(second.seq), &json!(third.seq)));
}

#[tokio::test]
async fn opening_and_closing_while_others_talk_loses_and_doubles_nothing() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let name = room.id.to_string();
    let mut socket = distant(&world, &ada).await;
    let talking = async {
        for number in 0..200 {
            world.say(&ada, room.id, &number.to_string()).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let watching = async {
        let mut seen = socket.ask("room.open", json!({"room": name})).await["head"].as_u64().unwrap();
        let begin = seen;
        let mut closed = false;
        while seen < 200 {
            let frame = socket.frame().await;
            let (from, to) = match frame["type"].as_str() {
                Some("message.created") => {
                    (frame["seq"].as_u64().unwrap() - 1, frame["seq"].as_u64().unwrap())
                }
                Some("room.changes") => (frame["from"].as_u64().unwrap(), frame["to"].as_u64().unwrap()),
                _ => continue,
            };
            assert_eq!(from, seen, "{frame}");
            seen = to;
            if seen % 7 == 0 && !closed {
                // What was on its way when it was closed may still come, and is taken as it comes.
                let reference = socket.command("room.close", json!({"room": name})).await;
                loop {
                    let frame = socket.frame().await;
                    if frame["ref"] == reference {
                        break;
                    }
                    if frame["type"] == "message.created" {
                        assert_eq!(frame["seq"], seen + 1);
                        seen += 1;
                    }
                }
                socket.command("room.open", json!({"room": name, "seq": seen})).await;
            }
            closed = seen % 7 == 0;
        }
        begin
    };
    let ((), begin) = tokio::join!(talking, watching);
    assert!(begin < 50, "it saw most of it: from {begin}");
}

#[tokio::test]
async fn who_loses_a_room_that_is_not_open_is_told_and_learns_nothing_more() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    for open in [false, true] {
        let room = world.room(&ada, "Club", RoomKind::Private).await;
        let name = room.id.to_string();
        world.invite(&ada, &eve, room.id).await;
        let mut socket = distant(&world, &eve).await;
        if open {
            // Open, and closed again a moment before it is lost.
            socket.ask("room.open", json!({"room": name})).await;
            socket.command("room.close", json!({"room": name})).await;
        }
        world.core.leave_room(&eve.actor, room.id).await.unwrap();
        world.say(&ada, room.id, "a secret").await;
        let left = socket
            .until(|frame| {
                let said = frame.to_string();
                assert!(!said.contains("secret"), "{said}");
                frame["type"] == "room.left" && frame["room"] == name.as_str()
            })
            .await;
        assert_eq!(left["room"], name);
        assert_eq!(socket.refused("room.open", json!({"room": name})).await, "not_found");
        world.say(&ada, room.id, "another secret").await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(socket.is_quiet(&name).await);
    }
}

#[tokio::test]
async fn resumed_rooms_begin_open_and_others_do_not() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let (here, there) =
        (world.room(&ada, "Here", RoomKind::Public).await, world.room(&ada, "There", RoomKind::Public).await);
    let known = world.say(&ada, here.id, "known").await;
    let missed = world.say(&ada, here.id, "missed").await;
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    let resume = json!([{"room": here.id.to_string(), "seq": known.seq}]);
    socket.hello_opened(&ada.token, resume).await;
    let page = socket.frame().await;
    assert_eq!((&page["type"], &page["to"]), (&json!("room.changes"), &json!(missed.seq)));
    world.say(&ada, there.id, "unseen").await;
    world.say(&ada, here.id, "seen").await;
    // Which of the two comes first is not said.
    let frames = [socket.frame().await, socket.frame().await];
    let of = |kind: &str| frames.iter().find(|frame| frame["type"] == kind).unwrap();
    assert_eq!(of("message.created")["data"]["body"], "seen");
    let heads = of("heads.changed")["data"]["heads"].as_array().unwrap();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert_eq!((&heads[0]["room"], &heads[0]["messages"]), (&json!(there.id.to_string()), &json!(1)));
}

#[tokio::test]
async fn rooms_one_is_not_in_cannot_be_opened() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let mut socket = distant(&world, &eve).await;
    for kind in [RoomKind::Public, RoomKind::Private] {
        let room = world.room(&ada, "Elsewhere", kind).await;
        let name = room.id.to_string();
        assert_eq!(socket.refused("room.open", json!({"room": name})).await, "not_found");
        assert_eq!(socket.refused("room.close", json!({"room": name})).await, "not_found");
    }
    assert_eq!(socket.refused("room.open", json!({"room": "nonsense"})).await, "invalid_field");
}
