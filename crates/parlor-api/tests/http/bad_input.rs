//! Everything that can be wrong with a request, as a table: the status is the code's, the code is the expected one, the
//! field is named, and (by `support::contract`) the message is a sentence for people.

use std::time::Duration;

use axum::body::Body;
use futures_util::{StreamExt, stream};
use parlor_api::Options;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{Answer, Call, PASSWORD, World, open_settings, world};

/// Sends a call and expects an error code, and the field that it names.
async fn refuses(world: &World, call: Call, code: &str, field: Option<&str>) {
    let place = format!("{} {}", call.method, call.path);
    let answer = world.send(call).await;
    assert_eq!(answer.code(), code, "{place}: {}", answer.text);
    assert_eq!(answer.json["details"]["field"].as_str(), field, "{place}: {}", answer.text);
}

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for() {
    let world = world().await;
    for (body, field) in [
        ("", None),
        ("{", None),
        ("{\"username\":", None),
        ("null", None),
        ("\"text\"", None),
        ("[\"ada\",\"password\"]", None),
        ("{'username':'ada'}", None),
        ("{\"username\":\"ada\",\"password\":\"x\"} trailing", None),
        ("{\"username\":\"\\ud800\",\"password\":\"x\"}", Some("username")),
        ("{\"password\":\"x\"}", Some("username")),
        ("{\"username\":null,\"password\":\"x\"}", Some("username")),
        ("{\"username\":1,\"password\":\"x\"}", Some("username")),
        ("{\"username\":{},\"password\":\"x\"}", Some("username")),
        ("{\"username\":\"a\",\"password\":[\"x\"]}", Some("password")),
        ("{\"username\":\"a\",\"password\":\"x\",\"cookie\":\"yes\"}", Some("cookie")),
        ("{\"username\":\"a\",\"password\":\"x\",\"role\":\"owner\"}", Some("role")),
        ("{\"username\":\"a\",\"username\":\"b\",\"password\":\"x\"}", Some("username")),
    ] {
        refuses(&world, Call::new("POST", "/auth/login").raw(body), "bad_request", field).await;
    }
    let not_text = Call::new("POST", "/auth/login").raw(b"{\"username\":\"\xff\"}".as_slice());
    refuses(&world, not_text, "bad_request", None).await;
    let deep = Call::new("POST", "/auth/login").raw("[".repeat(100_000));
    refuses(&world, deep, "bad_request", None).await;
    let no_type = Call::new("POST", "/auth/login");
    refuses(&world, no_type, "bad_request", None).await;
}

/// Nobody becomes more by naming a field that the server keeps.
#[tokio::test]
async fn fields_of_the_servers_own_can_not_be_set() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    for field in ["role", "id", "is_admin", "workspace", "author", "seq", "__proto__", "constructor"] {
        let bodies: [(&str, String, Value); 5] = [
            ("POST", "/auth/register".into(), json!({"username": "eve", "password": PASSWORD})),
            ("PATCH", "/me".into(), json!({})),
            ("POST", "/rooms".into(), json!({"name": "Coffee", "kind": "public"})),
            ("PATCH", format!("/rooms/{room}"), json!({})),
            ("POST", format!("/rooms/{room}/messages"), json!({"body": "hi"})),
        ];
        for (method, path, mut body) in bodies {
            body[field] = json!("owner");
            let call = Call::new(method, &path).json(&body).by(&ada);
            refuses(&world, call, "bad_request", Some(field)).await;
        }
    }
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let options = Options { max_request_bytes: 1_000, ..Options::default() };
    let world = World::with(open_settings(), options).await;
    let body = json!({"username": "a".repeat(1_000), "password": "x"}).to_string();
    let announced = Call::new("POST", "/auth/login").raw(body.clone()).header("content-length", "1030");
    let unannounced = Call::new("POST", "/auth/login").raw(body);
    for call in [announced, unannounced] {
        let answer = world.send(call).await;
        assert_eq!(
            (answer.outcome().as_str(), &answer.json["details"]["limit"]),
            ("too_large", &json!(1_000))
        );
    }
    let fitting = json!({"username": "a".repeat(900), "password": "x"});
    refuses(&world, Call::post("/auth/login", fitting), "wrong_credentials", None).await;
}

