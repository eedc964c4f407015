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
