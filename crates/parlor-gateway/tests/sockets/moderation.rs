//! Keeping order, as connections see it: who is muted is answered so at once, who is taken out hears nothing more.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::world::{World, options};

#[tokio::test]
async fn a_mute_reaches_connections_that_are_in_the_middle_of_sending() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let (mut keeper, mut sender) = (world.connect(&ada).await, world.connect(&eve).await);
    let mut witness = world.connect(&world.another_session(&ada).await).await;
    let room = room.id.to_string();
    let message = |number: usize| json!({"room": room, "body": format!("{number}")});
    sender.ask("message.send", message(0)).await;
    for number in 1..=40 {
        sender.command("message.send", message(number)).await;
    }
    let user = eve.actor.user.id.to_string();
    let mute = json!({"room": room, "user": user, "duration": 60, "reason": "shouting"});
    let muted_at = keeper.ask("member.mute", mute).await["seq"].as_u64().unwrap();
    // What was under way got a place before the mute, or none.
    let (mut sent, mut refused) = (0, 0);
    while sent + refused < 40 {
        let answer = sender.until(|frame| frame["type"] == "ok" || frame["type"] == "error").await;
        if answer["type"] == "ok" {
            assert!(answer["data"]["seq"].as_u64().unwrap() < muted_at, "{answer} after {muted_at}");
            sent += 1;
        } else {
            assert_muted(&answer["error"]);
            refused += 1;
        }
    }
    let told = witness.until_type("member.updated").await;
    assert_eq!((&told["seq"], &told["data"]["user"]["id"]), (&json!(muted_at), &json!(user)));
    assert!(
        told["data"]["muted"]["until"].is_string() && told["data"]["muted"]["reason"].is_null(),
        "{told}"
    );

    let reference = sender.command("message.send", message(41)).await;
    let answer = sender.until(|frame| frame["ref"] == json!(reference)).await;
    assert_muted(&answer["error"]);
    let mut again = Socket::open(world.address, &[]).await.unwrap();
    let ready = again.hello(&eve.token, json!([])).await;
    let own = ready["rooms"].as_array().unwrap().iter().find(|one| one["id"] == json!(room)).unwrap();
    assert_eq!(own["muted"]["reason"], "shouting");

    keeper.ask("member.unmute", json!({"room": room, "user": user})).await;
    sender.ask("message.send", message(42)).await;
}

fn assert_muted(error: &Value) {
    assert_eq!((&error["code"], &error["details"]["reason"]), (&json!("muted"), &json!("shouting")));
    let left = error["retry_after"].as_f64().unwrap();
    assert!(left > 30.0 && left <= 60.0, "{error}");
}

#[tokio::test]
async fn who_is_kicked_hears_that_and_nothing_later() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Private).await;
    world.invite(&ada, &eve, room.id).await;
    let (mut keeper, mut socket) = (world.connect(&ada).await, world.connect(&eve).await);
    let target = json!({"room": room.id.to_string(), "user": eve.actor.user.id.to_string()});
    assert_eq!(socket.refused("member.kick", target.clone()).await, "forbidden", "not even oneself");
    let left_at = keeper.ask("member.kick", target.clone()).await["seq"].clone();
    assert_eq!(socket.until_type("member.left").await["seq"], left_at);
    world.say(&ada, room.id, "a secret").await;
    assert!(socket.is_quiet(&room.id.to_string()).await);
    for kind in ["member.mute", "member.unmute", "member.kick"] {
        assert_eq!(socket.refused(kind, target.clone()).await, "not_found", "{kind}");
    }
    assert_eq!(keeper.refused("member.kick", target).await, "not_found", "they are gone");
    assert_eq!(keeper.refused("member.mute", json!({"room": "x", "user": "y"})).await, "invalid_field");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_kicked_while_too_far_behind_to_catch_up_hears_nothing_later() {
    let narrow = Options { ring_frames: 16, max_behind: 300, ..options() };
    let world = World::with(narrow, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Private).await;
    world.invite(&ada, &eve, room.id).await;
    let (mut slow, mut quick) = (world.connect(&eve).await, world.connect(&ada).await);
    // More than a socket takes whose other end does not read; and then more changes than are told one by one, so that
    // the kick is in what is passed over.
    let body = "x".repeat(16_000);
    for number in 0..1_100 {
        world.say(&ada, room.id, &format!("{number} {body}")).await;
        quick.frame().await;
    }
    for number in 0..400 {
        world.say(&ada, room.id, &format!("small {number}")).await;
        quick.frame().await;
    }
    let kicked_at = world.core.kick_member(&ada.actor, room.id, eve.actor.user.id).await.unwrap();
    let talking = async {
        for number in 0..200 {
            world.say(&ada, room.id, &format!("later {number}")).await;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    let reset = std::cell::Cell::new(0);
    let listening = slow.until(|frame| {
        let place = frame["to"].as_u64().or(frame["seq"].as_u64());
        assert!(place < Some(kicked_at), "{place:?} after the kick at {kicked_at}");
        if frame["type"] == "room.reset" {
            reset.set(frame["data"]["head"].as_u64().unwrap());
        }
        frame["type"] == "room.left"
    });
    tokio::join!(talking, listening);
    assert!(reset.get() >= kicked_at, "the kick was not passed over: {} < {kicked_at}", reset.get());
    assert!(slow.is_quiet(&room.id.to_string()).await);
}