#[tokio::test]
async fn bodies_that_break_off_or_never_end() {
    let options = Options { body_timeout: Duration::from_millis(20), ..Options::default() };
    let world = World::with(open_settings(), options).await;
    let beginning = || stream::iter([Ok("{\"username\":")]);
    let broken = Body::from_stream(beginning().chain(stream::iter([Err(std::io::Error::other("reset"))])));
    let endless = Body::from_stream(beginning().chain(stream::pending::<Result<_, std::io::Error>>()));
    for (body, words) in
        [(broken, "The body ended too early."), (endless, "The body did not arrive in time.")]
    {
        let request = Call::new("POST", "/auth/login").raw("").into_request_with(body);
        let answer = Answer::read(world.router.clone().oneshot(request).await.unwrap()).await;
        assert_eq!((answer.code(), answer.json["message"].as_str()), ("bad_request", Some(words)));
    }
}

#[tokio::test]
async fn ids_that_are_none_belong_to_nothing() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    let said = world.say(&ada, &room, "hi").await["id"].as_str().unwrap().to_owned();
    let user = &ada.id;
    for id in [
        "x",
        "rm_",
        "rm_zzz",
        "%00",
        "%ff",
        "..%2f..",
        "rm_00000000000000000000000000",
        user,
        &room.to_uppercase(),
        &"a".repeat(5_000),
    ] {
        for call in [
            Call::get(&format!("/rooms/{id}")),
            Call::patch(&format!("/rooms/{id}"), json!({})),
            Call::new("POST", &format!("/rooms/{id}/join")),
            Call::new("POST", &format!("/rooms/{id}/leave")),
            Call::get(&format!("/rooms/{id}/members")),
            Call::get(&format!("/rooms/{id}/messages")),
            Call::post(&format!("/rooms/{id}/messages"), json!({"body": "hi"})),
            Call::get(&format!("/rooms/{id}/changes?after=0")),
            Call::get(&format!("/rooms/{id}/invites")),
            Call::delete(&format!("/rooms/{id}/messages/{said}")),
            Call::patch(&format!("/rooms/{room}/messages/{id}"), json!({"body": "hi"})),
            Call::delete(&format!("/rooms/{room}/messages/{id}")),
            Call::delete(&format!("/rooms/{room}/invites/{id}")),
            Call::delete(&format!("/sessions/{id}")),
        ] {
            refuses(&world, call.by(&ada), "not_found", None).await;
        }
    }
}

#[tokio::test]
async fn names_that_are_taken_or_deceive() {
    let world = world().await;
    let ada = world.member("paypal").await;
    world.room(&ada, "Tea", "public").await;
    let register = |name: &str| Call::post("/auth/register", json!({"username": name, "password": PASSWORD}));
    refuses(&world, register("PayPal"), "name_taken", None).await;
    for name in ["раураl", "рaypal"] {
        let answer = world.send(register(name)).await;
        assert!(["name_confusable", "invalid_field"].contains(&answer.code()), "{name}: {}", answer.text);
    }
    refuses(&world, register("paypa1"), "name_confusable", None).await;
    for name in
        ["", "a", "a b", "a\u{202e}b", "a\u{200b}b", "a\0b", "a\nb", "-ab", "<b>", &"a".repeat(33), "аdа-ada"]
    {
        refuses(&world, register(name), "invalid_field", Some("username")).await;
    }
    let room = |name: &str| Call::post("/rooms", json!({"name": name, "kind": "public"})).by(&ada);
    refuses(&world, room("Tea"), "name_taken", None).await;
    refuses(&world, room("tea"), "name_confusable", None).await;
    refuses(&world, room("Tеа"), "name_confusable", None).await;
    refuses(&world, room("Теа"), "name_confusable", None).await;
    for name in ["", " ", "#", "a\u{202e}b", "\u{2066}", "a\u{7}", "\u{feff}x", "a\0", &"a".repeat(65)] {
        refuses(&world, room(name), "invalid_field", Some("name")).await;
        let rename = Call::patch("/me", json!({"display_name": name})).by(&ada);
        if name != "#" {
            refuses(&world, rename, "invalid_field", Some("display_name")).await;
        }
    }
}

