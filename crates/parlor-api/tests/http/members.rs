//! Who is in a room.

use serde_json::json;

use crate::support::{Call, world};

#[tokio::test]
async fn lists_members_in_pages_with_presence() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "private").await;
    let mut everybody = vec![ada.id.clone()];
    for name in ["bob", "cleo", "dan"] {
        let person = world.member(name).await;
        world.join(&person, &room, &ada).await;
        everybody.push(person.id);
    }
    world.online.lock().unwrap().insert(everybody[2].parse().unwrap());

    let (mut seen, mut online, mut path) = (Vec::new(), Vec::new(), format!("/rooms/{room}/members?limit=3"));
    loop {
        let page = world.send(Call::get(&path).by(&ada)).await;
        assert_eq!(page.status, 200);
        for member in page.json["members"].as_array().unwrap() {
            let id = member["user"]["id"].as_str().unwrap().to_owned();
            online.extend(member["online"].as_bool().unwrap().then(|| id.clone()));
            seen.push(id);
        }
        let Some(next) = page.json["next"].as_str() else { break };
        path = format!("/rooms/{room}/members?limit=3&after={next}");
    }
    everybody.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, everybody);
    assert_eq!(online.len(), 1);
}

#[tokio::test]
async fn those_who_left_are_gone_from_the_list() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "public").await;
    world.join(&eve, &room, &ada).await;
    world.send(Call::new("POST", &format!("/rooms/{room}/leave")).by(&eve)).await;
    let page = world.send(Call::get(&format!("/rooms/{room}/members")).by(&ada)).await;
    let members = page.json["members"].as_array().unwrap();
    assert_eq!((members.len(), &members[0]["user"]["username"]), (1, &json!("ada")));
    assert_eq!(members[0]["role"], "owner");
}

#[tokio::test]
async fn a_muted_member_is_told_for_how_long_and_why_and_the_others_are_not() {
    let world = world().await;
    let (ada, eve, bob) = (world.member("ada").await, world.member("eve").await, world.member("bob").await);
    let room = world.room(&ada, "Tea", "private").await;
    for person in [&eve, &bob] {
        world.join(person, &room, &ada).await;
    }
    let member = format!("/rooms/{room}/members/{}", eve.id);
    let mute = Call::post(&format!("{member}/mute"), json!({"duration": 60, "reason": "shouting"}));
    let muted = world.send(mute.by(&ada)).await;
    assert_eq!((muted.status, &muted.json["muted"]["reason"]), (200, &json!("shouting")));
    assert_eq!(muted.json["muted"]["by"], json!(ada.id));

    let said = Call::post(&format!("/rooms/{room}/messages"), json!({"body": "hi"}));
    let refused = world.send(said.by(&eve)).await;
    assert_eq!((refused.status, refused.code()), (403, "muted"));
    assert_eq!(refused.json["details"]["reason"], "shouting");
    let left = refused.json["retry_after"].as_f64().unwrap();
    assert!(left > 55.0 && left <= 60.0, "{left}");
    assert_eq!(refused.header("retry-after"), format!("{:.0}", left.ceil()));

    // Everybody sees that, and until when; only those who keep order why; only oneself in one's own room.
    let seen = async |person| {
        let list = world.send(Call::get(&format!("/rooms/{room}/members")).by(person)).await;
        let members = list.json["members"].as_array().unwrap().clone();
        members.into_iter().find(|one| one["user"]["id"] == json!(eve.id)).unwrap()["muted"].clone()
    };
    assert_eq!(seen(&ada).await, muted.json["muted"]);
    let (since, until) = (&muted.json["muted"]["since"], &muted.json["muted"]["until"]);
    assert_eq!(seen(&bob).await, json!({"since": since, "until": until}));
    let own = world.send(Call::get("/rooms").by(&eve)).await;
    let expected = json!({"since": since, "until": until, "reason": "shouting"});
    assert_eq!(own.json["rooms"][0]["muted"], expected);
    let others = world.send(Call::get("/rooms").by(&bob)).await;
    assert!(others.json["rooms"][0]["muted"].is_null());

    let unmuted = world.send(Call::new("POST", &format!("{member}/unmute")).by(&ada)).await;
    assert_eq!(unmuted.status, 204);
    world.say(&eve, &room, "thank you").await;
}

#[tokio::test]
async fn a_mute_has_bounds_and_a_kick_a_target() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "public").await;
    world.join(&eve, &room, &ada).await;
    let path = |user: &str, what: &str| format!("/rooms/{room}/members/{user}/{what}");
    for (body, code, field) in [
        (json!({"duration": 0}), "invalid_field", Some("duration")),
        (json!({"duration": 315_360_001}), "invalid_field", Some("duration")),
        (json!({"duration": -1}), "bad_request", Some("duration")),
        (json!({"duration": 1.5}), "bad_request", Some("duration")),
        (json!({"reason": "x".repeat(251)}), "invalid_field", Some("reason")),
        (json!({"reason": "a\nb"}), "invalid_field", Some("reason")),
        (json!({"until": "2030-01-01T00:00:00.000Z"}), "bad_request", Some("until")),
    ] {
        let answer = world.send(Call::post(&path(&eve.id, "mute"), body.clone()).by(&ada)).await;
        assert_eq!((answer.code(), answer.json["details"]["field"].as_str()), (code, field), "{body}");
    }
    for user in ["x", "usr_00000000000000000000000000", &room] {
        for what in ["mute", "unmute", "kick"] {
            let answer = world.send(Call::post(&path(user, what), json!({})).by(&ada)).await;
            assert_eq!(answer.code(), "not_found", "{user} {what}");
        }
    }
    let kick = || Call::new("POST", &path(&eve.id, "kick")).by(&ada);
    assert_eq!(world.send(kick()).await.status, 204);
    assert_eq!(world.send(kick()).await.code(), "not_found", "they are not in it any more");
}

/// The contract of each answer is checked as it comes, so this also says that the document names the refusal.
#[tokio::test]
async fn whoever_is_muted_keeps_no_order() {
    let world = world().await;
    let (owner, ada, eve) = (world.owner().await, world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "public").await;
    world.join(&eve, &room, &ada).await;
    let mute = Call::post(&format!("/rooms/{room}/members/{}/mute", ada.id), json!({}));
    assert_eq!(world.send(mute.by(&owner)).await.status, 200);
    for what in ["mute", "unmute", "kick"] {
        let call = Call::post(&format!("/rooms/{room}/members/{}/{what}", eve.id), json!({}));
        assert_eq!(world.send(call.by(&ada)).await.code(), "muted", "{what}");
    }
}
