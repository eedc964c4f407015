//! Rooms: who sees them, what they may be called, who owns them.

use crate::world::{World, refusal};
use parlor_core::{NewRoom, RoomUpdate};
use parlor_model::{Change, Field, MemberRole, Refusal, RoomKind, Slug};

#[tokio::test]
async fn a_private_room_is_not_there_for_others() {
    let world = World::open().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Garden", RoomKind::Private).await;
    let gone = Refusal::NotFound("room");
    assert_eq!(refusal(world.core.room(&eve, room.id).await), gone);
    assert_eq!(refusal(world.core.room_at(&eve, &room.slug).await), gone);
    assert_eq!(refusal(world.core.room_at(&eve, &Slug::typed("no-such-room")).await), gone);
    assert_eq!(refusal(world.core.join_room(&eve, room.id).await), gone);
    assert_eq!(refusal(world.core.members(&eve, room.id, None, 10).await), gone);
    assert_eq!(refusal(world.say(&eve, room.id, "hi").await), gone);
    assert_eq!(refusal(world.core.update_room(&eve, room.id, RoomUpdate::default()).await), gone);
    assert_eq!(refusal(world.core.create_invite(&eve, room.id, None, None).await), gone);
    assert!(world.core.public_rooms(&eve, None, 10).await.unwrap().is_empty());
    assert_eq!(world.core.room_at(&ada, &room.slug).await.unwrap().1.unwrap().role, MemberRole::Owner);
}

#[tokio::test]
async fn public_names_are_unique_and_private_ones_tell_nothing() {
    let world = World::open().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    world.room(&ada, "Secret", RoomKind::Private).await;
    let public = world.room(&eve, "Secret", RoomKind::Public).await;
    assert_eq!(public.slug.as_str(), "secret", "the private room must not show in the address of this one");
    let make = |name: &str| NewRoom { name: name.into(), kind: RoomKind::Public, topic: None };
    assert_eq!(refusal(world.core.create_room(&ada, make("#Secret")).await), Refusal::NameTaken);
    assert_eq!(refusal(world.core.create_room(&ada, make("Sеcrеt")).await), Refusal::NameConfusable);
    let bad = refusal(world.core.create_room(&ada, make("a\u{202e}b")).await);
    assert!(matches!(bad, Refusal::Invalid { field: Field::Name, .. }));
    let guest = world.guest("Wanderer").await;
    assert!(matches!(refusal(world.core.create_room(&guest, make("Mine")).await), Refusal::Forbidden(_)));
}

#[tokio::test]
async fn a_rename_keeps_the_address_and_a_change_to_the_same_is_none() {
    let mut world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await;
    world.told().await;
    let update = RoomUpdate { name: Some("Orchard".into()), topic: Some("apples".into()) };
    let (renamed, _) = world.core.update_room(&ada, room.id, update.clone()).await.unwrap();
    assert_eq!((renamed.slug, renamed.name.as_str(), renamed.head), (room.slug, "Orchard", 2));
    assert!(matches!(&world.told().await[..], [event] if matches!(event.change, Change::RoomUpdated(_))));
    world.core.update_room(&ada, room.id, update).await.unwrap();
    assert!(world.told().await.is_empty());
}

#[tokio::test]
async fn members_come_and_go_and_the_room_keeps_an_owner() {
    let mut world = World::open().await;
    let (ada, eve, guest) =
        (world.member("ada").await, world.member("eve").await, world.guest("Wanderer").await);
    let room = world.room(&ada, "Garden", RoomKind::Public).await;
    world.core.join_room(&guest, room.id).await.unwrap();
    let (joined, place) = world.core.join_room(&eve, room.id).await.unwrap();
    assert_eq!((joined.member_count, place.role), (3, MemberRole::Member));
    let again = world.core.join_room(&eve, room.id).await.unwrap().0;
    assert_eq!(again.head, joined.head, "joining twice changes nothing");
    world.told().await;

    world.core.leave_room(&ada, room.id).await.unwrap();
    let told = world.told().await;
    assert!(matches!(told[0].change, Change::MemberLeft(..)));
    let Change::MemberUpdated(heir, _) = &told[1].change else { panic!("{told:?}") };
    assert_eq!((heir.user, heir.role), (eve.id(), MemberRole::Owner), "a guest inherits nothing");
    assert!(matches!(refusal(world.core.leave_room(&ada, room.id).await), Refusal::Forbidden(_)));
    world.core.leave_room(&eve, room.id).await.unwrap();
    let members = world.core.members(&guest, room.id, None, 10).await.unwrap();
    assert_eq!(members.members.len(), 1);
    assert_eq!(world.core.room(&guest, room.id).await.unwrap().0.member_count, 1);
}

