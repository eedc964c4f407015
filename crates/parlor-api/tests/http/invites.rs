//! Invitation links.

use parlor_api::Options;
use parlor_core::{Guests, Registration};
use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, Person, World, open_settings, world};

async fn invite(world: &World, room: &str, by: &Person, body: Value) -> (String, String) {
    let answer = world.send(Call::post(&format!("/rooms/{room}/invites"), body).by(by)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let code = answer.json["code"].as_str().unwrap().to_owned();
    assert_eq!(answer.json["path"], format!("/invite#{code}"));
    (code, answer.json["invite"]["id"].as_str().unwrap().to_owned())
}

async fn accept(world: &World, code: &str, by: &Person) -> String {
    let answer = world.send(Call::post("/invites/accept", json!({ "code": code })).by(by)).await;
    answer.outcome()
}

#[tokio::test]
async fn leads_into_its_room_also_where_doors_are_shut() {
    let mut settings = open_settings();
    (settings.registration, settings.guests) = (Registration::Invite, Guests::Invite);
    let world = World::with(settings, Options::default()).await;
    let ada = world.owner().await;
    let room = world.room(&ada, "Tea", "private").await;
    let (code, _) = invite(&world, &room, &ada, json!({})).await;

    let preview = world.send(Call::post("/invites/inspect", json!({ "code": code }))).await;
    assert_eq!(preview.status, 200);
    assert_eq!(
        (&preview.json["room_name"], &preview.json["invited_by"]),
        (&json!("Tea"), &json!("the-owner"))
    );
    let body = json!({"username": "bob", "password": PASSWORD, "invite": code});
    let bob = world.send(Call::post("/auth/register", body)).await;
    assert_eq!((bob.status, &bob.json["room"]["id"]), (201, &json!(room)));
    let body = json!({"display_name": "Grace", "invite": code});
    let grace = world.send(Call::post("/auth/guest", body)).await;
    assert_eq!((grace.status, &grace.json["room"]["role"]), (201, &json!("member")));
    let grace = world.person(&grace).await;
    assert_eq!(world.send(Call::get(&format!("/rooms/{room}/messages")).by(&grace)).await.status, 200);
}

#[tokio::test]
async fn stops_working_by_time_by_use_and_by_hand() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "private").await;

    let (expiring, _) = invite(&world, &room, &ada, json!({"expires_in": 60})).await;
    world.clock.advance(61);
    assert_eq!(accept(&world, &expiring, &eve).await, "invite_invalid");

    let (revoked, id) = invite(&world, &room, &ada, json!({})).await;
    let path = format!("/rooms/{room}/invites/{id}");
    assert_eq!(world.send(Call::delete(&path).by(&eve)).await.outcome(), "not_found");
    assert_eq!(world.send(Call::delete(&path).by(&ada)).await.status, 204);
    assert_eq!(accept(&world, &revoked, &eve).await, "invite_invalid");

    let (once, _) = invite(&world, &room, &ada, json!({"max_uses": 1})).await;
    assert_eq!(accept(&world, &once, &eve).await, "200");
    assert_eq!(accept(&world, &once, &eve).await, "200", "who is in the room is led there");
    let dan = world.member("dan").await;
    assert_eq!(accept(&world, &once, &dan).await, "invite_invalid");
    assert_eq!(accept(&world, "never-made", &dan).await, "invite_invalid");

    for code in [&expiring, &revoked, &once] {
        let body = json!({ "code": code });
        let answer = world.send(Call::post("/invites/inspect", body)).await;
        assert_eq!(answer.outcome(), "invite_invalid");
        let body = json!({"username": "mallory", "password": PASSWORD, "invite": code});
        let answer = world.send(Call::post("/auth/register", body)).await;
        assert_eq!(answer.outcome(), "invite_invalid");
    }
}

#[tokio::test]
async fn leads_whoever_is_in_the_room_there_also_when_it_has_ended() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "private").await;
    let (once, _) = invite(&world, &room, &ada, json!({"max_uses": 1})).await;
    let (expiring, _) = invite(&world, &room, &ada, json!({"expires_in": 60})).await;
    let (revoked, id) = invite(&world, &room, &ada, json!({})).await;
    assert_eq!(accept(&world, &once, &eve).await, "200");
    world.clock.advance(61);
    assert_eq!(world.send(Call::delete(&format!("/rooms/{room}/invites/{id}")).by(&ada)).await.status, 204);
    for code in [&once, &expiring, &revoked] {
        let answer = world.send(Call::post("/invites/accept", json!({ "code": code })).by(&eve)).await;
        assert_eq!((answer.status, &answer.json["id"]), (200, &json!(room)));
    }
    let list = world.send(Call::get(&format!("/rooms/{room}/invites")).by(&ada)).await;
    let uses: Vec<_> = list.json["invites"].as_array().unwrap().iter().map(|one| &one["uses"]).collect();
    assert_eq!(uses, [0, 0, 1], "nothing is used up by that");

    // Who was taken out is a stranger to the room again.
    assert_eq!(world.send(Call::post(&format!("/rooms/{room}/leave"), json!({})).by(&eve)).await.status, 204);
    for code in [&once, &expiring, &revoked] {
        assert_eq!(accept(&world, code, &eve).await, "invite_invalid");
    }
}

#[tokio::test]
async fn lists_show_no_codes() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "private").await;
    let (code, id) = invite(&world, &room, &ada, json!({"max_uses": 3, "expires_in": 3600})).await;
    let list = world.send(Call::get(&format!("/rooms/{room}/invites")).by(&ada)).await;
    assert_eq!(list.json["invites"][0]["id"], id.as_str());
    assert_eq!(list.json["invites"][0]["open"], true);
    assert!(!list.text.contains(&code));
}
