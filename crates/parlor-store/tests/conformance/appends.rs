//! Appending messages.

use std::collections::{BTreeMap, BTreeSet};

use parlor_model::{Message, MessageId, RoomId, RoomKind, Seq, UserId};
use parlor_store::{Append, AppendError, Cursor, Error, Page};

use crate::support::{World, cases, read, write};

cases!(
    five_hundred_at_once_have_no_gap_and_come_once,
    many_rooms_at_once_keep_their_own_places,
    one_sender_keeps_their_order,
    a_repeated_nonce_gives_the_first_result,
    concurrent_repeats_write_one_message,
    a_nonce_in_two_rooms_writes_one_message,
    a_nonce_belongs_to_its_author,
    appends_need_their_room_their_access_and_what_they_answer,
    a_change_of_access_lets_nothing_slip_through,
    one_bad_append_hurts_no_other,
    metrics_count_groups,
);

async fn history(world: &World, room: RoomId) -> Vec<Message> {
    read!(world.store, tx => tx.history(room, Page { cursor: Cursor::Newest, limit: 100_000 })).messages
}

fn places(messages: &[Message]) -> Vec<Seq> {
    messages.iter().map(|message| message.seq).collect()
}

async fn five_hundred_at_once_have_no_gap_and_come_once(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let appends: Vec<Append> = (0..500)
        .map(|number| world.an_append(room, ada, &format!("{number}"), Some(&format!("n{number}"))))
        .collect();
    let sent: BTreeSet<MessageId> = appends.iter().map(|append| append.message.id).collect();
    let outcomes = world.append_all(appends).await;
    let answered: BTreeMap<MessageId, Seq> = outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap().message)
        .map(|message| (message.id, message.seq))
        .collect();
    let stored = history(world, room).await;
    assert_eq!(places(&stored), (1..=500).collect::<Vec<Seq>>());
    assert_eq!(stored.iter().map(|message| message.id).collect::<BTreeSet<_>>(), sent);
    assert!(stored.iter().all(|message| answered[&message.id] == message.seq));
    assert_eq!(world.load_room(room).await.head, 500);
}

async fn many_rooms_at_once_keep_their_own_places(world: &World) {
    let ada = world.user("ada").await.id;
    let mut rooms = Vec::new();
    for number in 0..7 {
        rooms.push(world.room(&format!("Room {number}"), RoomKind::Public).await.id);
    }
    let appends = (0..210).map(|number| world.an_append(rooms[number % 7], ada, "hi", None)).collect();
    assert!(world.append_all(appends).await.iter().all(Result::is_ok));
    for room in rooms {
        assert_eq!(places(&history(world, room).await), (1..=30).collect::<Vec<Seq>>());
        assert_eq!(world.load_room(room).await.head, 30);
    }
}

async fn one_sender_keeps_their_order(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    // All are handed over in this order before the first answer is looked at.
    let futures =
        (0..100).map(|number| world.store.append(world.an_append(room, ada, &number.to_string(), None)));
    let outcomes = futures_util::future::join_all(futures).await;
    let places: Vec<Seq> = outcomes.into_iter().map(|outcome| outcome.unwrap().message.seq).collect();
    assert_eq!(places, (1..=100).collect::<Vec<Seq>>());
}

async fn a_repeated_nonce_gives_the_first_result(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let first = world.store.append(world.an_append(room, ada, "first", Some("k7"))).await.unwrap();
    assert!(!first.repeated);
    let mut repeat = world.an_append(room, ada, "not written", Some("k7"));
    // Even without access, to a room that is gone, and to an answer that never was.
    repeat.access_version = 99;
    repeat.room = RoomId::generate(&world.env);
    repeat.message.reply_to = Some(MessageId::generate(&world.env));
    let second = world.store.append(repeat.clone()).await.unwrap();
    assert!(second.repeated);
    assert_eq!(second.message, first.message);
    world.edit(room, first.message.id, "edited").await;
    let third = world.store.append(repeat).await.unwrap();
    assert_eq!(third.message.body.as_str(), "edited");
    assert_eq!(history(world, room).await, [third.message]);
}

async fn concurrent_repeats_write_one_message(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let appends =
        (0..200).map(|number| world.an_append(room, ada, "hi", Some(&format!("n{}", number % 10)))).collect();
    let outcomes = world.append_all(appends).await;
    let mut firsts = 0;
    let mut by_nonce: BTreeMap<String, BTreeSet<(MessageId, Seq)>> = BTreeMap::new();
    for outcome in outcomes {
        let appended = outcome.unwrap();
        firsts += usize::from(!appended.repeated);
        let nonce = appended.message.nonce.as_ref().unwrap().as_str().to_owned();
        by_nonce.entry(nonce).or_default().insert((appended.message.id, appended.message.seq));
    }
    assert_eq!(firsts, 10);
    assert_eq!(by_nonce.len(), 10);
    assert!(by_nonce.values().all(|results| results.len() == 1), "{by_nonce:?}");
    assert_eq!(places(&history(world, room).await), (1..=10).collect::<Vec<Seq>>());
}

