//! Messages: reading them, and changing those that exist.

use parlor_model::{Body, Message, MessageKind, Nonce, RoomId, RoomKind, Seq};
use parlor_store::{Cursor, PAGE_BYTES, Page};

use crate::support::{NOW, World, cases, read, write};

cases!(
    a_message_comes_back_as_it_went_in,
    a_message_is_found_in_its_room_only,
    a_message_is_changed,
    history_has_pages_in_both_directions,
    pages_are_bounded_in_bytes,
    pages_of_many_messages_are_whole,
    history_around_a_place,
);

async fn a_message_comes_back_as_it_went_in(world: &World) {
    let (ada, room) = (world.user("ada").await, world.room("General", RoomKind::Public).await);
    let first = world.say(room.id, ada.id, "first").await;
    let texts = [
        "'; DROP TABLE messages; --",
        "  spaces \r\n\tkept ",
        "🦊 عمر \u{202e} é e\u{301}",
        "$1 ? ?1 :a @b %s \\ \\x00",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let mut append = world.an_append(room.id, ada.id, text, Some(&format!("nonce-{number}")));
        append.message.kind = MessageKind::Action;
        append.message.reply_to = Some(first.id);
        let appended = world.store.append(append.clone()).await.unwrap();
        assert!(!appended.repeated);
        let expected = Message {
            id: append.message.id,
            room: room.id,
            seq: number as Seq + 2,
            changed_seq: number as Seq + 2,
            author: ada.id,
            kind: MessageKind::Action,
            body: Body::stored(text.to_owned()),
            nonce: append.message.nonce.clone(),
            reply_to: Some(first.id),
            sent_at: NOW,
            edited_at: None,
            deleted_at: None,
        };
        assert_eq!(appended.message, expected);
        let (room, id) = (room.id, expected.id);
        assert_eq!(read!(world.store, tx => tx.message(room, id)), Some(expected));
    }
}

async fn a_message_is_found_in_its_room_only(world: &World) {
    let ada = world.user("ada").await;
    let (here, there) =
        (world.room("Here", RoomKind::Public).await.id, world.room("There", RoomKind::Public).await.id);
    let message = world.say(here, ada.id, "hi").await;
    let id = message.id;
    assert_eq!(read!(world.store, tx => tx.message(there, id)), None);
    let moved = Message { room: there, body: Body::stored("changed".into()), ..message.clone() };
    write!(world.store, tx => tx.save_message(&moved));
    assert_eq!(read!(world.store, tx => tx.message(here, id)), Some(message));
    assert_eq!(
        read!(world.store, tx => tx.history(there, Page { cursor: Cursor::Newest, limit: 9 })).messages,
        []
    );
}

async fn a_message_is_changed(world: &World) {
    let (ada, room) = (world.user("ada").await, world.room("General", RoomKind::Public).await.id);
    let other = world.say(room, ada.id, "other").await;
    let append = world.an_append(room, ada.id, "before", Some("n"));
    let message = world.store.append(append).await.unwrap().message;
    let tombstone = Message {
        body: Body::erased(),
        edited_at: Some(NOW),
        deleted_at: Some(NOW.after(std::time::Duration::from_secs(1))),
        changed_seq: 3,
        ..message
    };
    let row = tombstone.clone();
    write!(world.store, tx => tx.save_message(&row));
    let (author, nonce) = (ada.id, Nonce::new("n".into()).unwrap());
    assert_eq!(read!(world.store, tx => tx.message_by_nonce(author, &nonce)), Some(tombstone));
    let id = other.id;
    assert_eq!(read!(world.store, tx => tx.message(room, id)), Some(other));
    let unknown = Nonce::new("m".into()).unwrap();
    assert_eq!(read!(world.store, tx => tx.message_by_nonce(author, &unknown)), None);
}

/// A room in which messages stand at 1, 2, 3, 5, 6, 10, 11 and 12: the places between are edits.
async fn room_with_gaps(world: &World) -> RoomId {
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    world.say(world.room("Noise", RoomKind::Public).await.id, ada, "noise").await;
    let first = world.say(room, ada, "message").await;
    for edits_then_messages in [(0, 2), (1, 2), (3, 3)] {
        for _ in 0..edits_then_messages.0 {
            world.edit(room, first.id, "edited").await;
        }
        for _ in 0..edits_then_messages.1 {
            world.say(room, ada, "message").await;
        }
    }
    room
}

async fn places(world: &World, room: RoomId, cursor: Cursor, limit: usize) -> Vec<Seq> {
    let messages = read!(world.store, tx => tx.history(room, Page { cursor, limit })).messages;
    messages.into_iter().map(|message| message.seq).collect()
}

