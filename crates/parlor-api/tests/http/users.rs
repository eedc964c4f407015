//! Looking people up.

use serde_json::{Value, json};

use crate::support::{Call, world};

fn names(answer: &Value) -> Vec<&str> {
    let users = answer["users"].as_array().unwrap().iter();
    let mut names: Vec<&str> = users.map(|user| user["username"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn finds_those_one_may_see() {
    let world = world().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let grace = world.guest("Grace").await;
    let path = format!("/users?ids={},{},usr_broken,,{}", ada.id, eve.id, "usr_00000000000000000000000000");
    let answer = world.send(Call::get(&path).by(&ada)).await;
    assert_eq!(names(&answer.json), ["ada", "eve"]);
    let answer = world.send(Call::get(&path).by(&grace)).await;
    assert_eq!(answer.json, json!({"users": []}));
    let room = world.room(&ada, "Tea", "private").await;
    world.join(&grace, &room, &ada).await;
    let answer = world.send(Call::get(&path).by(&grace)).await;
    assert_eq!(names(&answer.json), ["ada"]);
}

#[tokio::test]
async fn asks_for_a_bounded_number() {
    let world = world().await;
    let ada = world.member("ada").await;
    let ids = |count: usize| vec![ada.id.as_str(); count].join(",");
    let answer = world.send(Call::get(&format!("/users?ids={}", ids(100))).by(&ada)).await;
    assert_eq!(names(&answer.json), ["ada"]);
    for query in [format!("?ids={}", ids(101)), String::new()] {
        let answer = world.send(Call::get(&format!("/users{query}")).by(&ada)).await;
        assert_eq!(
            (answer.outcome().as_str(), &answer.json["details"]["field"]),
            ("invalid_field", &json!("ids"))
        );
    }
}
