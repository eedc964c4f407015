//! What changed in a room after a place.

use std::collections::BTreeMap;

use parlor_model::{Member, MemberRole, Message, MessageId, Room, RoomId, RoomKind, Seq, UserId};
use parlor_store::Changes;

use crate::support::{World, cases, member, read, write};

cases!(
    what_changed_is_there_once_in_its_present_state,
    pages_leave_no_hole,
    what_changed_at_one_place_stays_together,
    a_place_beyond_the_head_has_no_changes,
    a_room_that_does_not_exist_has_no_changes,
    following_a_busy_room_ends_in_its_present_state,
);

async fn changes(world: &World, room: RoomId, from: Seq, limit: usize) -> Changes {
    read!(world.store, tx => tx.changes(room, from, limit))
}

/// Saves a member at the room's next place.
async fn join(world: &World, room: RoomId, user: UserId, active: bool) -> Seq {
    let workspace = world.workspace;
    crate::support::run_write(&world.store, move |tx| {
        Box::pin(async move {
            let mut row = tx.lock_room(workspace, room).await?.unwrap();
            row.head += 1;
            let member = Member { changed_seq: row.head, ..member(room, user, MemberRole::Member, active) };
            tx.save_member(&member).await?;
            tx.save_room(&row).await?;
            Ok(row.head)
        })
    })
    .await
}

async fn what_changed_is_there_once_in_its_present_state(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let room = world.room("General", RoomKind::Public).await.id;
    join(world, room, ada.id, true).await;
    let first = world.say(room, ada.id, "first").await;
    join(world, room, bob.id, true).await;
    let second = world.say(room, bob.id, "second").await;
    world.edit(room, first.id, "edited").await;
    world.edit(room, first.id, "edited again").await;
    join(world, room, bob.id, false).await;
    let named = Room { changed_seq: 8, head: 8, ..world.load_room(room).await };
    write!(world.store, tx => tx.save_room(&named));

    let all = changes(world, room, 0, 100).await;
    assert_eq!((all.to, all.head), (8, 8));
    let texts: Vec<_> = all
        .messages
        .iter()
        .map(|message| (message.seq, message.changed_seq, message.body.as_str()))
        .collect();
    assert_eq!(texts, [(4, 4, "second"), (2, 6, "edited again")]);
    let members: Vec<_> =
        all.members.iter().map(|(member, user)| (member.changed_seq, member.active, user.id)).collect();
    assert_eq!(members, [(1, true, ada.id), (7, false, bob.id)]);
    assert_eq!(all.room.map(|room| room.changed_seq), Some(8));

    let late = changes(world, room, 4, 100).await;
    assert_eq!(late.messages.iter().map(|message| message.id).collect::<Vec<_>>(), [first.id]);
    assert_eq!(late.members.len(), 1);
    assert!(changes(world, room, 3, 100).await.messages.iter().any(|message| message.id == second.id));
    let none = changes(world, room, 8, 100).await;
    assert_eq!(none, Changes { to: 8, head: 8, messages: vec![], members: vec![], room: None });
}

async fn pages_leave_no_hole(world: &World) {
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    let mut ids = Vec::new();
    for number in 0..30 {
        ids.push(world.say(room, ada, "text").await.id);
        if number % 3 == 0 {
            world.edit(room, ids[number / 2], "edited").await;
        }
        if number % 7 == 0 {
            let user = world.user(&format!("user-{number}")).await.id;
            join(world, room, user, true).await;
        }
    }
    let whole = changes(world, room, 0, 1_000).await;
    assert_eq!((whole.to, whole.messages.len(), whole.members.len()), (whole.head, 30, 5));
    for limit in [1, 2, 3, 7, 34, 35, 36] {
        let (mut from, mut messages, mut members) = (0, Vec::new(), Vec::new());
        while from < whole.head {
            let page = changes(world, room, from, limit).await;
            assert!(page.to > from, "no progress at {from} with {limit}");
            assert!(page.messages.len() + page.members.len() <= limit);
            let inside = |seq: Seq| from < seq && seq <= page.to;
            assert!(page.messages.iter().all(|message| inside(message.changed_seq)));
            assert!(page.members.iter().all(|(member, _)| inside(member.changed_seq)));
            messages.extend(page.messages);
            members.extend(page.members);
            from = page.to;
        }
        assert_eq!(messages, whole.messages, "{limit}");
        assert_eq!(members, whole.members, "{limit}");
    }
}

async fn what_changed_at_one_place_stays_together(world: &World) {
    let room = world.room("General", RoomKind::Public).await.id;
    for number in 0..4 {
        let user = world.user(&format!("user-{number}")).await.id;
        world.save_member(&Member { changed_seq: 1, ..member(room, user, MemberRole::Member, true) }).await;
    }
    let ada = world.user("ada").await.id;
    let first = Room { head: 1, changed_seq: 1, ..world.load_room(room).await };
    write!(world.store, tx => tx.save_room(&first));
    world.say(room, ada, "hi").await;
    let page = changes(world, room, 0, 2).await;
    assert_eq!((page.to, page.members.len(), page.messages.len()), (1, 4, 0));
    assert!(page.room.is_some());
    let page = changes(world, room, 1, 2).await;
    assert_eq!((page.to, page.members.len(), page.messages.len()), (2, 0, 1));
}

async fn a_place_beyond_the_head_has_no_changes(world: &World) {
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    world.say(room, ada, "hi").await;
    for from in [2, 50, Seq::MAX] {
        let none = changes(world, room, from, 9).await;
        assert_eq!(none, Changes { to: from, head: 1, messages: vec![], members: vec![], room: None });
    }
}

async fn a_room_that_does_not_exist_has_no_changes(world: &World) {
    let none = changes(world, RoomId::generate(&world.env), 0, 9).await;
    assert_eq!(none, Changes { to: 0, head: 0, messages: vec![], members: vec![], room: None });
}

/// A client that follows page by page while others write and edit ends with the rows themselves.
async fn following_a_busy_room_ends_in_its_present_state(world: &World) {
    const WRITES: usize = 120;
    let ada = world.user("ada").await.id;
    let room = world.room("General", RoomKind::Public).await.id;
    let first = world.say(room, ada, "first").await.id;
    let busy = async {
        for number in 0..WRITES {
            let message = world.say(room, ada, &format!("{number}")).await;
            let edited = if number % 2 == 0 { first } else { message.id };
            world.edit(room, edited, &format!("edit {number}")).await;
        }
    };
    let follow = async {
        let mut state: BTreeMap<MessageId, Message> = BTreeMap::new();
        let mut from = 0;
        while from < 1 + 2 * WRITES as Seq {
            let page = changes(world, room, from, 3).await;
            assert!(page.to >= from && page.to <= page.head);
            state.extend(page.messages.into_iter().map(|message| (message.id, message)));
            from = page.to;
        }
        state
    };
    let ((), state) = tokio::join!(busy, follow);
    let whole = changes(world, room, 0, 10_000).await;
    assert_eq!(whole.messages.len(), WRITES + 1);
    assert_eq!(state, whole.messages.into_iter().map(|message| (message.id, message)).collect());
}
