//! One's signed-in devices.

use serde_json::json;

use crate::support::{Call, world};

#[tokio::test]
async fn lists_ones_own_and_marks_the_one_that_asks() {
    let world = world().await;
    let ada = world.member("ada").await;
    let phone = world.again(&ada).await;
    world.member("eve").await;
    let answer = world.send(Call::get("/sessions").by(&phone)).await;
    let sessions = answer.json["sessions"].as_array().unwrap();
    let current: Vec<_> = sessions.iter().map(|session| (&session["id"], &session["current"])).collect();
    assert_eq!(current.len(), 2);
    assert!(current.contains(&(&json!(phone.session.to_string()), &json!(true))));
    assert!(current.contains(&(&json!(ada.session.to_string()), &json!(false))));
}

#[tokio::test]
async fn a_label_is_what_the_device_calls_itself() {
    let world = world().await;
    let call = Call::post("/auth/guest", json!({"display_name": "Grace"})).header("user-agent", "Kettle/1.0");
    let grace = world.person(&world.send(call).await).await;
    let answer = world.send(Call::get("/sessions").by(&grace)).await;
    assert_eq!(answer.json["sessions"][0]["label"], "Kettle/1.0");
}

#[tokio::test]
async fn revoking_ends_the_device_and_tells() {
    let mut world = world().await;
    let ada = world.member("ada").await;
    let phone = world.again(&ada).await;
    let eve = world.member("eve").await;
    let path = format!("/sessions/{}", phone.session);
    assert_eq!(world.send(Call::delete(&path).by(&eve)).await.outcome(), "not_found");
    assert_eq!(world.send(Call::get("/me").by(&phone)).await.status, 200);
    assert_eq!(world.send(Call::delete(&path).by(&ada)).await.status, 204);
    assert_eq!(world.ended().await, [phone.session]);
    assert_eq!(world.send(Call::get("/me").by(&phone)).await.outcome(), "unauthenticated");
    assert_eq!(world.send(Call::delete(&path).by(&ada)).await.outcome(), "not_found");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = world().await;
    let ada = world.member("ada").await;
    world.clock.advance(31 * 24 * 60 * 60);
    assert_eq!(world.send(Call::get("/me").by(&ada)).await.outcome(), "unauthenticated");
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let world = world().await;
    let ada = world.member("ada").await;
    for _ in 0..4 {
        world.again(&ada).await;
    }
    let mut room = String::new();
    for number in 0..5 {
        room = world.room(&ada, &format!("Room {number}"), "private").await;
    }
    for _ in 0..5 {
        world.send(Call::post(&format!("/rooms/{room}/invites"), json!({})).by(&ada)).await;
    }
    for (path, list) in [
        ("/sessions".to_owned(), "sessions"),
        ("/rooms".to_owned(), "rooms"),
        (format!("/rooms/{room}/invites"), "invites"),
    ] {
        let all = world.send(Call::get(&path).by(&ada)).await;
        let ids = |answer: &crate::support::Answer| -> Vec<String> {
            let items = answer.json[list].as_array().unwrap();
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((ids(&all).len(), &all.json["next"]), (5, &json!(null)), "{path}");
        let (mut paged, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let page = world.send(Call::get(&format!("{path}?{query}")).by(&ada)).await;
            assert!(ids(&page).len() <= 2, "{path}");
            paged.extend(ids(&page));
            let Some(next) = page.json["next"].as_str() else { break };
            query = format!("limit=2&after={next}");
        }
        assert_eq!(paged, ids(&all), "{path}");
        for query in ["limit=0", "limit=201", "after=x", "other=1"] {
            let answer = world.send(Call::get(&format!("{path}?{query}")).by(&ada)).await;
            assert!([400, 422].contains(&answer.status), "{path}?{query}: {}", answer.text);
        }
    }
}