async fn history_has_pages_in_both_directions(world: &World) {
    let room = room_with_gaps(world).await;
    let cases: [(Cursor, usize, &[Seq]); 11] = [
        (Cursor::Newest, 100, &[1, 2, 3, 5, 6, 10, 11, 12]),
        (Cursor::Newest, 2, &[11, 12]),
        (Cursor::Newest, 0, &[]),
        (Cursor::Before(11), 3, &[5, 6, 10]),
        (Cursor::Before(9), 2, &[5, 6]),
        (Cursor::Before(1), 2, &[]),
        (Cursor::Before(Seq::MAX), 1, &[12]),
        (Cursor::After(0), 2, &[1, 2]),
        (Cursor::After(3), 3, &[5, 6, 10]),
        (Cursor::After(12), 3, &[]),
        (Cursor::After(Seq::MAX), 3, &[]),
    ];
    for (cursor, limit, expected) in cases {
        assert_eq!(places(world, room, cursor, limit).await, expected, "{cursor:?} {limit}");
    }
}

/// Pages are read one after the other until nothing is left: none is too large, unless one message alone is, and together
/// they are everything.
async fn pages_are_bounded_in_bytes(world: &World) {
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    let lengths = [10, PAGE_BYTES / 2, PAGE_BYTES / 2, 3 * PAGE_BYTES, 10, 10, PAGE_BYTES];
    for length in lengths {
        world.say(room, ada, &"x".repeat(length)).await;
    }
    let newest = page(world, room, Cursor::Newest).await;
    assert_eq!((newest.0.as_slice(), newest.1), ([7].as_slice(), true));
    let pages: [(Cursor, &[Seq], bool); 10] = [
        (Cursor::Before(7), &[5, 6], true),
        (Cursor::Before(5), &[4], true),
        (Cursor::Before(4), &[2, 3], true),
        (Cursor::Before(2), &[1], false),
        (Cursor::After(0), &[1, 2], true),
        (Cursor::After(1), &[2, 3], true),
        (Cursor::After(3), &[4], true),
        (Cursor::After(6), &[7], false),
        (Cursor::Around(5), &[5, 6], true),
        (Cursor::Around(4), &[4], true),
    ];
    for (cursor, expected, cut) in pages {
        assert_eq!(page(world, room, cursor).await, (expected.to_vec(), cut), "{cursor:?}");
    }
    let mut stretches = Vec::new();
    let mut from = 0;
    while from < 7 {
        from = read!(world.store, tx => tx.changes(room, from, 100)).to;
        stretches.push(from);
    }
    assert_eq!(stretches, [2, 3, 4, 6, 7]);
}

async fn page(world: &World, room: RoomId, cursor: Cursor) -> (Vec<Seq>, bool) {
    let page = read!(world.store, tx => tx.history(room, Page { cursor, limit: 100 }));
    (page.messages.iter().map(|message| message.seq).collect(), page.cut)
}

async fn pages_of_many_messages_are_whole(world: &World) {
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    for number in 0..150 {
        world.say(room, ada, &format!("message {number}")).await;
    }
    let all: Vec<Seq> = (1..=150).collect();
    assert_eq!(places(world, room, Cursor::Newest, 150).await, all);
    assert_eq!(places(world, room, Cursor::Before(140), 130).await, all[9..139]);
    assert_eq!(places(world, room, Cursor::After(3), 129).await, all[3..132]);
}

async fn history_around_a_place(world: &World) {
    let room = room_with_gaps(world).await;
    let cases: [(Seq, usize, &[Seq]); 11] = [
        (6, 3, &[5, 6, 10]),
        (6, 4, &[3, 5, 6, 10]),
        (6, 1, &[6]),
        (6, 0, &[]),
        (9, 3, &[6, 10, 11]),
        (7, 3, &[5, 6, 10]),
        (4, 3, &[2, 3, 5]),
        (1, 3, &[1, 2, 3]),
        (0, 3, &[1, 2, 3]),
        (12, 3, &[10, 11, 12]),
        (Seq::MAX, 100, &[1, 2, 3, 5, 6, 10, 11, 12]),
    ];
    for (seq, limit, expected) in cases {
        assert_eq!(places(world, room, Cursor::Around(seq), limit).await, expected, "{seq} {limit}");
    }
    let empty = world.room("Empty", RoomKind::Public).await.id;
    assert_eq!(places(world, empty, Cursor::Around(3), 5).await, []);
}
