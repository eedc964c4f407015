//! Messages: sending once, editing, deleting, and that the events alone rebuild the room.

use std::collections::BTreeMap;

use crate::world::{World, refusal, typed};
use parlor_core::{Cursor, RoomUpdate, SendMessage};
use parlor_model::{
    Actor, Change, Field, Member, Message, MessageId, MessageKind, Refusal, RoomEvent, RoomId, RoomKind,
    RoomName, Seq, Topic, UserId,
};

#[tokio::test]
async fn a_send_is_idempotent_for_ever() {
    let mut world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await;
    let other = world.room(&ada, "Orchard", RoomKind::Public).await;
    world.told().await;
    let first = world.core.send_message(&ada, room.id, typed("hello", Some("n1"))).await.unwrap();
    let second = world.core.send_message(&ada, room.id, typed("hello again", Some("n1"))).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(world.told().await.len(), 1);
    let elsewhere = world.core.send_message(&ada, other.id, typed("hello", Some("n1"))).await;
    assert!(matches!(refusal(elsewhere), Refusal::Invalid { field: Field::Nonce, .. }));
    world.core.leave_room(&ada, room.id).await.unwrap();
    let after = world.core.send_message(&ada, room.id, typed("hello", Some("n1"))).await.unwrap();
    assert_eq!(first, after, "what had arrived before one left has still arrived");
    assert!(matches!(refusal(world.say(&ada, room.id, "more").await), Refusal::Forbidden(_)));
}

#[tokio::test]
async fn what_is_typed_is_understood() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let action = world.say(&ada, room, "/me waves").await.unwrap();
    assert_eq!((action.kind, action.body.as_str()), (MessageKind::Action, "waves"));
    assert_eq!(world.say(&ada, room, "//me waves").await.unwrap().body.as_str(), "/me waves");
    assert_eq!(
        refusal(world.say(&ada, room, "/frobnicate").await),
        Refusal::UnknownCommand("frobnicate".into())
    );
    for blank in ["/me", "/me \u{3164}", "\u{200b}", "\u{2800}\n\u{115f}\u{e0041}"] {
        assert_eq!(refusal(world.say(&ada, room, blank).await), Refusal::BodyEmpty, "{blank:?}");
        let edited = world.core.edit_message(&ada, room, action.id, blank.trim_start_matches("/me").into());
        assert_eq!(refusal(edited.await), Refusal::BodyEmpty, "{blank:?}");
    }
    let long = "x".repeat(16_385);
    assert_eq!(refusal(world.say(&ada, room, &long).await), Refusal::BodyTooLong { max_bytes: 16_384 });
    let reply = SendMessage { reply_to: Some(MessageId::generate(world.core.env())), ..typed("re", None) };
    let refused = refusal(world.core.send_message(&ada, room, reply).await);
    assert!(matches!(refused, Refusal::Invalid { field: Field::ReplyTo, .. }));
}

#[tokio::test]
async fn only_authors_edit_and_moderators_delete() {
    let world = World::open().await;
    let (ada, eve, bob) = (world.member("ada").await, world.member("eve").await, world.member("bob").await);
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    for actor in [&eve, &bob] {
        world.core.join_room(actor, room).await.unwrap();
    }
    let said = world.say(&eve, room, "first").await.unwrap();
    assert!(matches!(
        refusal(world.core.edit_message(&ada, room, said.id, "x".into()).await),
        Refusal::Forbidden(_)
    ));
    assert!(matches!(refusal(world.core.delete_message(&bob, room, said.id).await), Refusal::Forbidden(_)));
    let (edited, seq) = world.core.edit_message(&eve, room, said.id, "second".into()).await.unwrap();
    assert_eq!((edited.seq, edited.changed_seq, edited.body.as_str()), (said.seq, seq, "second"));
    let (tombstone, _) = world.core.delete_message(&ada, room, said.id).await.unwrap();
    assert_eq!((tombstone.seq, tombstone.body.as_str()), (said.seq, ""));
    assert_eq!(
        refusal(world.core.edit_message(&eve, room, said.id, "back".into()).await),
        Refusal::NotFound("message")
    );
    let again = world.core.delete_message(&eve, room, said.id).await.unwrap();
    assert_eq!(again.0, tombstone);
}

