//! Who of a room is connected.

use std::sync::Arc;
use std::time::Duration;

use parlor_bus::{Bus, MemoryBus};
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::json;

use crate::world::{LateBus, World, options};

#[tokio::test]
async fn a_watcher_hears_who_comes_and_goes() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let (name, view) = (room.id.to_string(), world.gateway.presence());
    let mut watcher = world.connect(&ada).await;
    let present = watcher.ask("presence.watch", json!({"room": name})).await;
    assert_eq!(present, json!({"online": [ada.actor.id().to_string()], "offline": []}));
    assert!(!view.is_online(eve.actor.id()));

    let one = world.connect(&eve).await;
    let two = world.connect(&eve).await;
    let news = watcher.frame().await;
    assert_eq!((&news["type"], &news["room"]), (&json!("presence.changed"), &json!(name)));
    assert_eq!(news["data"], json!({"online": [eve.actor.id().to_string()], "offline": []}));
    assert!(view.is_online(eve.actor.id()));
    assert_eq!(view.online(room.id).len(), 2);
    drop(one);
    world.until_connections(2).await;
    drop(two);
    let news = watcher.frame().await;
    assert_eq!(news["data"], json!({"online": [], "offline": [eve.actor.id().to_string()]}));
    assert_eq!(view.online(room.id), [ada.actor.id()]);

    watcher.ask("presence.unwatch", json!({"room": name})).await;
    let _three = world.connect(&eve).await;
    world.say(&ada, room.id, "x").await;
    assert_eq!(watcher.frame().await["type"], "message.created");
    assert!(watcher.is_quiet(&name).await);
}

#[tokio::test]
async fn who_lost_a_private_room_watches_it_no_more() {
    let world = World::open().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "Closed", RoomKind::Private).await;
    world.invite(&ada, &eve, room.id).await;
    let name = room.id.to_string();
    let mut watcher = world.connect(&eve).await;
    watcher.ask("presence.watch", json!({"room": name})).await;
    let one = world.connect(&ada).await;
    watcher.until_type("presence.changed").await;
    world.core.leave_room(&eve.actor, room.id).await.unwrap();
    watcher.until_type("member.left").await;
    drop(one);
    world.until_connections(1).await;
    // Two ticks would tell.
    tokio::time::sleep(crate::world::options().presence_every * 3).await;
    assert!(watcher.is_quiet(&name).await);
    assert_eq!(watcher.refused("presence.watch", json!({"room": name})).await, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_a_room_while_far_behind_learns_nothing_of_it_either() {
    let narrow = Options { ring_frames: 16, ..options() };
    let world = World::with(narrow, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve, bob) = (world.person("ada").await, world.person("eve").await, world.person("bob").await);
    let room = world.room(&ada, "Closed", RoomKind::Private).await;
    world.invite(&ada, &eve, room.id).await;
    world.invite(&ada, &bob, room.id).await;
    let name = room.id.to_string();
    let (leaving, mut slow) = (world.connect(&bob).await, world.connect(&eve).await);
    slow.ask("presence.watch", json!({"room": name})).await;
    let body = "x".repeat(16_000);
    for number in 0..900 {
        world.say(&ada, room.id, &format!("{number} {body}")).await;
    }
    world.core.leave_room(&eve.actor, room.id).await.unwrap();
    // Somebody else hears of what happens next, so the one that is far behind has been told as far as that goes.
    let mut other = world.connect(&ada).await;
    other.ask("presence.watch", json!({"room": name})).await;
    drop(leaving);
    // Who left may be told of in the same frame.
    let went = json!(bob.actor.id().to_string());
    other.until(|frame| frame["data"]["offline"].as_array().is_some_and(|who| who.contains(&went))).await;
    slow.until(|frame| {
        assert!(frame["type"] != "presence.changed" || frame["data"]["offline"] == json!([]), "{frame}");
        // It depends on how far the pages have come when the room is lost; nobody else leaves it.
        frame["type"] == "room.left" || frame["type"] == "member.left"
    })
    .await;
    assert!(slow.is_quiet(&name).await);
}

/// News of presence waits for what the room has. That may turn out to be known already, and then leads to no frame.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presence_is_told_after_news_that_were_known() {
    let often = Options { presence_every: Duration::from_millis(1), ..options() };
    let bus = Arc::new(LateBus::default());
    let world = World::with(often, Arc::clone(&bus) as Arc<dyn Bus>, false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let (name, went) = (room.id.to_string(), json!([eve.actor.id().to_string()]));
    // Keeps the room where the bus has brought it.
    let _follower = world.connect(&ada).await;
    for round in 0..100 {
        let leaving = world.connect(&eve).await;
        bus.hold();
        for number in 0..20 {
            world.say(&ada, room.id, &format!("{round}.{number}")).await;
        }
        // It knows all that from the store before the bus brings it.
        let mut watcher = world.connect(&ada).await;
        watcher.ask("presence.watch", json!({"room": name})).await;
        drop(leaving);
        bus.release();
        watcher.until(|frame| frame["data"]["offline"] == went).await;
    }
}
