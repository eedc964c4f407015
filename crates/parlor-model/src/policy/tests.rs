//! Every role against every action, written out: the table is the specification.

use super::*;
use crate::env::testing::env;
use crate::ids::{RoomId, SessionId, WorkspaceId};
use crate::moderation::MuteReason;
use crate::names::{DisplayName, RoomName, Slug, Topic, Username};
use crate::users::User;

fn workspace(byte: u8) -> WorkspaceId {
    WorkspaceId::generate(&env(1, byte))
}

fn user_id(byte: u8) -> UserId {
    UserId::generate(&env(1, byte))
}

fn actor(role: Role) -> Actor {
    let user = User {
        id: user_id(1),
        workspace: workspace(1),
        username: Username::stored("ada".into()),
        display_name: DisplayName::stored("Ada".into()),
        role,
        invited: false,
        created_at: Timestamp::from_millis(1),
    };
    Actor { user, session: SessionId::generate(&env(1, 1)) }
}

fn access(kind: RoomKind, member: Option<(MemberRole, bool)>, guests_roam: bool) -> Access {
    let room = Room {
        id: RoomId::generate(&env(1, 1)),
        workspace: workspace(1),
        slug: Slug::stored("room".into()),
        name: RoomName::stored("Room".into()),
        kind,
        topic: Topic::default(),
        head: 9,
        access_seq: 4,
        changed_seq: 1,
        epoch: 1,
        member_count: 1,
        created_at: Timestamp::from_millis(1),
    };
    let member = member.map(|(role, active)| Member {
        room: room.id,
        user: user_id(1),
        role,
        active,
        changed_seq: 4,
        joined_at: Timestamp::from_millis(1),
        mute: None,
        read: None,
    });
    Access { room, member, guests_roam, at: Timestamp::from_millis(50) }
}

/// Somebody muted, until a time if there is one.
fn muted(mut access: Access, until: Option<i64>) -> Access {
    let mute = Mute {
        at: Timestamp::from_millis(40),
        until: until.map(Timestamp::from_millis),
        by: user_id(2),
        reason: MuteReason::default(),
    };
    access.member.as_mut().unwrap().mute = Some(mute);
    access
}

/// One letter an action: `y` may, `n` may not, `m` may not while muted, `.` does not know the room.
fn row(role: Role, access: &Access) -> String {
    let own = Action::Edit { author: user_id(1) };
    let other = Action::Edit { author: user_id(2) };
    let delete_own = Action::Delete { author: user_id(1) };
    let delete_other = Action::Delete { author: user_id(2) };
    let actions = [
        Action::SeeRoom,
        Action::ReadHistory,
        Action::Join,
        Action::Leave,
        Action::Send,
        own,
        other,
        delete_own,
        delete_other,
        Action::Rename,
        Action::SetTopic,
        Action::Invite,
        Action::ManageInvites,
        Action::SeeReasons,
        Action::MarkRead,
    ];
    let letter = |action| match may(&actor(role), action, access) {
        Ok(()) => 'y',
        Err(Refusal::NotFound(_)) => '.',
        Err(Refusal::Muted { .. }) => 'm',
        Err(_) => 'n',
    };
    actions.into_iter().map(letter).collect()
}

#[test]
fn every_role_against_every_action() {
    use MemberRole::{Member as M, Moderator, Owner as O};
    use RoomKind::{Private, Public};
    // see, read, join, leave, send, edit own, edit other, delete own, delete other, rename, topic, invite, manage,
    // reasons of mutes, mark read
    let table = [
        (Role::Guest, Public, None, false, "..............."),
        (Role::Guest, Public, None, true, "yyynnnnnnnnnnnn"),
        (Role::Guest, Public, Some((M, true)), false, "yyyyyynynnnnnny"),
        (Role::Guest, Public, Some((M, false)), false, "..............."),
        (Role::Guest, Private, None, true, "..............."),
        (Role::Guest, Private, Some((M, true)), false, "yyyyyynynnnnnny"),
        (Role::Member, Public, None, false, "yyynnnnnnnnnnnn"),
        (Role::Member, Public, Some((M, true)), false, "yyyyyynynnyynny"),
        (Role::Member, Public, Some((Moderator, true)), false, "yyyyyynyynyynyy"),
        (Role::Member, Public, Some((O, true)), false, "yyyyyynyyyyyyyy"),
        (Role::Member, Public, Some((O, false)), false, "yyynnnnnnnnnnnn"),
        (Role::Member, Private, None, false, "..............."),
        (Role::Member, Private, Some((O, false)), false, "..............."),
        (Role::Member, Private, Some((M, true)), false, "yyyyyynynnyynny"),
        (Role::Admin, Private, None, false, "..............."),
        (Role::Admin, Public, None, false, "yyynnnnyyyynyyn"),
        (Role::Admin, Private, Some((M, true)), false, "yyyyyynyyyyyyyy"),
        (Role::Owner, Private, None, false, "..............."),
        (Role::Owner, Public, Some((M, true)), false, "yyyyyynyyyyyyyy"),
    ];
    for (role, kind, member, roam, expected) in table {
        assert_eq!(
            row(role, &access(kind, member, roam)),
            expected,
            "{role:?} {kind:?} {member:?} roam={roam}"
        );
    }
}