#[tokio::test]
async fn values_outside_their_bounds() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    let messages = format!("/rooms/{room}/messages");
    let invites = format!("/rooms/{room}/invites");
    for (call, code, field) in [
        (Call::post("/rooms", json!({"name": "Coffee", "kind": "secret"})), "invalid_field", Some("kind")),
        (
            Call::post("/rooms", json!({"name": "Coffee", "kind": "public", "topic": "a".repeat(251)})),
            "invalid_field",
            Some("topic"),
        ),
        (Call::post(&messages, json!({"body": ""})), "body_empty", None),
        (Call::post(&messages, json!({"body": " \n\t"})), "body_empty", None),
        (Call::post(&messages, json!({"body": "\u{200b}\u{3164}"})), "body_empty", None),
        (Call::post(&messages, json!({"body": "/me \u{fe0f}"})), "body_empty", None),
        (
            Call::patch(&format!("{messages}/msg_00000000000000000000000000"), json!({"body": "\u{2800}"})),
            "body_empty",
            None,
        ),
        (Call::post(&messages, json!({"body": "a".repeat(16_385)})), "body_too_long", None),
        (Call::post(&messages, json!({"body": "a\0b"})), "invalid_field", Some("body")),
        (Call::post(&messages, json!({"body": "/nosuch thing"})), "unknown_command", None),
        (Call::post(&messages, json!({"body": "hi", "nonce": ""})), "invalid_field", Some("nonce")),
        (Call::post(&messages, json!({"body": "hi", "nonce": "a b"})), "invalid_field", Some("nonce")),
        (
            Call::post(&messages, json!({"body": "hi", "nonce": "a".repeat(65)})),
            "invalid_field",
            Some("nonce"),
        ),
        (Call::post(&invites, json!({"expires_in": 59})), "invalid_field", Some("expires_in")),
        (Call::post(&invites, json!({"expires_in": 31_536_001})), "invalid_field", Some("expires_in")),
        (Call::post(&invites, json!({"max_uses": 0})), "invalid_field", Some("max_uses")),
        (Call::post(&invites, json!({"max_uses": -1})), "bad_request", Some("max_uses")),
        (Call::post(&invites, json!({"max_uses": 1.5})), "bad_request", Some("max_uses")),
        (Call::post(&invites, json!({"max_uses": 4_294_967_296_u64})), "bad_request", Some("max_uses")),
        (
            Call::post("/auth/register", json!({"username": "eve", "password": "short"})),
            "invalid_field",
            Some("password"),
        ),
        (
            Call::post("/auth/register", json!({"username": "eve", "password": "a".repeat(1_025)})),
            "invalid_field",
            Some("password"),
        ),
    ] {
        refuses(&world, call.by(&ada), code, field).await;
    }
}

#[tokio::test]
async fn queries_outside_their_bounds() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    for (path, query, field) in [
        ("messages", "limit=0", "limit"),
        ("messages", "limit=201", "limit"),
        ("messages", "limit=-1", "limit"),
        ("messages", "limit=ten", "limit"),
        ("messages", "limit=", "limit"),
        ("messages", "limit=1&limit=2", "limit"),
        ("messages", "before=x", "before"),
        ("messages", "before=-1", "before"),
        ("messages", "after=1.5", "after"),
        ("messages", "around=18446744073709551616", "around"),
        ("messages", "before=1&after=2", "after"),
        ("messages", "before=1&around=2", "around"),
        ("messages", "before=1&after=2&around=3", "around"),
        ("members", "limit=500", "limit"),
        ("members", "after=nobody", "after"),
        ("changes", "", "after"),
        ("changes", "after=0&limit=201", "limit"),
    ] {
        let call = Call::get(&format!("/rooms/{room}/{path}?{query}")).by(&ada);
        refuses(&world, call, "invalid_field", Some(field)).await;
    }
    refuses(&world, Call::get("/rooms?scope=all").by(&ada), "invalid_field", Some("scope")).await;
    for path in [
        format!("/rooms/{room}/messages?befor=1"),
        "/rooms?other=2".to_owned(),
        "/users?ids=a&x=1".to_owned(),
    ] {
        let answer = world.send(Call::get(&path).by(&ada)).await;
        assert_eq!(answer.outcome(), "bad_request", "{path}");
    }
}