#[tokio::test]
async fn sends_survive_people_coming_and_going() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (core, guest) = (world.core.clone(), world.guest(&format!("Guest {number}")).await);
        tasks.spawn(async move {
            for _ in 0..10 {
                core.join_room(&guest, room).await.unwrap();
                core.leave_room(&guest, room).await.unwrap();
            }
        });
    }
    for number in 0..8 {
        let (core, ada) = (world.core.clone(), ada.clone());
        tasks.spawn(async move {
            for message in 0..25 {
                let nonce = format!("{number}-{message}");
                core.send_message(&ada, room, typed("hello", Some(&nonce))).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let history = world.core.history(&ada, room, Cursor::Newest, 200).await.unwrap();
    assert_eq!(history.messages.len(), 200);
    assert_eq!(history.head, 1 + 200 + 160);
}

/// A room as somebody would know it who only ever heard events.
#[derive(Debug, Clone, Default, PartialEq)]
struct Heard {
    seq: Seq,
    messages: BTreeMap<Seq, Message>,
    members: BTreeMap<UserId, Member>,
    name: Option<(RoomName, Topic)>,
}

impl Heard {
    fn apply(&mut self, event: &RoomEvent) {
        assert_eq!(event.seq, self.seq + 1, "the sequence has no hole");
        self.seq = event.seq;
        match &event.change {
            Change::MessageCreated(message)
            | Change::MessageEdited(message)
            | Change::MessageDeleted(message) => {
                self.messages.insert(message.seq, message.clone());
            }
            Change::MemberJoined(member, _)
            | Change::MemberLeft(member, _)
            | Change::MemberUpdated(member, _) => {
                self.members.insert(member.user, member.clone());
            }
            Change::RoomUpdated(room) => self.name = Some((room.name.clone(), room.topic.clone())),
        }
    }

    async fn catch_up(&mut self, world: &World, actor: &Actor, room: RoomId, limit: usize) {
        loop {
            let page = world.core.changes(actor, room, self.seq, limit).await.unwrap();
            for message in page.messages {
                self.messages.insert(message.seq, message);
            }
            for (member, _) in page.members {
                self.members.insert(member.user, member);
            }
            if let Some(room) = page.room {
                self.name = Some((room.name, room.topic));
            }
            self.seq = page.to;
            if page.to == page.head {
                return;
            }
        }
    }
}

#[tokio::test]
async fn events_rebuild_the_room_from_any_point() {
    let mut world = World::open().await;
    let ada = world.member("ada").await;
    let eve = world.member("eve").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let mut said: Vec<MessageId> = Vec::new();
    for step in 0..60_usize {
        match step % 6 {
            0 => drop(world.core.join_room(&eve, room).await.unwrap()),
            1 | 2 => said.push(world.say(&ada, room, &format!("message {step}")).await.unwrap().id),
            3 => drop(
                world.core.edit_message(&ada, room, said[step % said.len()], format!("edit {step}")).await,
            ),
            4 if step % 4 == 0 => drop(world.core.delete_message(&ada, room, said[step % said.len()]).await),
            4 => {
                let update = RoomUpdate { name: None, topic: Some(format!("topic {step}")) };
                drop(world.core.update_room(&ada, room, update).await.unwrap());
            }
            _ => drop(world.core.leave_room(&eve, room).await.unwrap()),
        }
    }
    let events = world.told().await;
    let mut heard = vec![Heard::default()];
    for event in &events {
        let mut next = heard.last().unwrap().clone();
        next.apply(event);
        heard.push(next);
    }
    let present = heard.last().unwrap().clone();
    assert!(present.seq > 40);
    let history = world.core.history(&ada, room, Cursor::Newest, 200).await.unwrap();
    assert_eq!(history.messages, present.messages.values().cloned().collect::<Vec<_>>());
    for (index, mut behind) in heard.into_iter().enumerate() {
        behind.catch_up(&world, &ada, room, 1 + index % 7).await;
        assert_eq!(behind, present, "from {index}");
    }
}
