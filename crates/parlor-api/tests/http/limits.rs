//! Rate limits: who does too much is told when to go on, and nobody else is.

use parlor_api::Options;
use parlor_edge::Edge;
use parlor_identity::CookiePort;
use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, World, open_settings};

async fn limited() -> World {
    let mut settings = open_settings();
    settings.limits.enabled = true;
    let proxies = vec!["192.0.2.7".parse().unwrap()];
    let edge = Edge::new("http://127.0.0.1:8080", CookiePort::default(), proxies);
    let options = Options { edge, ..Options::default() };
    World::with(settings, options).await
}

/// Sends a call until it is refused for its rate. Answers after how many.
async fn until_limited(world: &World, call: Call) -> usize {
    for count in 0..1_000 {
        let answer = world.send(call.clone()).await;
        if answer.code() == "rate_limited" {
            let seconds = answer.json["retry_after"].as_f64().unwrap();
            let header: f64 = answer.header("retry-after").parse().unwrap();
            assert!(seconds > 0.0 && header >= seconds && header < seconds + 1.0, "{}", answer.text);
            return count;
        }
    }
    panic!("never limited");
}

fn from(address: &str, path: &str, body: Value) -> Call {
    Call::post(path, body).header("x-forwarded-for", address)
}

#[tokio::test]
async fn strangers_are_counted_by_address() {
    let world = limited().await;
    for (path, body) in [
        ("/auth/guest", json!({"display_name": ""})),
        ("/auth/register", json!({"username": "!", "password": ""})),
        ("/invites/inspect", json!({"code": "guess"})),
    ] {
        let count = until_limited(&world, from("203.0.113.1", path, body.clone())).await;
        assert!(count >= 30, "{path} after {count}");
        let answer = world.send(from("203.0.113.2", path, body)).await;
        assert_ne!(answer.code(), "rate_limited", "{path}");
    }
}

fn login(address: &str, name: &str, password: &str) -> Call {
    from(address, "/auth/login", json!({"username": name, "password": password, "cookie": true}))
}

#[tokio::test]
async fn guessing_a_password_is_counted_by_name_and_address() {
    let world = limited().await;
    let mut refused = 0;
    for number in 0..27 {
        let name = ["ada", "ADA", "аda"][number % 3];
        let answer = world.send(login("203.0.113.1", name, "x")).await;
        refused += usize::from(answer.code() == "rate_limited");
    }
    assert!(refused >= 15, "names that look alike count as one: {refused}");
    assert_eq!(world.send(login("203.0.113.1", "eve", "x")).await.code(), "wrong_credentials");
    assert_eq!(world.send(login("203.0.113.2", "ada", "x")).await.code(), "wrong_credentials");
}

#[tokio::test]
async fn whoever_guesses_locks_nobody_else_out() {
    let world = limited().await;
    let body = json!({"username": "ada", "password": PASSWORD, "cookie": true});
    let registered = world.send(from("203.0.113.9", "/auth/register", body)).await;
    let device: Vec<_> =
        registered.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let device = device.iter().find(|line| line.starts_with("parlor_device_8080=")).expect("a device cookie");
    let device = device.split(';').next().unwrap();

    let guesses = (0..200).map(|_| world.send(login("203.0.113.1", "ada", "a wrong password")));
    let answers = futures_util::future::join_all(guesses).await;
    let evaluated = answers.iter().filter(|answer| answer.code() != "rate_limited").count();
    assert!(evaluated <= 11, "{evaluated} of 200 at once");

    let right = |address| login(address, "ada", PASSWORD);
    assert_eq!(world.send(right("203.0.113.2")).await.status, 200, "from another address");
    let known = right("203.0.113.1").header("cookie", device);
    assert_eq!(world.send(known).await.status, 200, "on a known device, at the very address of the guesser");
    let forged = format!("{device}x").replace("_8080=0", "_8080=1");
    let answer = world.send(right("203.0.113.1").header("cookie", &forged)).await;
    assert_eq!(answer.code(), "rate_limited", "a cookie that is not ours shows nothing");
    let other = login("203.0.113.1", "eve", "x").header("cookie", device);
    for _ in 0..11 {
        world.send(other.clone()).await;
    }
    assert_eq!(world.send(other).await.code(), "rate_limited", "nor does it for another name");
}

#[tokio::test]
async fn what_is_too_long_for_a_name_or_a_password_costs_nothing() {
    let world = limited().await;
    let long = "ﷺ".repeat(80_000);
    let answer = world.send(login("203.0.113.1", &long, "x")).await;
    assert_eq!(answer.outcome(), "wrong_credentials");
    let answer = world.send(login("203.0.113.1", "ada", &long)).await;
    assert_eq!(answer.outcome(), "wrong_credentials");
    assert!(until_limited(&world, login("203.0.113.1", &long, "x")).await <= 31, "and it counts");
}

#[tokio::test]
async fn a_made_up_address_is_not_believed() {
    let mut settings = open_settings();
    settings.limits.enabled = true;
    let world = World::with(settings, Options::default()).await;
    let mut limited = false;
    for number in 0..200 {
        let call = from(&format!("203.0.113.{number}"), "/invites/inspect", json!({"code": "guess"}));
        limited |= world.send(call).await.code() == "rate_limited";
    }
    assert!(limited);
}

#[tokio::test]
async fn sends_and_changes_are_counted_by_user() {
    let world = limited().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "public").await;
    world.join(&eve, &room, &ada).await;
    let path = format!("/rooms/{room}/messages");
    let send = |person| Call::post(&path, json!({"body": ""})).by(person);
    assert!(until_limited(&world, send(&ada)).await >= 30);
    assert_eq!(world.send(send(&eve)).await.code(), "body_empty");
    let change = Call::patch("/me", json!({})).by(&ada);
    assert!(until_limited(&world, change).await >= 30);
    let create = Call::post("/rooms", json!({"name": "", "kind": "public"})).by(&ada);
    assert!(until_limited(&world, create).await >= 20);
    assert_eq!(world.send(Call::get("/me").by(&ada)).await.status, 200);
}