#[tokio::test]
async fn invitations_end_by_use_by_time_and_by_hand() {
    let world = World::open().await;
    let (ada, eve, bob) = (world.member("ada").await, world.member("eve").await, world.member("bob").await);
    let room = world.room(&ada, "Garden", RoomKind::Private).await;
    let (_, once) = world.core.create_invite(&ada, room.id, None, Some(1)).await.unwrap();
    assert_eq!(world.core.inspect_invite(&once).await.unwrap().room.id, room.id);
    world.core.accept_invite(&eve, &once).await.unwrap();
    assert_eq!(refusal(world.core.accept_invite(&bob, &once).await), Refusal::InviteInvalid);

    let (_, brief) = world.core.create_invite(&ada, room.id, Some(60), None).await.unwrap();
    world.core.accept_invite(&eve, &brief).await.unwrap();
    assert_eq!(
        world.core.invites(&ada, room.id, None, 50).await.unwrap()[0].uses,
        0,
        "a member uses nothing up"
    );
    world.clock.advance(61);
    assert_eq!(refusal(world.core.accept_invite(&bob, &brief).await), Refusal::InviteInvalid);

    let (invite, code) = world.core.create_invite(&eve, room.id, None, None).await.unwrap();
    assert_eq!(world.core.invites(&eve, room.id, None, 50).await.unwrap().len(), 1, "members see their own");
    assert_eq!(world.core.invites(&ada, room.id, None, 50).await.unwrap().len(), 3, "the owner sees all");
    world.core.revoke_invite(&ada, room.id, invite.id).await.unwrap();
    assert_eq!(refusal(world.core.accept_invite(&bob, &code).await), Refusal::InviteInvalid);
    assert_eq!(refusal(world.core.inspect_invite("nonsense").await), Refusal::InviteInvalid);
    assert!(matches!(
        refusal(world.core.create_invite(&ada, room.id, Some(59), None).await),
        Refusal::Invalid { field: Field::ExpiresIn, .. }
    ));
}

#[tokio::test]
async fn a_connection_that_knew_one_under_another_name_tells_the_present_one() {
    let mut world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await;
    let guest = world.guest("Wanderer").await;
    let account = world.core.upgrade_guest(&guest, "wanderer", "hash".into(), None).await.unwrap();
    world.told().await;
    // The actor is still the guest, as a long-lived connection would have it.
    world.core.join_room(&guest, room.id).await.unwrap();
    let told = world.told().await;
    assert!(
        matches!(&told[..], [event] if matches!(&event.change, Change::MemberJoined(_, user) if *user == account))
    );
    let topic = RoomUpdate { topic: Some("accounts may".into()), name: None };
    assert!(world.core.update_room(&guest, room.id, topic).await.is_ok(), "the role is the present one, too");
}

#[tokio::test]
async fn what_one_has_read_moves_forward_and_is_ones_own() {
    let mut world = World::open().await;
    let owner = world.owner().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&owner, "Garden", RoomKind::Public).await.id;
    let (joined, place) = world.core.join_room(&ada, room).await.unwrap();
    assert_eq!(place.read, Some(joined.head), "whoever comes in begins there");
    for number in 0..4 {
        world.say(&owner, room, &number.to_string()).await.unwrap();
    }
    let head = world.core.room(&ada, room).await.unwrap().0.head;
    let read = async |actor: &parlor_model::Actor| {
        world.core.room(actor, room).await.unwrap().1.and_then(|place| place.read)
    };
    assert_eq!(read(&ada).await, Some(joined.head), "a message writes nothing for those who read it");
    for (seq, expected) in
        [(head - 2, head - 2), (1, head - 2), (head - 1, head - 1), (u64::MAX, head), (0, head)]
    {
        assert_eq!(world.core.mark_read(&ada, room, seq).await.unwrap(), expected, "{seq}");
        assert_eq!(read(&ada).await, Some(expected));
    }
    assert_eq!(world.core.room(&ada, room).await.unwrap().0.head, head, "it takes no place");
    assert!(matches!(refusal(world.core.mark_read(&eve, room, 1).await), Refusal::Forbidden(_)));
    let private = world.room(&owner, "Secret", RoomKind::Private).await.id;
    assert_eq!(refusal(world.core.mark_read(&eve, private, 1).await), Refusal::NotFound("room"));
    // Coming back begins anew at the present.
    world.core.leave_room(&ada, room).await.unwrap();
    world.say(&owner, room, "meanwhile").await.unwrap();
    let (joined, place) = world.core.join_room(&ada, room).await.unwrap();
    assert_eq!(place.read, Some(joined.head));
    assert_eq!(read(&ada).await, Some(joined.head));
    world.told().await;
}
