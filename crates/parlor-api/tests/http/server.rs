//! What strangers may know, and whether the server is well.

use crate::support::{Call, world};

#[tokio::test]
async fn strangers_learn_how_to_come_in() {
    let world = world().await;
    let answer = world.send(Call::get("/server")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["name"], "Parlor");
    assert_eq!(answer.json["registration"], "open");
    assert_eq!(answer.json["guests"], "open");
    assert_eq!(answer.json["setup_needed"], true);
    assert_eq!(answer.json["max_body_bytes"], 16_384);
}

#[tokio::test]
async fn readiness_follows_the_store_and_life_does_not() {
    let world = world().await;
    assert_eq!(world.send(Call::get("//readyz")).await.status, 200);
    world.core.store().close().await;
    let answer = world.send(Call::get("//readyz")).await;
    assert_eq!((answer.status, answer.text.as_str()), (503, "not ready: the database can't be used\n"));
    let answer = world.send(Call::get("//healthz")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_path() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    world.send(Call::get(&format!("/rooms/{room}")).by(&ada)).await;
    world.send(Call::get("//assets/made-up-name.js")).await;
    world.send(Call::new("BREW", "/me")).await;
    let answer = world.send(Call::get("//metrics").on_this_machine()).await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let line = "parlor_http_requests_total{method=\"GET\",route=\"/api/v1/rooms/{id}\",status=\"200\"} 1";
    assert!(answer.text.contains(line), "{}", answer.text);
    assert!(answer.text.ends_with("# EOF\n"));
    for path in [room.as_str(), "made-up-name", "BREW"] {
        assert!(!answer.text.contains(path), "{path} became a label");
    }
}