#[test]
fn whoever_is_muted_reads_and_is_not_heard() {
    use MemberRole::{Member as M, Moderator, Owner as O};
    let public = |role| access(RoomKind::Public, Some((role, true)), false);
    for until in [None, Some(51)] {
        assert_eq!(row(Role::Member, &muted(public(M), until)), "yyyymmnynnmynny");
        assert_eq!(row(Role::Guest, &muted(public(M), until)), "yyyymmnynnnnnny");
        assert_eq!(row(Role::Member, &muted(public(Moderator), until)), "yyyymmnyynmynyy");
        assert_eq!(row(Role::Member, &muted(public(O), until)), "yyyymmnyymmyyyy");
        assert_eq!(row(Role::Admin, &muted(public(M), until)), "yyyymmnyymmyyyy");
    }
    assert_eq!(row(Role::Member, &muted(public(M), Some(50))), row(Role::Member, &public(M)), "it is over");
    // Those who keep order from outside were muted when they were inside, by somebody above them.
    let gone = access(RoomKind::Public, Some((M, false)), false);
    assert_eq!(row(Role::Admin, &gone), "yyynnnnyyyynyyn");
    assert_eq!(row(Role::Admin, &muted(gone, None)), "yyynnnnyymmnyyn");
    let told = may(&actor(Role::Member), Action::Send, &muted(public(M), Some(2_050)));
    let retry_after = Some(std::time::Duration::from_secs(2));
    assert_eq!(told, Err(Refusal::Muted { reason: MuteReason::default(), retry_after }));
}

/// Whom one may mute and take out of the room: every sort of actor against every sort of target.
#[test]
fn nobody_lays_a_hand_on_an_equal() {
    use MemberRole::{Member as M, Moderator, Owner as O};
    let targets = [
        (Role::Guest, Some(M)),
        (Role::Member, None),
        (Role::Member, Some(M)),
        (Role::Guest, Some(Moderator)),
        (Role::Member, Some(Moderator)),
        (Role::Member, Some(O)),
        (Role::Admin, None),
        (Role::Admin, Some(O)),
        (Role::Owner, Some(M)),
    ];
    let table = [
        (Role::Guest, Some(M), "nnnnnnnnn"),
        (Role::Member, None, "nnnnnnnnn"),
        (Role::Member, Some(M), "nnnnnnnnn"),
        (Role::Member, Some(Moderator), "yyynnnnnn"),
        (Role::Member, Some(O), "yyyyynnnn"),
        (Role::Admin, None, "yyyyyynnn"),
        (Role::Admin, Some(M), "yyyyyynnn"),
        (Role::Owner, Some(M), "yyyyyyyyn"),
    ];
    for (role, place, expected) in table {
        let (actor, access) =
            (actor(role), access(RoomKind::Public, place.map(|place| (place, true)), false));
        for action in [|target| Action::Mute { target, decided_by: None }, |target| Action::Kick { target }] {
            let letter = |(role, place)| match may(&actor, action(Target { role, place }), &access) {
                Ok(()) => 'y',
                Err(_) => 'n',
            };
            let row: String = targets.into_iter().map(letter).collect();
            assert_eq!(row, expected, "{role:?} {place:?}");
        }
    }
}

#[test]
fn another_workspace_is_not_there() {
    for role in Role::ALL {
        let mut access = access(RoomKind::Public, Some((MemberRole::Owner, true)), true);
        access.room.workspace = workspace(2);
        assert_eq!(row(role, &access), "...............", "{role:?}");
    }
}

#[test]
fn guests_stay_in_their_rooms() {
    let actions = [WorkspaceAction::CreateRoom, WorkspaceAction::BrowseRooms, WorkspaceAction::SeeEverybody];
    let row = |role, roam| actions.map(|action| may_in_workspace(&actor(role), action, roam).is_ok());
    assert_eq!(row(Role::Guest, false), [false, false, false]);
    assert_eq!(row(Role::Guest, true), [false, true, false]);
    assert_eq!(row(Role::Member, false), [true, true, true]);
}

#[test]
fn a_mute_is_not_for_those_below_who_decided_it() {
    use MemberRole::{Member as M, Moderator, Owner as O};
    let target = Target { role: Role::Member, place: Some(M) };
    let deciders =
        [(Role::Member, None), (Role::Member, Some(Moderator)), (Role::Member, Some(O)), (Role::Owner, None)];
    for (role, place, expected) in [
        (Role::Member, Moderator, [true, true, false, false]),
        (Role::Member, O, [true, true, true, false]),
        (Role::Admin, M, [true, true, true, false]),
        (Role::Owner, M, [true, true, true, true]),
    ] {
        let access = access(RoomKind::Public, Some((place, true)), false);
        let may = deciders.map(|(role_then, place)| {
            let decided_by = Some(Target { role: role_then, place });
            may(&actor(role), Action::Mute { target, decided_by }, &access).is_ok()
        });
        assert_eq!(may, expected, "{role:?} {place:?}");
    }
}

#[test]
fn whoever_is_muted_keeps_no_order() {
    let target = Target { role: Role::Member, place: Some(MemberRole::Member) };
    let keeper = access(RoomKind::Public, Some((MemberRole::Owner, true)), false);
    for action in [Action::Mute { target, decided_by: None }, Action::Kick { target }] {
        assert_eq!(may(&actor(Role::Member), action, &keeper), Ok(()));
        let told = may(&actor(Role::Member), action, &muted(keeper.clone(), None));
        assert!(matches!(told, Err(Refusal::Muted { .. })), "{told:?}");
    }
}