#[tokio::test]
async fn credentials_that_are_none() {
    let world = world().await;
    let ada = world.member("ada").await;
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        &format!("Bearer {}x", ada.token),
        &ada.token,
        &format!("Bearer {}", ada.id),
    ] {
        let call = Call::get("/me")
            .header("authorization", value)
            .header("cookie", &format!("parlor_session_8080={}", ada.token));
        refuses(&world, call, "unauthenticated", None).await;
    }
    for value in [
        "",
        "parlor_session_8080",
        "parlor_session_8080=",
        "parlor_session_8080=x",
        "parlor_session=x",
        "__Host-parlor_session=x",
        "other=1",
    ] {
        refuses(&world, Call::get("/me").header("cookie", value), "unauthenticated", None).await;
    }
    refuses(&world, Call::get("/me"), "unauthenticated", None).await;
}

#[tokio::test]
async fn a_nul_is_refused_wherever_a_text_is_taken() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    let message = world.say(&ada, &room, "hi").await["id"].as_str().unwrap().to_owned();
    for path in [
        "/rooms/by-slug/a%00b".to_owned(),
        "/rooms/%00".to_owned(),
        "/rooms?scope=public&after=%00".to_owned(),
        "/rooms?scope=%00".to_owned(),
        "/users?ids=%00".to_owned(),
        format!("/rooms/{room}/members?after=%00"),
        format!("/rooms/{room}/messages?after=%00"),
        format!("/rooms/{room}/invites?after=%00"),
        "/sessions?after=%00".to_owned(),
        "/rooms?after=%00".to_owned(),
    ] {
        let answer = world.send(Call::get(&path).by(&ada)).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.text);
    }
    for (method, path, body) in [
        ("POST", "/auth/login".to_owned(), json!({"username": "a\0b", "password": "x"})),
        ("POST", "/auth/register".to_owned(), json!({"username": "a\0b", "password": "long enough"})),
        (
            "POST",
            "/auth/register".to_owned(),
            json!({"username": "eve", "password": "long enough", "display_name": "a\0b"}),
        ),
        (
            "POST",
            "/auth/register".to_owned(),
            json!({"username": "eve", "password": "long enough", "invite": "\0"}),
        ),
        (
            "POST",
            "/auth/register".to_owned(),
            json!({"username": "eve", "password": "long enough", "setup_token": "\0"}),
        ),
        ("POST", "/auth/guest".to_owned(), json!({"display_name": "a\0b"})),
        ("PATCH", "/me".to_owned(), json!({"display_name": "a\0b"})),
        ("POST", "/rooms".to_owned(), json!({"name": "a\0b", "kind": "public"})),
        ("POST", "/rooms".to_owned(), json!({"name": "a", "kind": "\0"})),
        ("POST", "/rooms".to_owned(), json!({"name": "a", "kind": "public", "topic": "\0"})),
        ("PATCH", format!("/rooms/{room}"), json!({"topic": "a\0b"})),
        ("POST", format!("/rooms/{room}/messages"), json!({"body": "a\0b"})),
        ("POST", format!("/rooms/{room}/messages"), json!({"body": "a", "nonce": "\0"})),
        ("POST", format!("/rooms/{room}/messages"), json!({"body": "a", "reply_to": "\0"})),
        ("PATCH", format!("/rooms/{room}/messages/{message}"), json!({"body": "a\0b"})),
        ("POST", format!("/rooms/{room}/members/{}/mute", ada.id), json!({"reason": "\0"})),
        ("POST", "/invites/inspect".to_owned(), json!({"code": "\0"})),
        ("POST", "/invites/accept".to_owned(), json!({"code": "\0"})),
    ] {
        let answer = world.send(Call::new(method, &path).json(&body).by(&ada)).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.text);
    }
}
