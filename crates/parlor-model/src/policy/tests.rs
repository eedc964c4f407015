//! Every role against every action, written out: the table is the specification.

use super::*;
use crate::env::testing::env;
use crate::ids::{RoomId, SessionId, WorkspaceId};
use crate::names::{DisplayName, RoomName, Slug, Topic, Username};
use crate::time::Timestamp;
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
    });
    Access { room, member, guests_roam }
}

/// One letter an action: `y` may, `n` may not, `.` does not know the room.
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
    ];
    let letter = |action| match may(&actor(role), action, access) {
        Ok(()) => 'y',
        Err(Refusal::NotFound(_)) => '.',
        Err(_) => 'n',
    };
    actions.into_iter().map(letter).collect()
}

#[test]
fn every_role_against_every_action() {
    use MemberRole::{Member as M, Moderator, Owner as O};
    use RoomKind::{Private, Public};
    // see, read, join, leave, send, edit own, edit other, delete own, delete other, rename, topic, invite, manage
    let table = [
        (Role::Guest, Public, None, false, "............."),
        (Role::Guest, Public, None, true, "yyynnnnnnnnnn"),
        (Role::Guest, Public, Some((M, true)), false, "yyyyyynynnnnn"),
        (Role::Guest, Public, Some((M, false)), false, "............."),
        (Role::Guest, Private, None, true, "............."),
        (Role::Guest, Private, Some((M, true)), false, "yyyyyynynnnnn"),
        (Role::Member, Public, None, false, "yyynnnnnnnnnn"),
        (Role::Member, Public, Some((M, true)), false, "yyyyyynynnyyn"),
        (Role::Member, Public, Some((Moderator, true)), false, "yyyyyynyynyyn"),
        (Role::Member, Public, Some((O, true)), false, "yyyyyynyyyyyy"),
        (Role::Member, Public, Some((O, false)), false, "yyynnnnnnnnnn"),
        (Role::Member, Private, None, false, "............."),
        (Role::Member, Private, Some((O, false)), false, "............."),
        (Role::Member, Private, Some((M, true)), false, "yyyyyynynnyyn"),
        (Role::Admin, Private, None, false, "............."),
        (Role::Admin, Public, None, false, "yyynnnnyyyyny"),
        (Role::Admin, Private, Some((M, true)), false, "yyyyyynyyyyyy"),
        (Role::Owner, Private, None, false, "............."),
        (Role::Owner, Public, Some((M, true)), false, "yyyyyynyyyyyy"),
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
fn another_workspace_is_not_there() {
    for role in Role::ALL {
        let mut access = access(RoomKind::Public, Some((MemberRole::Owner, true)), true);
        access.room.workspace = workspace(2);
        assert_eq!(row(role, &access), ".............", "{role:?}");
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
