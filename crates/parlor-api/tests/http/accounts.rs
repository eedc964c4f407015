//! Coming in and going out.

use parlor_api::Options;
use parlor_core::{Guests, Registration};
use serde_json::json;

use crate::support::{Call, PASSWORD, World, open_settings, world};

#[tokio::test]
async fn registers_and_signs_in() {
    let world = world().await;
    let body = json!({"username": "Ada", "password": PASSWORD, "display_name": "Ada L."});
    let answer = world.send(Call::post("/auth/register", body)).await;
    assert_eq!(answer.status, 201);
    let user = &answer.json["user"];
    assert_eq!((&user["username"], &user["display_name"]), (&json!("ada"), &json!("Ada L.")));
    assert_eq!(user["role"], "member");

    let ada = world.person(&answer).await;
    let me = world.send(Call::get("/me").by(&ada)).await;
    assert_eq!((me.status, &me.json["user"]), (200, user));

    let login = json!({"username": "ADA", "password": PASSWORD});
    let answer = world.send(Call::post("/auth/login", login)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(&answer.json["user"], user);
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_answer_alike() {
    let world = world().await;
    world.register("ada").await;
    let mut answers = Vec::new();
    for (name, password) in [("ada", "wrong password"), ("nobody", PASSWORD), ("ada", ""), ("\u{202e}", "x")]
    {
        let body = json!({"username": name, "password": password});
        let answer = world.send(Call::post("/auth/login", body)).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn logout_ends_the_token_and_tells() {
    let mut world = world().await;
    let ada = world.member("ada").await;
    let answer = world.send(Call::new("POST", "/auth/logout").by(&ada)).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(world.ended().await, [ada.session]);
    let answer = world.send(Call::get("/me").by(&ada)).await;
    assert_eq!(answer.outcome(), "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let mut world = world().await;
    let ada = world.register("ada").await;
    let phone = world.again(&ada).await;
    let wrong = json!({"current_password": "wrong password", "new_password": "battery staple"});
    let answer = world.send(Call::post("/me/password", wrong).by(&ada)).await;
    assert_eq!(answer.outcome(), "wrong_credentials");
    let short = json!({"current_password": PASSWORD, "new_password": "short"});
    let answer = world.send(Call::post("/me/password", short).by(&ada)).await;
    assert_eq!(
        (answer.outcome().as_str(), &answer.json["details"]["field"]),
        ("invalid_field", &json!("password"))
    );
    assert_eq!(world.ended().await, []);

    let right = json!({"current_password": PASSWORD, "new_password": "battery staple"});
    let answer = world.send(Call::post("/me/password", right).by(&ada)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(world.ended().await, [phone.session]);
    assert_eq!(world.send(Call::get("/me").by(&ada)).await.status, 200);
    assert_eq!(world.send(Call::get("/me").by(&phone)).await.outcome(), "unauthenticated");
    let old = json!({"username": "ada", "password": PASSWORD});
    assert_eq!(world.send(Call::post("/auth/login", old)).await.outcome(), "wrong_credentials");
}

#[tokio::test]
async fn the_setup_link_makes_the_owner_once() {
    let world = world().await;
    let token = world.core.issue_setup_token().await.unwrap().unwrap();
    let body =
        |name: &str, token: &str| json!({"username": name, "password": PASSWORD, "setup_token": token});
    let answer = world.send(Call::post("/auth/register", body("eve", "guessed"))).await;
    assert_eq!(answer.outcome(), "setup_token_invalid");
    let answer = world.send(Call::post("/auth/register", body("ada", &token))).await;
    assert_eq!((answer.status, &answer.json["user"]["role"]), (201, &json!("owner")));
    assert_eq!(answer.json["room"]["role"], "owner");
    let answer = world.send(Call::post("/auth/register", body("eve", &token))).await;
    assert_eq!(answer.outcome(), "setup_token_invalid");
    assert_eq!(world.send(Call::get("/server")).await.json["setup_needed"], false);
}

#[tokio::test]
async fn doors_that_are_not_open_say_what_they_want() {
    for (registration, guests, expected) in [
        (Registration::Invite, Guests::Invite, ["registration_needs_invite", "guests_need_invite"]),
        (Registration::Closed, Guests::Off, ["registration_closed", "guests_closed"]),
    ] {
        let mut settings = open_settings();
        (settings.registration, settings.guests) = (registration, guests);
        let world = World::with(settings, Options::default()).await;
        let register = json!({"username": "ada", "password": PASSWORD});
        let answer = world.send(Call::post("/auth/register", register)).await;
        assert_eq!(answer.outcome(), expected[0]);
        let guest = json!({"display_name": "Grace"});
        let answer = world.send(Call::post("/auth/guest", guest)).await;
        assert_eq!(answer.outcome(), expected[1]);
    }
}

#[tokio::test]
async fn a_guest_enters_and_becomes_an_account() {
    let world = world().await;
    let answer = world.send(Call::post("/auth/guest", json!({"display_name": "Grace"}))).await;
    assert_eq!((answer.status, &answer.json["user"]["role"]), (201, &json!("guest")));
    let grace = world.person(&answer).await;
    let body = json!({"username": "grace", "password": PASSWORD});
    let answer = world.send(Call::post("/me/upgrade", body.clone()).by(&grace)).await;
    assert_eq!((answer.status, &answer.json["user"]["role"]), (200, &json!("member")));
    assert_eq!(answer.json["user"]["id"], grace.id.as_str());
    let answer = world.send(Call::post("/me/upgrade", body).by(&grace)).await;
    assert_eq!(answer.outcome(), "not_a_guest", "a program keeps its token");
}

#[tokio::test]
async fn coming_in_ends_the_session_one_came_with() {
    let mut world = world().await;
    world.register("ada").await;
    let login = json!({"username": "ada", "password": PASSWORD});
    for (path, body) in [
        ("/auth/login", login.clone()),
        ("/auth/register", json!({"username": "eve", "password": PASSWORD})),
        ("/auth/guest", json!({"display_name": "Grace"})),
        ("/me/upgrade", json!({"username": "grace", "password": PASSWORD})),
    ] {
        for by_cookie in [false, true] {
            if path == "/me/upgrade" && !by_cookie {
                continue;
            }
            let old = world.guest("Earlier").await;
            let mut body = body.clone();
            if path != "/me/upgrade" {
                body["cookie"] = json!(by_cookie);
            }
            if let Some(name) = body["username"].as_str().filter(|name| by_cookie && *name != "ada") {
                body["username"] = json!(format!("{name}2"));
            }
            let call = Call::post(path, body);
            let answer = world.send(if by_cookie { call.cookie_of(&old) } else { call.by(&old) }).await;
            assert!(answer.status < 300, "{path}: {}", answer.text);
            assert_eq!(world.ended().await, [old.session], "{path}: and its sockets with it");
            assert_eq!(world.send(Call::get("/me").by(&old)).await.outcome(), "unauthenticated", "{path}");
            let cookies = answer.headers.get_all("set-cookie").iter().count();
            assert_eq!(answer.json["token"].is_string(), !by_cookie, "{path}");
            let expected = if path == "/auth/guest" { 1 } else { 2 };
            assert_eq!(cookies, if by_cookie { expected } else { 0 }, "{path}");
        }
    }
    // Somebody who fails to sign in is still who they were.
    let ada = world.again(&world.person(&world.send(Call::post("/auth/login", login)).await).await).await;
    let wrong = json!({"username": "ada", "password": "wrong password"});
    assert_eq!(world.send(Call::post("/auth/login", wrong).by(&ada)).await.outcome(), "wrong_credentials");
    assert_eq!(world.send(Call::get("/me").by(&ada)).await.status, 200);
}

#[tokio::test]
async fn of_many_logouts_at_once_one_ends_the_session() {
    let world = world().await;
    let ada = world.member("ada").await;
    let logouts = (0..8).map(|_| world.send(Call::new("POST", "/auth/logout").by(&ada)));
    let mut outcomes: Vec<_> =
        futures_util::future::join_all(logouts).await.iter().map(crate::support::Answer::outcome).collect();
    outcomes.sort();
    outcomes.dedup();
    assert!(outcomes == ["204"] || outcomes == ["204", "unauthenticated"], "{outcomes:?}");
}

#[tokio::test]
async fn who_may_not_come_in_is_refused_before_anything_is_hashed() {
    let mut settings = open_settings();
    settings.registration = Registration::Closed;
    let closed = World::with(settings, Options::default()).await;
    // A password that can't be one is found before it would be hashed; the door is asked before that.
    let body = json!({"username": "grace", "password": "short"});
    let guest = closed.guest("Grace").await;
    let answer = closed.send(Call::post("/me/upgrade", body.clone()).by(&guest)).await;
    assert_eq!(answer.outcome(), "registration_closed");
    let answer = closed.send(Call::post("/auth/register", body.clone())).await;
    assert_eq!(answer.outcome(), "registration_closed");

    let open = world().await;
    open.member("grace").await;
    let guest = open.guest("Grace").await;
    for call in [Call::post("/me/upgrade", body.clone()).by(&guest), Call::post("/auth/register", body)] {
        assert_eq!(open.send(call).await.outcome(), "name_taken");
    }
    let member = open.member("ada").await;
    let body = json!({"username": "ada2", "password": "short"});
    assert_eq!(open.send(Call::post("/me/upgrade", body).by(&member)).await.outcome(), "not_a_guest");
    for (name, display_name) in [("here", "Ada"), ("a\u{200d}b", "Ada"), ("ada3", "a\u{200d}b")] {
        let body = json!({"username": name, "display_name": display_name, "password": "short"});
        let answer = open.send(Call::post("/auth/register", body)).await;
        assert_eq!(answer.outcome(), "invalid_field");
        assert_ne!(answer.json["details"]["field"], "password");
    }
}

#[tokio::test]
async fn a_password_is_one_however_a_keyboard_composes_it() {
    let world = world().await;
    for (name, chosen, given) in [
        ("ada", "e\u{301}abcdefg", "\u{e9}abcdefg"),
        ("eve", "\u{e9}abcdefg", "e\u{301}abcdefg"),
        ("bob", "correct\u{a0}horse", "correct horse"),
    ] {
        let body = json!({"username": name, "password": chosen});
        assert_eq!(world.send(Call::post("/auth/register", body)).await.status, 201);
        for password in [chosen, given] {
            let body = json!({"username": name, "password": password});
            assert_eq!(world.send(Call::post("/auth/login", body)).await.status, 200, "{name}");
        }
    }
    let body = json!({"username": "kim", "password": "😀😀"});
    let answer = world.send(Call::post("/auth/register", body)).await;
    assert_eq!(answer.json["details"]["field"], "password");
    assert!(answer.json["message"].as_str().unwrap().contains("8 to 1024 characters"), "{}", answer.text);
}

#[tokio::test]
async fn a_name_that_is_reserved_still_signs_in() {
    let world = world().await;
    let hash = world.identity.hash_password(PASSWORD, parlor_identity::Whom::Stranger).await.unwrap();
    world.named_before("admin", &hash).await;
    let body = json!({"username": "admin", "password": PASSWORD});
    assert_eq!(world.send(Call::post("/auth/login", body)).await.status, 200);
    let body = json!({"username": "system", "password": PASSWORD});
    assert_eq!(world.send(Call::post("/auth/register", body)).await.outcome(), "invalid_field");
}

#[tokio::test]
async fn a_name_that_was_spelled_otherwise_still_signs_in() {
    let world = world().await;
    let hash = world.identity.hash_password(PASSWORD, parlor_identity::Whom::Stranger).await.unwrap();
    for (kept, typed) in [("น\u{e49}\u{e4d}\u{e32}", "น\u{e49}\u{e33}"), ("οδυσσευσ", "ΟΔΥΣΣΕΥΣ")]
    {
        world.named_before(kept, &hash).await;
        for name in [kept, typed] {
            let body = json!({"username": name, "password": PASSWORD});
            let answer = world.send(Call::post("/auth/login", body)).await;
            assert_eq!(answer.json["user"]["username"], kept, "{name}: {}", answer.text);
        }
        let again = json!({"username": typed, "password": PASSWORD});
        assert_eq!(world.send(Call::post("/auth/register", again)).await.status, 409);
    }
}

#[tokio::test]
async fn a_profile_changes() {
    let world = world().await;
    let ada = world.member("ada").await;
    let answer = world.send(Call::patch("/me", json!({"display_name": " Ada  "})).by(&ada)).await;
    assert_eq!((answer.status, &answer.json["user"]["display_name"]), (200, &json!("Ada")));
    let answer = world.send(Call::patch("/me", json!({})).by(&ada)).await;
    assert_eq!(answer.json["user"]["display_name"], "Ada");
}
