//! Members.

use parlor_model::{Member, MemberRole, Mute, MuteReason, Role, RoomKind, Timestamp, User};

use crate::support::{NOW, World, cases, member, read, write};

cases!(
    what_was_read_moves_forward_only,
    a_member_is_added_and_replaced,
    a_mute_is_kept_and_lifted,
    members_come_in_pages,
    the_heir_is_who_joined_first,
    another_owner_is_noticed,
);

async fn a_member_is_added_and_replaced(world: &World) {
    let (ada, room) = (world.user("ada").await, world.room("General", RoomKind::Public).await);
    let (room, user) = (room.id, ada.id);
    assert_eq!(read!(world.store, tx => tx.member(room, user)), None);
    let first = Member { changed_seq: 3, ..member(room, user, MemberRole::Owner, true) };
    world.save_member(&first).await;
    assert_eq!(read!(world.store, tx => tx.member(room, user)), Some(first));
    let second = Member {
        room,
        user,
        role: MemberRole::Member,
        active: false,
        changed_seq: 4,
        joined_at: Timestamp::from_millis(-5),
        mute: None,
        read: None,
    };
    world.save_member(&second).await;
    assert_eq!(read!(world.store, tx => tx.member(room, user)), Some(second));
}

async fn a_mute_is_kept_and_lifted(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let room = world.room("General", RoomKind::Public).await.id;
    let (user, by) = (ada.id, bob.id);
    let row = world.joined(room, user).await;
    for (until, reason) in [(None, ""), (Some(Timestamp::from_millis(i64::MAX)), "“quoted”, and 'so'")] {
        let mute = Mute { at: NOW, until, by, reason: MuteReason::new(reason).unwrap() };
        let muted = Member { mute: Some(mute), ..row.clone() };
        world.save_member(&muted).await;
        assert_eq!(read!(world.store, tx => tx.member(room, user)), Some(muted.clone()));
        let listed = read!(world.store, tx => tx.members(room, None, 10));
        assert_eq!(listed, [(muted.clone(), ada.clone())], "lists read it too");
        assert_eq!(read!(world.store, tx => tx.rooms_of(user))[0].1, muted);
    }
    world.save_member(&row).await;
    assert_eq!(read!(world.store, tx => tx.member(room, user)), Some(row));
}

async fn members_come_in_pages(world: &World) {
    let room = world.room("General", RoomKind::Public).await.id;
    let mut expected = Vec::new();
    for number in 0..7 {
        let user = world.user(&format!("user-{number}")).await;
        let active = number != 3;
        let member = member(room, user.id, MemberRole::Member, active);
        world.save_member(&member).await;
        if active {
            expected.push((member, user));
        }
    }
    expected.sort_by_key(|(member, _)| member.user);
    let mut paged: Vec<(Member, User)> = Vec::new();
    loop {
        let after = paged.last().map(|(member, _)| member.user);
        let page = read!(world.store, tx => tx.members(room, after, 2));
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        paged.extend(page);
    }
    assert_eq!(paged, expected);
}

async fn the_heir_is_who_joined_first(world: &World) {
    let room = world.room("General", RoomKind::Public).await.id;
    let join = async |name: &str, role, active, at| {
        let user = world.user_with(name, role, None).await.id;
        let joined_at = NOW.after(std::time::Duration::from_secs(at));
        let row = Member { joined_at, ..member(room, user, MemberRole::Member, active) };
        world.save_member(&row).await;
        row
    };
    let owner = join("owner", Role::Member, true, 0).await;
    assert_eq!(read!(world.store, tx => tx.heir(room, owner.user)), None);
    join("guest", Role::Guest, true, 1).await;
    join("gone", Role::Member, false, 2).await;
    assert_eq!(read!(world.store, tx => tx.heir(room, owner.user)), None);
    join("third", Role::Member, true, 5).await;
    let second = join("second", Role::Member, true, 4).await;
    assert_eq!(read!(world.store, tx => tx.heir(room, owner.user)), Some(second));
}

async fn another_owner_is_noticed(world: &World) {
    let (ada, bob) = (world.user("ada").await.id, world.user("bob").await.id);
    let room = world.room("General", RoomKind::Public).await.id;
    world.save_member(&member(room, ada, MemberRole::Owner, true)).await;
    world.save_member(&member(room, bob, MemberRole::Owner, false)).await;
    assert!(!read!(world.store, tx => tx.has_other_owner(room, ada)));
    assert!(read!(world.store, tx => tx.has_other_owner(room, bob)));
    world.save_member(&member(room, bob, MemberRole::Moderator, true)).await;
    assert!(!read!(world.store, tx => tx.has_other_owner(room, ada)));
}

async fn what_was_read_moves_forward_only(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    assert!(!write!(world.store, tx => tx.mark_read(room, ada, 1)), "nobody is there");
    let row = world.joined(room, ada).await;
    let place = |found: Option<Member>| found.unwrap().read;
    for (seq, moves, expected) in [(3, true, 3), (3, false, 3), (2, false, 3), (5, true, 5)] {
        assert_eq!(write!(world.store, tx => tx.mark_read(room, ada, seq)), moves, "{seq}");
        assert_eq!(place(read!(world.store, tx => tx.member(room, ada))), Some(expected));
    }
    // A row that was read before keeps what was told since, whoever saves it; coming back may move it forward.
    for (kept, expected) in [(None, 5), (Some(4), 5), (Some(9), 9)] {
        let saved = Member { read: kept, ..row.clone() };
        write!(world.store, tx => tx.save_member(&saved));
        assert_eq!(place(read!(world.store, tx => tx.member(room, ada))), Some(expected));
    }
    let gone = Member { active: false, ..row };
    write!(world.store, tx => tx.save_member(&gone));
    assert!(!write!(world.store, tx => tx.mark_read(room, ada, 12)), "who has left reads no more");
}