async fn a_nonce_in_two_rooms_writes_one_message(world: &World) {
    let ada = world.user("ada").await.id;
    let mut rooms = Vec::new();
    for number in 0..8 {
        rooms.push(world.room(&format!("Room {number}"), RoomKind::Public).await.id);
    }
    for round in 0..10 {
        let nonce = format!("n{round}");
        let appends = rooms.iter().map(|&room| world.an_append(room, ada, "hi", Some(&nonce))).collect();
        let outcomes = world.append_all(appends).await;
        let ids: BTreeSet<MessageId> =
            outcomes.into_iter().map(|outcome| outcome.unwrap().message.id).collect();
        assert_eq!(ids.len(), 1);
    }
    let mut all = 0;
    for room in rooms {
        let stored = history(world, room).await;
        assert_eq!(places(&stored), (1..=stored.len() as Seq).collect::<Vec<Seq>>());
        assert_eq!(world.load_room(room).await.head, stored.len() as Seq);
        all += stored.len();
    }
    assert_eq!(all, 10);
}

async fn a_nonce_belongs_to_its_author(world: &World) {
    let (ada, bob) = (world.user("ada").await.id, world.user("bob").await.id);
    let room = world.room("General", RoomKind::Public).await.id;
    let appends = [ada, bob].map(|author| world.an_append(room, author, "hi", Some("same"))).to_vec();
    let outcomes = world.append_all(appends).await;
    assert!(outcomes.into_iter().all(|outcome| !outcome.unwrap().repeated));
    assert_eq!(history(world, room).await.len(), 2);
}

async fn appends_need_their_room_their_access_and_what_they_answer(world: &World) {
    let ada = world.user("ada").await.id;
    let (here, there) =
        (world.room("Here", RoomKind::Public).await.id, world.room("There", RoomKind::Public).await.id);
    let elsewhere = world.say(there, ada, "elsewhere").await.id;
    let gone = world.an_append(RoomId::generate(&world.env), ada, "hi", None);
    assert_eq!(world.store.append(gone).await, Err(AppendError::RoomGone));
    let stale = Append { access_version: 1, ..world.an_append(here, ada, "hi", None) };
    assert_eq!(world.store.append(stale).await, Err(AppendError::AccessChanged));
    for answered in [elsewhere, MessageId::generate(&world.env)] {
        let mut answer = world.an_append(here, ada, "hi", None);
        answer.message.reply_to = Some(answered);
        assert_eq!(world.store.append(answer).await, Err(AppendError::ReplyNotFound));
    }
    assert_eq!(history(world, here).await, []);
    assert_eq!(world.load_room(here).await.head, 0);
}

/// While many send, access changes: whoever was checked before the change has a place before it, or none.
async fn a_change_of_access_lets_nothing_slip_through(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let appends: Vec<Append> =
        (0..300).map(|number| world.an_append(room, ada, &number.to_string(), None)).collect();
    let workspace = world.workspace;
    let kick = async {
        // In the midst of the sends, not after them.
        world.say(room, ada, "before").await;
        crate::support::run_write(&world.store, move |tx| {
            Box::pin(async move {
                let mut row = tx.lock_room(workspace, room).await?.unwrap();
                row.head += 1;
                row.access_seq = row.head;
                tx.save_room(&row).await?;
                Ok(row.access_seq)
            })
        })
        .await
    };
    let (outcomes, kicked_at) = tokio::join!(world.append_all(appends), kick);
    let mut accepted = 1;
    for outcome in outcomes {
        match outcome {
            Ok(appended) => {
                assert!(appended.message.seq < kicked_at);
                accepted += 1;
            }
            Err(error) => assert_eq!(error, AppendError::AccessChanged),
        }
    }
    assert_eq!(kicked_at, accepted + 1);
    let after = Append { access_version: kicked_at, ..world.an_append(room, ada, "after", None) };
    assert_eq!(world.store.append(after).await.unwrap().message.seq, kicked_at + 1);
    assert_eq!(history(world, room).await.len() as Seq, accepted + 1);
}

async fn one_bad_append_hurts_no_other(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let nobody = UserId::generate(&world.env);
    let appends: Vec<Append> = (0..50)
        .map(|number| world.an_append(room, if number == 20 { nobody } else { ada }, "hi", None))
        .collect();
    let outcomes = world.append_all(appends).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        let refused = matches!(outcome, Err(AppendError::Store(Error::Database(_))));
        assert_eq!(refused, number == 20, "{number}: {outcome:?}");
    }
    assert_eq!(places(&history(world, room).await), (1..=49).collect::<Vec<Seq>>());
}

async fn metrics_count_groups(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let before = world.store.metrics();
    let appends = (0..300)
        .map(|number| world.an_append(room, ada, "hi", Some(&format!("n{}", number % 200))))
        .collect();
    assert!(world.append_all(appends).await.iter().all(Result::is_ok));
    write!(world.store, tx => tx.put_setting("a", "b"));
    let after = world.store.metrics();
    assert_eq!(after.appended - before.appended, 200);
    assert_eq!(after.repeated - before.repeated, 100);
    assert_eq!(after.grouped - before.grouped, 301);
    let commits = after.commits - before.commits;
    assert!((2..=150).contains(&commits), "{commits} commits for 301 writes are no groups");
    assert!(after.commit_time > before.commit_time);
    assert_eq!((after.failed_commits, after.busy, after.queued, after.not_durable), (0, 0, 0, false));
}
