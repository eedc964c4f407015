//! Keeping order: who is muted or taken out of a room, what they are told, and what the others hear.

use parlor_core::{MuteMember, RoomUpdate, SendMessage};
use parlor_model::{Actor, Change, Field, Member, MemberRole, Refusal, RoomId, RoomKind};

use crate::world::{World, refusal};

/// A room of `ada`'s with `eve` in it.
async fn house() -> (World, Actor, Actor, RoomId) {
    let mut world = World::open().await;
    let (ada, eve) = (world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    world.core.join_room(&eve, room).await.unwrap();
    world.told().await;
    (world, ada, eve, room)
}

fn minutes(minutes: u32) -> MuteMember {
    MuteMember { duration: Some(minutes * 60), reason: Some("shouting".into()) }
}

/// The one change of a member that was told.
async fn updated(world: &mut World) -> Member {
    match &world.told().await[..] {
        [event] => match &event.change {
            Change::MemberUpdated(member, _) => member.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_muted_member_reads_and_is_not_heard() {
    let (mut world, ada, eve, room) = house().await;
    let said = world.say(&eve, room, "first").await.unwrap();
    world.told().await;
    let (member, user) = world.core.mute_member(&ada, room, eve.id(), minutes(5)).await.unwrap();
    assert_eq!((updated(&mut world).await, user.id), (member.clone(), eve.id()));
    let mute = member.mute.unwrap();
    assert_eq!((mute.until.unwrap().since(mute.at).as_secs(), mute.by), (300, ada.id()));

    let silenced = |refused: Refusal| matches!(refused, Refusal::Muted { .. });
    assert!(silenced(refusal(world.say(&eve, room, "second").await)));
    let edited = world.core.edit_message(&eve, room, said.id, "louder".into()).await;
    assert!(silenced(refusal(edited)));
    let topic = RoomUpdate { topic: Some("eve".into()), name: None };
    assert!(silenced(refusal(world.core.update_room(&eve, room, topic).await)));
    world.core.history(&eve, room, parlor_core::Cursor::Newest, 10).await.unwrap();
    world.core.delete_message(&eve, room, said.id).await.unwrap();
    assert!(world.core.room(&eve, room).await.unwrap().1.unwrap().mute.is_some(), "they know of it");
}

#[tokio::test]
async fn a_mute_ends_by_itself_by_hand_and_not_by_leaving() {
    let (mut world, ada, eve, room) = house().await;
    world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
    world.core.leave_room(&eve, room).await.unwrap();
    let (_, place) = world.core.join_room(&eve, room).await.unwrap();
    assert!(place.mute.is_some());
    assert!(matches!(refusal(world.say(&eve, room, "hi").await), Refusal::Muted { .. }));
    world.clock.advance(61);
    world.say(&eve, room, "hi").await.unwrap();

    world.core.mute_member(&ada, room, eve.id(), MuteMember::default()).await.unwrap();
    world.clock.advance(400 * 24 * 3_600);
    let told = refusal(world.say(&eve, room, "hi").await);
    assert!(matches!(told, Refusal::Muted { retry_after: None, .. }), "{told:?}");
    world.told().await;
    let (member, _) = world.core.unmute_member(&ada, room, eve.id()).await.unwrap();
    assert_eq!((member.mute.clone(), updated(&mut world).await), (None, member.clone()));
    world.say(&eve, room, "hi").await.unwrap();
    world.told().await;
    let (again, _) = world.core.unmute_member(&ada, room, eve.id()).await.unwrap();
    assert_eq!(again, member, "who is not muted is not unmuted");
    assert!(world.told().await.is_empty());
}

/// Somebody who is muted may still learn that what they sent before had arrived.
#[tokio::test]
async fn a_repeat_is_answered_whatever_happened_since() {
    let (world, ada, eve, room) = house().await;
    let typed = || SendMessage { body: "hi".into(), nonce: Some("k7".into()), reply_to: None };
    let first = world.core.send_message(&eve, room, typed()).await.unwrap();
    world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
    assert_eq!(world.core.send_message(&eve, room, typed()).await.unwrap(), first);
}

#[tokio::test]
async fn whoever_is_out_of_the_room_can_be_muted_and_not_kicked() {
    let (mut world, ada, eve, room) = house().await;
    let left_at = world.core.leave_room(&eve, room).await.unwrap();
    assert_eq!(refusal(world.core.kick_member(&ada, room, eve.id()).await), Refusal::NotFound("member"));
    world.told().await;
    let (member, _) = world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
    // Whoever is behind learns of the leaving at its place, which therefore stays.
    assert_eq!((member.active, member.changed_seq), (false, left_at));
    assert!(world.told().await.is_empty());
    assert!(world.core.join_room(&eve, room).await.unwrap().1.mute.is_some());
    let stranger = world.member("stranger").await;
    for result in [
        refusal(world.core.mute_member(&ada, room, stranger.id(), minutes(1)).await),
        refusal(world.core.unmute_member(&ada, room, stranger.id()).await),
        refusal(world.core.kick_member(&ada, room, stranger.id()).await),
    ] {
        assert_eq!(result, Refusal::NotFound("member"));
    }
}

#[tokio::test]
async fn a_kick_takes_out_of_the_room_and_hands_it_on() {
    let mut world = World::open().await;
    let (admin, ada, eve) = (world.owner().await, world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    world.core.join_room(&eve, room).await.unwrap();
    assert!(matches!(refusal(world.core.kick_member(&eve, room, ada.id()).await), Refusal::Forbidden(_)));
    assert!(matches!(refusal(world.core.kick_member(&ada, room, ada.id()).await), Refusal::Forbidden(_)));
    world.told().await;
    let seq = world.core.kick_member(&admin, room, ada.id()).await.unwrap();
    let told = world.told().await;
    assert_eq!((told[0].seq, told[0].change.revokes()), (seq, Some(ada.id())));
    let Change::MemberUpdated(heir, _) = &told[1].change else { panic!("{told:?}") };
    assert_eq!((heir.user, heir.role), (eve.id(), MemberRole::Owner));
    assert!(matches!(refusal(world.say(&ada, room, "hi").await), Refusal::Forbidden(_)));
    assert_eq!(world.core.room(&eve, room).await.unwrap().0.member_count, 1);
}

#[tokio::test]
async fn reasons_are_for_those_who_keep_order() {
    let (world, ada, eve, room) = house().await;
    world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
    assert!(world.core.members(&ada, room, None, 10).await.unwrap().with_reasons);
    assert!(!world.core.members(&eve, room, None, 10).await.unwrap().with_reasons);
}

#[tokio::test]
async fn durations_and_reasons_have_bounds() {
    let (world, ada, eve, room) = house().await;
    for (duration, reason, field) in [
        (Some(0), "", Field::Duration),
        (Some(315_360_001), "", Field::Duration),
        (None, "a\u{202e}b", Field::Reason),
    ] {
        let input = MuteMember { duration, reason: Some(reason.into()) };
        let told = refusal(world.core.mute_member(&ada, room, eve.id(), input).await);
        assert!(matches!(&told, Refusal::Invalid { field: wrong, .. } if *wrong == field), "{told:?}");
    }
    assert!(world.core.room(&eve, room).await.unwrap().1.unwrap().mute.is_none());
}

#[tokio::test]
async fn a_mute_that_ran_out_is_nothing_to_end() {
    let (mut world, ada, eve, room) = house().await;
    world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
    world.clock.advance(61);
    world.told().await;
    world.core.unmute_member(&ada, room, eve.id()).await.unwrap();
    assert!(world.told().await.is_empty());
}

#[tokio::test]
async fn a_room_is_not_left_to_an_owner_who_is_muted_for_good() {
    let (world, ada, eve, room) = house().await;
    world.core.mute_member(&ada, room, eve.id(), MuteMember::default()).await.unwrap();
    world.core.leave_room(&ada, room).await.unwrap();
    world.say(&eve, room, "mine now").await.unwrap();
}

#[tokio::test]
async fn a_mute_by_those_above_is_not_for_those_below_to_end() {
    let world = World::open().await;
    let (admin, ada, eve) = (world.owner().await, world.member("ada").await, world.member("eve").await);
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    world.core.join_room(&eve, room).await.unwrap();
    world.core.mute_member(&admin, room, eve.id(), minutes(1)).await.unwrap();
    assert!(matches!(refusal(world.core.unmute_member(&ada, room, eve.id()).await), Refusal::Forbidden(_)));
    let shorter = world.core.mute_member(&ada, room, eve.id(), minutes(1)).await;
    assert!(matches!(refusal(shorter), Refusal::Forbidden(_)));
    world.clock.advance(61);
    world.core.mute_member(&ada, room, eve.id(), minutes(1)).await.unwrap();
}

#[tokio::test]
async fn whoever_is_kicked_does_not_come_back_by_a_link_of_their_own() {
    let (world, ada, eve, room) = house().await;
    let (_, own) = world.core.create_invite(&eve, room, None, None).await.unwrap();
    let (_, others) = world.core.create_invite(&ada, room, None, None).await.unwrap();
    world.core.kick_member(&ada, room, eve.id()).await.unwrap();
    assert_eq!(refusal(world.core.accept_invite(&eve, &own).await), Refusal::InviteInvalid);
    world.core.accept_invite(&eve, &others).await.unwrap();
}
