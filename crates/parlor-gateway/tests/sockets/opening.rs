//! Who gets a socket, and who gets to speak over it.

use std::sync::Arc;
use std::time::Duration;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::RoomKind;
use serde_json::json;

use crate::socket::{Came, Refused, Socket};
use crate::world::{Person, World, options};

fn cookie(world: &World, person: &Person) -> String {
    format!("theme=dark; parlor_session_{}={}", world.address.port(), person.token)
}

#[tokio::test]
async fn ready_says_who_and_where() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.say(&ada, room.id, "hi").await;
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    let ready = socket.hello(&ada.token, json!([])).await;
    assert_eq!(ready["user"]["username"], "ada");
    assert_eq!(ready["rooms"][0]["id"], room.id.to_string());
    assert_eq!((&ready["rooms"][0]["head"], &ready["rooms"][0]["role"]), (&json!(2), &json!("owner")));
    // By this clock ends what ends at a time.
    let now = ready["now"].as_str().unwrap();
    assert!(now.starts_with("2023-11-14T22:13:2") && now < socket.ping().await.as_str(), "{now}");
}

#[tokio::test]
async fn a_cookie_opens_only_from_our_own_page() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let cookie = cookie(&world, &ada);
    let ours = format!("http://{}", world.address);
    // With TLS, a proxy that nobody has told the server of stands between.
    for page in [ours.clone(), format!("https://{}", world.address)] {
        let mut socket =
            Socket::open(world.address, &[("origin", &page), ("cookie", &cookie)]).await.unwrap();
        socket.command("hello", json!({})).await;
        assert_eq!(socket.frame().await["data"]["user"]["username"], "ada", "{page}");
    }

    let port = world.address.port();
    let foreign = [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("{ours}.evil.example"),
        format!("http://evil127.0.0.1:{port}"),
        format!("http://127.0.0.1:{}", port ^ 1),
        "http://127.0.0.1".to_owned(),
        format!("ws://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("{ours}/"),
    ];
    let forbidden = Err(Refused { status: 403, code: "origin_forbidden".into() });
    for origin in &foreign {
        let opened = Socket::open(world.address, &[("origin", origin), ("cookie", &cookie)]).await;
        assert_eq!(opened.map(|_| origin), forbidden, "{origin}");
    }
    let opened = Socket::open(world.address, &[("cookie", &cookie)]).await;
    assert_eq!(opened.map(|_| "absent"), Err(Refused { status: 403, code: "origin_forbidden".into() }));
}

#[tokio::test]
async fn another_page_needs_a_token_of_its_own() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let mut socket = Socket::open(world.address, &[("origin", "https://shop.example")]).await.unwrap();
    socket.hello(&ada.token, json!([])).await;
    let mut socket = Socket::open(world.address, &[("origin", "https://shop.example")]).await.unwrap();
    socket.command("hello", json!({})).await;
    assert_eq!(socket.frame().await["error"]["code"], "unauthenticated");
    assert_eq!(socket.next().await, Came::Closed(Some(4501)));
}

#[tokio::test]
async fn a_header_opens_for_programs() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let bearer = format!("Bearer {}", ada.token);
    let mut socket = Socket::open(world.address, &[("authorization", &bearer)]).await.unwrap();
    socket.command("hello", json!({})).await;
    assert_eq!(socket.frame().await["data"]["user"]["username"], "ada");
    let mut socket = Socket::open(world.address, &[("authorization", "Bearer wrong")]).await.unwrap();
    socket.command("hello", json!({})).await;
    assert_eq!(socket.frame().await["error"]["code"], "unauthenticated");
    assert_eq!(socket.next().await, Came::Closed(Some(4501)));
}

#[tokio::test]
async fn a_token_in_the_address_opens_nothing() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let url = format!("ws://{}/api/v1/ws?token={}&access_token={}", world.address, ada.token, ada.token);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let mut socket = Socket::of(socket);
    socket.command("hello", json!({})).await;
    assert_eq!(socket.frame().await["error"]["code"], "unauthenticated");
}

#[tokio::test]
async fn who_does_not_say_hello_is_closed_in_time() {
    let quick = Options { hello_within: Duration::from_millis(100), ..options() };
    let world = World::with(quick, Arc::new(MemoryBus::new()), false).await;
    let mut silent = Socket::open(world.address, &[]).await.unwrap();
    assert_eq!(silent.next().await, Came::Closed(Some(4401)));
    let mut chatty = Socket::open(world.address, &[]).await.unwrap();
    chatty.command("ping", json!({})).await;
    assert_eq!(chatty.frame().await["error"]["code"], "hello_expected");
    assert_eq!(chatty.next().await, Came::Closed(Some(4401)));
}

#[tokio::test]
async fn who_only_talks_nonsense_is_closed_before() {
    let world = World::open().await;
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    for _ in 0..8 {
        socket.text("nonsense").await;
        assert_eq!(socket.frame().await["error"]["code"], "bad_request");
    }
    assert_eq!(socket.closed().await, Some(4503));
}

#[tokio::test]
async fn a_hello_that_can_be_mended_is_not_the_end() {
    let world = World::open().await;
    let ada = world.person("ada").await;
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    assert_eq!(socket.refused("hello", json!({"token": 5})).await, "bad_request");
    assert_eq!(socket.refused("hello", json!({"password": "x"})).await, "bad_request");
    let resume = json!([{"room": "nonsense", "seq": 1}]);
    assert_eq!(socket.refused("hello", json!({"resume": resume})).await, "invalid_field");
    socket.hello(&ada.token, json!([])).await;
}

#[tokio::test]
async fn nobody_takes_all_the_connections() {
    let few = Options { max_connections_per_user: 2, max_connections_per_address: 4, ..options() };
    let world = World::with(few, Arc::new(MemoryBus::new()), true).await;
    let ada = world.person("ada").await;
    let one = world.connect(&ada).await;
    let _two = world.connect(&ada).await;
    let mut third = Socket::open(world.address, &[]).await.unwrap();
    third.command("hello", json!({"token": ada.token})).await;
    assert_eq!(third.frame().await["error"]["code"], "rate_limited");
    assert_eq!(third.next().await, Came::Closed(Some(4503)));
    drop(third);
    let _other = world.connect(&world.person("eve").await).await;
    world.until_connections(3).await;
    let _stranger = Socket::open(world.address, &[]).await.unwrap();
    let refused = Socket::open(world.address, &[]).await.map(|_| "one too many");
    assert_eq!(refused, Err(Refused { status: 429, code: "rate_limited".into() }));
    drop(one);
}
