//! Messages: saying, changing, removing and reading them.

use parlor_protocol::ServerFrame;
use serde_json::{Value, json};

use crate::support::{Call, Person, World, world};

async fn room_of(world: &World) -> (Person, String) {
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    (ada, room)
}

fn bodies(page: &Value) -> Vec<&str> {
    let messages = page["messages"].as_array().unwrap().iter();
    messages.map(|message| message["body"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn says_something_once_a_nonce() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let path = format!("/rooms/{room}/messages");
    let body = json!({"body": "The kettle is **on**", "nonce": "k1"});
    let first = world.send(Call::post(&path, body.clone()).by(&ada)).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.json["body"], "The kettle is **on**");
    assert!(first.json["html"].as_str().unwrap().contains("<strong>on</strong>"));
    assert_eq!((&first.json["nonce"], &first.json["author"]), (&json!("k1"), &json!(ada.id)));
    let second = world.send(Call::post(&path, body).by(&ada)).await;
    assert_eq!((second.status, &second.json), (201, &first.json));
    let page = world.send(Call::get(&path).by(&ada)).await;
    assert_eq!(bodies(&page.json), ["The kettle is **on**"]);
    assert_eq!(page.json["head"], first.json["seq"]);
    assert_eq!(page.json["users"][0]["username"], "ada");
}

#[tokio::test]
async fn actions_replies_and_plain_texts() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let action = world.say(&ada, &room, "/me waves").await;
    assert_eq!((&action["kind"], &action["body"]), (&json!("action"), &json!("waves")));
    let path = format!("/rooms/{room}/messages");
    let reply = json!({"body": "hello", "reply_to": action["id"]});
    let reply = world.send(Call::post(&path, reply).by(&ada)).await;
    assert_eq!(reply.json["reply_to"], action["id"]);
    assert_eq!(reply.json.get("html"), None);
    for id in ["msg_00000000000000000000000000", "nonsense"] {
        let wrong = json!({"body": "hello", "reply_to": id});
        let answer = world.send(Call::post(&path, wrong).by(&ada)).await;
        assert_eq!(answer.outcome(), "invalid_field");
        assert_eq!(answer.json["details"]["field"], "reply_to");
    }
}

#[tokio::test]
async fn changes_and_removes_ones_own_words() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let said = world.say(&ada, &room, "tae").await;
    let path = format!("/rooms/{room}/messages/{}", said["id"].as_str().unwrap());
    let edited = world.send(Call::patch(&path, json!({"body": "tea"})).by(&ada)).await;
    assert_eq!(edited.status, 200);
    assert_eq!((&edited.json["body"], &edited.json["seq"]), (&json!("tea"), &said["seq"]));
    assert!(edited.json["edited_at"].is_string());
    for _ in 0..2 {
        assert_eq!(world.send(Call::delete(&path).by(&ada)).await.status, 204);
    }
    let page = world.send(Call::get(&format!("/rooms/{room}/messages")).by(&ada)).await;
    assert_eq!(bodies(&page.json), [""]);
    assert!(page.json["messages"][0]["deleted_at"].is_string());
    let edit = world.send(Call::patch(&path, json!({"body": "back"})).by(&ada)).await;
    assert_eq!(edit.outcome(), "not_found");
}

#[tokio::test]
async fn pages_through_history_in_every_direction() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let mut places = Vec::new();
    for number in 0..5 {
        let said = world.say(&ada, &room, &number.to_string()).await;
        places.push(said["seq"].as_u64().unwrap());
    }
    for (query, expected) in [
        (String::new(), vec!["0", "1", "2", "3", "4"]),
        ("?limit=2".to_owned(), vec!["3", "4"]),
        (format!("?limit=2&before={}", places[2]), vec!["0", "1"]),
        (format!("?limit=2&after={}", places[2]), vec!["3", "4"]),
        (format!("?limit=3&around={}", places[2]), vec!["1", "2", "3"]),
        ("?after=9999999".to_owned(), vec![]),
        (format!("?after={}", u64::MAX), vec![]),
        (format!("?limit=1&before={}", u64::MAX), vec!["4"]),
        ("?before=0".to_owned(), vec![]),
    ] {
        let page = world.send(Call::get(&format!("/rooms/{room}/messages{query}")).by(&ada)).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        assert_eq!(bodies(&page.json), expected, "{query}");
    }
}

#[tokio::test]
async fn changes_cover_everything_without_a_hole() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let eve = world.member("eve").await;
    let said = world.say(&ada, &room, "one").await;
    let known = said["seq"].as_u64().unwrap();
    world.join(&eve, &room, &ada).await;
    world.say(&eve, &room, "two").await;
    let path = format!("/rooms/{room}/messages/{}", said["id"].as_str().unwrap());
    world.send(Call::delete(&path).by(&ada)).await;

    let (mut after, mut messages, mut members) = (known, Vec::new(), Vec::new());
    loop {
        let path = format!("/rooms/{room}/changes?after={after}&limit=1");
        let page = world.send(Call::get(&path).by(&ada)).await;
        assert_eq!((page.status, &page.json["from"]), (200, &json!(after)));
        // The page is also a frame, as the WebSocket would send it.
        let frame: ServerFrame = serde_json::from_str(&page.text).unwrap();
        assert!(matches!(frame, ServerFrame::RoomChanges { from, .. } if from == after));
        let data = &page.json["data"];
        messages.extend(data["messages"].as_array().unwrap().clone());
        members.extend(data["members"].as_array().unwrap().clone());
        after = page.json["to"].as_u64().unwrap();
        if page.json["to"] == page.json["head"] {
            break;
        }
    }
    assert_eq!(after, known + 3);
    assert_eq!((members.len(), messages.len()), (1, 2));
    assert_eq!(members[0]["user"]["username"], "eve");
    assert!(messages.iter().any(|message| message["body"] == "two"));
    assert!(messages.iter().any(|message| message["deleted_at"].is_string()));
}

#[tokio::test]
async fn a_message_of_another_room_is_not_in_this_one() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    let other = world.room(&ada, "Coffee", "public").await;
    let said = world.say(&ada, &other, "hello").await;
    let path = format!("/rooms/{room}/messages/{}", said["id"].as_str().unwrap());
    assert_eq!(world.send(Call::patch(&path, json!({"body": "x"})).by(&ada)).await.outcome(), "not_found");
    assert_eq!(world.send(Call::delete(&path).by(&ada)).await.outcome(), "not_found");
    let reply = json!({"body": "hello", "reply_to": said["id"]});
    let answer = world.send(Call::post(&format!("/rooms/{room}/messages"), reply).by(&ada)).await;
    assert_eq!(answer.outcome(), "invalid_field");
}

#[tokio::test]
async fn texts_come_back_to_the_byte_and_never_as_markup() {
    let world = world().await;
    let (ada, room) = room_of(&world).await;
    for body in [
        "  <script>alert(1)</script>  ",
        "[x](javascript:alert(1))",
        "\u{202e}gpj.exe\u{2066}",
        "a\r\nb\tc\u{7}",
        "👩‍👩‍👧 e\u{301}",
    ] {
        let said = world.say(&ada, &room, body).await;
        assert_eq!(said["body"], body);
        let html = said["html"].as_str().unwrap_or_default();
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
    }
}
