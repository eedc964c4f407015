//! Coming back: what was missed comes in pages without a hole, or word that the room must be read anew.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::world::{Person, World, options};

/// Connects with a position, and returns the socket after `ready`.
async fn resume(world: &World, person: &Person, positions: Value) -> Socket {
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    socket.hello(&person.token, positions).await;
    socket
}

#[tokio::test]
async fn what_was_missed_comes_once_and_in_its_present_state() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let first = world.say(&ada, room.id, "first").await;
    let second = world.say(&ada, room.id, "second").await;
    world.core.edit_message(&ada.actor, room.id, second.id, "edited".into()).await.unwrap();
    world.core.delete_message(&ada.actor, room.id, first.id).await.unwrap();
    let name = room.id.to_string();
    let mut socket = resume(&world, &eve, json!([{"room": name, "seq": 2, "epoch": room.epoch}])).await;
    let page = socket.frame().await;
    assert_eq!((&page["type"], &page["from"], &page["to"]), (&json!("room.changes"), &json!(2), &json!(6)));
    let messages = page["data"]["messages"].as_array().unwrap();
    let bodies: Vec<_> = messages.iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["", "edited"]);
    assert_eq!(page["data"]["users"][0]["username"], "ada");
    world.say(&ada, room.id, "live").await;
    assert_eq!(socket.frame().await["seq"], 7, "and then what happens");
}

#[tokio::test]
async fn who_missed_nothing_gets_nothing() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let said = world.say(&ada, room.id, "x").await;
    let name = room.id.to_string();
    let mut socket = resume(&world, &ada, json!([{"room": name, "seq": said.seq}])).await;
    assert!(socket.is_quiet(&name).await);
    world.say(&ada, room.id, "y").await;
    assert_eq!(socket.frame().await["seq"], said.seq + 1);
}

#[tokio::test]
async fn long_absences_come_in_several_pages() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    for number in 0..350 {
        world.say(&ada, room.id, &format!("{number}")).await;
    }
    let name = room.id.to_string();
    let mut socket = resume(&world, &ada, json!([{"room": name, "seq": 1}])).await;
    let mut last = 1;
    let mut pages = 0;
    while last < 351 {
        let page = socket.frame().await;
        assert_eq!((&page["type"], &page["from"]), (&json!("room.changes"), &json!(last)));
        last = page["to"].as_u64().unwrap();
        pages += 1;
    }
    assert!((2..10).contains(&pages), "{pages}");
    assert!(socket.is_quiet(&name).await);
}

#[tokio::test]
async fn positions_that_lead_nowhere_are_void() {
    let near = Options { max_behind: 10, ..options() };
    let world = World::with(near, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let secret = world.room(&eve, "Secret", RoomKind::Private).await;
    for number in 0..20 {
        world.say(&ada, room.id, &format!("{number}")).await;
    }
    let name = room.id.to_string();
    for (what, position) in [
        ("too far behind", json!({"room": name, "seq": 5})),
        ("another epoch", json!({"room": name, "seq": 21, "epoch": room.epoch + 1})),
        ("the future", json!({"room": name, "seq": 22})),
    ] {
        let mut socket = resume(&world, &ada, json!([position])).await;
        let reset = socket.frame().await;
        assert_eq!(reset["type"], "room.reset", "{what}");
        assert_eq!(reset["data"], json!({"head": 21, "epoch": room.epoch}), "{what}");
    }
    // A room that one is not in and one that does not exist look the same.
    for other in [secret.id.to_string(), "rm_00000000000000000000000000".into()] {
        let mut socket = resume(&world, &ada, json!([{"room": other, "seq": 1}])).await;
        assert_eq!(socket.frame().await, json!({"type": "room.left", "room": other}));
    }
}
