//! How connections end: by their session, by silence, by the server.

use std::sync::Arc;
use std::time::Duration;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use parlor_protocol::CloseCode;
use serde_json::json;

use crate::socket::{Came, Refused, Socket};
use crate::world::{World, options};

#[tokio::test]
async fn the_end_of_a_session_is_the_end_of_its_connections_and_of_no_others() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let other = world.another_session(&ada).await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let (mut one, mut two, mut three) =
        (world.connect(&ada).await, world.connect(&ada).await, world.connect(&other).await);
    world.end_session(&ada).await;
    assert_eq!(one.next().await, Came::Closed(Some(4502)));
    assert_eq!(two.next().await, Came::Closed(Some(4502)));
    world.say(&other, room.id, "still here").await;
    assert_eq!(three.frame().await["type"], "message.created");
    let mut again = Socket::open(world.address, &[]).await.unwrap();
    assert_eq!(again.refused("hello", json!({"token": ada.token})).await, "unauthenticated");
    assert_eq!(again.next().await, Came::Closed(Some(4501)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_while_it_says_hello_has_no_connection() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    for round in 0..100 {
        let session = world.another_session(&ada).await;
        let mut socket = Socket::open(world.address, &[]).await.unwrap();
        socket.command("hello", json!({"token": session.token})).await;
        world.end_session(&session).await;
        let code = socket.closed().await;
        assert!(matches!(code, Some(4501 | 4502)), "round {round}: {code:?}");
    }
}

#[tokio::test]
async fn an_end_that_the_bus_lost_is_found() {
    let quick = Options {
        session_check_every: Duration::from_millis(100),
        ping_every: Duration::from_millis(50),
        ..options()
    };
    let world = World::with(quick, Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let mut socket = world.connect(&ada).await;
    world.identity.end_session(&ada.actor, ada.actor.session).await.unwrap();
    assert_eq!(socket.next().await, Came::Closed(Some(4502)));
}

#[tokio::test]
async fn a_bus_that_lost_track_loses_nobody_anything() {
    let bus = Arc::new(MemoryBus::with_capacity(4));
    let world = World::with(options(), bus, false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let general = world.room(&ada, "General", RoomKind::Public).await;
    let news = world.room(&ada, "News", RoomKind::Public).await;
    let mut socket = world.connect(&ada).await;
    let mut ended = world.connect(&eve).await;
    // Nothing here lets the hub run in between, so what it hears is only that it missed something.
    let said = world.say(&ada, general.id, "x").await;
    let core = world.core.clone();
    world.identity.end_session(&eve.actor, eve.actor.session).await.unwrap();
    let third = world.core.join_room(&world.person("bob").await.actor, news.id).await.unwrap();
    let flood = parlor_model::SessionId::from_bytes([9; 16]);
    (0..50).for_each(|_| core.bus().publish(parlor_bus::Notice::SessionEnded(flood)));
    assert_eq!(ended.next().await, Came::Closed(Some(4502)));
    let mut seen = (0, 0);
    while seen != (said.seq, third.0.head) {
        let frame = socket.frame().await;
        let to = frame["seq"].as_u64().or(frame["to"].as_u64()).unwrap();
        if frame["room"] == general.id.to_string() { seen.0 = to } else { seen.1 = to }
    }
}

#[tokio::test]
async fn who_does_not_answer_is_gone() {
    let quick = Options { ping_every: Duration::from_millis(50), ..options() };
    let world = World::with(quick, Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let silent = world.connect(&ada).await;
    // A client that does not read does not answer pings either.
    world.until_connections(0).await;
    let rest = silent.rest().await;
    let reason = CloseCode::Silent.reason();
    let length = u8::try_from(2 + reason.len()).unwrap();
    let goodbye = [&[0x88, length, 0x11, 0x32], reason.as_bytes()].concat();
    assert!(rest.ends_with(&goodbye), "{rest:?}");
    let mut lively = world.connect(&ada).await;
    for _ in 0..20 {
        lively.ask("ping", json!({})).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_answers_first_and_says_come_back() {
    let patient = Options { close_within: Duration::from_secs(20), ..options() };
    let world = World::with(patient, Arc::new(MemoryBus::new()), false).await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    let mut socket = world.connect(&ada).await;
    let mut stranger = Socket::open(world.address, &[]).await.unwrap();
    let writer = world.hold_writer().await;
    let mut sent = Vec::new();
    for number in 0..10 {
        let data = json!({"room": room.id.to_string(), "body": format!("{number}")});
        sent.push(socket.command("message.send", data).await);
    }
    // The answer to this shows that the server has taken up all that was sent before it.
    socket.ask("ping", json!({})).await;
    let gateway = world.gateway.clone();
    let stopping = tokio::spawn(async move { gateway.shutdown(Duration::from_mins(1)).await });
    let refused = loop {
        match Socket::open(world.address, &[]).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, Refused { status: 503, code: "unavailable".into() });
    drop(writer);
    let mut answered = Vec::new();
    let code = loop {
        match socket.next().await {
            Came::Frame(frame) if frame["type"] == "ok" => answered.push(frame["ref"].as_u64().unwrap()),
            Came::Frame(_) => {}
            Came::Closed(code) => break code,
        }
    };
    assert_eq!((code, answered), (Some(1001), sent), "what was taken up was answered");
    // Who had not said hello is told when it does.
    stranger.command("hello", json!({"token": ada.token})).await;
    assert_eq!(stranger.frame().await["error"]["code"], "unavailable");
    assert_eq!(stranger.next().await, Came::Closed(Some(1001)));
    // A server that has said goodbye waits for the others to go.
    drop((socket, stranger));
    assert_eq!(stopping.await.unwrap(), 0);
}
