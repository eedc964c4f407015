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
    assert_eq!(answer.outcome(), "not_a_guest");
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
