//! Rooms: finding, making, changing, joining and leaving them.

use serde_json::{Value, json};

use crate::support::{Call, world};

fn slugs(list: &Value) -> Vec<&str> {
    let rooms = list["rooms"].as_array().unwrap().iter();
    rooms.map(|room| room["slug"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn makes_finds_and_changes_a_room() {
    let world = world().await;
    let ada = world.member("ada").await;
    let body = json!({"name": "# Tea & Biscuits", "kind": "public", "topic": "Mostly tea"});
    let made = world.send(Call::post("/rooms", body).by(&ada)).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json["slug"], "tea-biscuits");
    assert_eq!((&made.json["role"], &made.json["member_count"]), (&json!("owner"), &json!(1)));

    let id = made.json["id"].as_str().unwrap();
    let shown = world.send(Call::get(&format!("/rooms/{id}")).by(&ada)).await;
    assert_eq!(shown.json, made.json);
    let shown = world.send(Call::get("/rooms/by-slug/Tea-Biscuits").by(&ada)).await;
    assert_eq!(shown.json, made.json);

    let update = json!({"name": "Coffee", "topic": ""});
    let changed = world.send(Call::patch(&format!("/rooms/{id}"), update).by(&ada)).await;
    assert_eq!(changed.status, 200);
    assert_eq!((&changed.json["name"], &changed.json["topic"]), (&json!("Coffee"), &json!("")));
    assert_eq!(changed.json["slug"], "tea-biscuits");
    assert!(changed.json["head"].as_u64() > made.json["head"].as_u64());
}

#[tokio::test]
async fn lists_ones_rooms_and_pages_through_the_public_ones() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    for name in ["Cocoa", "Almonds", "Bread"] {
        world.room(&ada, name, "public").await;
    }
    let hidden = world.room(&ada, "Hidden", "private").await;
    let mine = world.send(Call::get("/rooms").by(&ada)).await;
    assert_eq!(slugs(&mine.json).len(), 4);
    assert_eq!(slugs(&world.send(Call::get("/rooms").by(&eve)).await.json), Vec::<&str>::new());

    let first = world.send(Call::get("/rooms?scope=public&limit=2").by(&eve)).await;
    assert_eq!(slugs(&first.json), ["almonds", "bread"]);
    let next = first.json["next"].as_str().unwrap();
    let second = world.send(Call::get(&format!("/rooms?scope=public&limit=2&after={next}")).by(&eve)).await;
    assert_eq!((slugs(&second.json), second.json.get("next")), (vec!["cocoa"], None));
    assert!(!first.text.contains(&hidden) && !second.text.contains(&hidden));
}

#[tokio::test]
async fn joins_and_leaves() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Tea", "public").await;
    for _ in 0..2 {
        let joined = world.send(Call::new("POST", &format!("/rooms/{room}/join")).by(&eve)).await;
        assert_eq!((joined.status, &joined.json["role"]), (200, &json!("member")));
        assert_eq!(joined.json["member_count"], 2);
    }
    let left = world.send(Call::new("POST", &format!("/rooms/{room}/leave")).by(&eve)).await;
    assert_eq!((left.status, left.text.as_str()), (204, ""));
    let again = world.send(Call::new("POST", &format!("/rooms/{room}/leave")).by(&eve)).await;
    assert_eq!(again.outcome(), "forbidden");
}

#[tokio::test]
async fn a_private_room_is_not_there_for_others() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Secret plans", "private").await;
    let slug = world.send(Call::get(&format!("/rooms/{room}")).by(&ada)).await.json["slug"].clone();
    let mut answers = Vec::new();
    for path in [
        format!("/rooms/{room}"),
        format!("/rooms/by-slug/{}", slug.as_str().unwrap()),
        "/rooms/rm_00000000000000000000000000".to_owned(),
        "/rooms/by-slug/nowhere".to_owned(),
        "/rooms/not-an-id".to_owned(),
    ] {
        let answer = world.send(Call::get(&path).by(&eve)).await;
        assert_eq!(answer.outcome(), "not_found", "{path}");
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn how_far_one_has_read_is_one_for_all_devices_and_nobody_elses() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let phone = world.again(&ada).await;
    let room = world.room(&ada, "Tea", "public").await;
    world.join(&eve, &room, &ada).await;
    for body in ["one", "two", "three"] {
        world.say(&eve, &room, body).await;
    }
    let head = world.send(Call::get(&format!("/rooms/{room}")).by(&ada)).await.json["head"].as_u64().unwrap();
    let path = format!("/rooms/{room}/read");
    for (seq, expected) in [(head - 1, head - 1), (1, head - 1), (head + 50, head)] {
        let answer = world.send(Call::new("PUT", &path).json(&json!({"seq": seq})).by(&ada)).await;
        assert_eq!((answer.status, &answer.json["seq"]), (200, &json!(expected)), "{}", answer.text);
        let seen = world.send(Call::get(&format!("/rooms/{room}")).by(&phone)).await;
        assert_eq!(seen.json["read"], json!(expected));
    }
    let hers = world.send(Call::get(&format!("/rooms/{room}")).by(&eve)).await.json["read"].clone();
    assert_ne!(hers, json!(head), "hers is where she came in");
    let members = world.send(Call::get(&format!("/rooms/{room}/members")).by(&eve)).await;
    assert!(!members.text.contains("\"read\""), "{}", members.text);
    for body in [json!({}), json!({"seq": -1}), json!({"seq": "1"}), json!({"seq": 1, "user": ada.id})] {
        let answer = world.send(Call::new("PUT", &path).json(&body).by(&ada)).await;
        assert_eq!(answer.outcome(), "bad_request", "{body}");
    }
}
