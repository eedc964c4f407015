//! Saying several things at once: in order, each once, each with an outcome of its own.

use parlor_core::SendMessage;
use parlor_model::{Refusal, RoomKind};

use crate::world::{World, refusal, typed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_stays_and_every_message_has_its_own_outcome() {
    let mut world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    world.told().await;
    let mut inputs: Vec<SendMessage> = (0..200).map(|number| typed(&number.to_string(), None)).collect();
    inputs[50] = typed(" ", None);
    inputs[60] = typed("60", Some("n"));
    inputs[70] = typed("the same again", Some("n"));
    let results = world.core.send_messages(&ada, room, inputs).await;
    assert_eq!(results.len(), 200);
    assert!(matches!(results[50], Err(parlor_core::Error::Refused(Refusal::BodyEmpty))));
    let messages: Vec<_> = results.iter().flatten().collect();
    assert_eq!(messages.len(), 199);
    let first = results[60].as_ref().unwrap();
    assert_eq!(results[70].as_ref().unwrap(), first);
    let mut fresh = messages.clone();
    fresh.remove(69);
    assert!(fresh.is_sorted_by(|one, next| one.seq + 1 == next.seq), "in order, without a hole");
    assert!(
        fresh
            .iter()
            .filter(|message| message.id != first.id)
            .is_sorted_by_key(|message| { message.body.as_str().parse::<u32>().unwrap() })
    );
    assert_eq!(world.told().await.len(), 198, "each is told once");
}

#[tokio::test]
async fn who_may_not_write_is_refused_each_time_and_still_learns_what_had_arrived() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let sent = world.core.send_message(&ada, room, typed("x", Some("n"))).await.unwrap();
    world.core.leave_room(&ada, room).await.unwrap();
    let inputs = vec![typed("y", None), typed("x", Some("n"))];
    let mut results = world.core.send_messages(&ada, room, inputs).await;
    assert_eq!(results.pop().unwrap().unwrap(), sent);
    assert!(matches!(refusal(results.pop().unwrap()), Refusal::Forbidden(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_and_goes_changes_no_order() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let eve = world.member("eve").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let crowd = async {
        for _ in 0..40 {
            world.core.join_room(&eve, room).await.unwrap();
            world.core.leave_room(&eve, room).await.unwrap();
        }
    };
    let talk = async {
        let mut sent = Vec::new();
        for _ in 0..10 {
            let inputs = (0..20).map(|number| typed(&number.to_string(), None)).collect();
            sent.extend(world.core.send_messages(&ada, room, inputs).await);
        }
        sent
    };
    let ((), sent) = tokio::join!(crowd, talk);
    let places: Vec<_> = sent.into_iter().map(|message| message.unwrap().seq).collect();
    assert_eq!(places.len(), 200);
    assert!(places.is_sorted_by(|one, next| one < next), "{places:?}");
}
