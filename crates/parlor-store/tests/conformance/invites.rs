//! Invitations.

use std::time::Duration;

use parlor_model::{Invite, InviteId, RoomKind};

use crate::support::{NOW, World, cases, read, write};

cases!(
    an_invitation_is_found_by_its_code,
    an_invitation_is_used_while_it_is_open,
    an_invitation_is_withdrawn_in_its_room,
    all_of_one_maker_are_withdrawn_in_one_room,
    a_race_never_lets_too_many_in,
);

async fn invite(world: &World, room: &str, code: u8, max_uses: Option<u32>) -> Invite {
    let user = world.user(&format!("inviter-{code}")).await;
    let room = world.room(room, RoomKind::Private).await;
    let invite = Invite {
        id: InviteId::generate(&world.env),
        workspace: world.workspace,
        room: room.id,
        created_by: user.id,
        created_at: NOW,
        expires_at: Some(NOW.after(Duration::from_mins(1))),
        max_uses,
        uses: 0,
        revoked: false,
    };
    let row = invite.clone();
    write!(world.store, tx => tx.insert_invite(&row, &[code; 32]));
    invite
}

async fn an_invitation_is_found_by_its_code(world: &World) {
    let first = invite(world, "One", 1, Some(u32::MAX)).await;
    let second = invite(world, "Two", 2, None).await;
    assert_eq!(read!(world.store, tx => tx.invite_by_code(&[1; 32])), Some(first.clone()));
    assert_eq!(read!(world.store, tx => tx.invite_by_code(&[3; 32])), None);
    let room = second.room;
    assert_eq!(read!(world.store, tx => tx.invites_of(room, None, None, 9)), std::slice::from_ref(&second));
    let (id, maker) = (second.id, second.created_by);
    assert_eq!(
        read!(world.store, tx => tx.invites_of(room, Some(maker), None, 9)),
        std::slice::from_ref(&second)
    );
    assert_eq!(read!(world.store, tx => tx.invites_of(room, None, Some(id), 9)), []);
    assert_eq!(read!(world.store, tx => tx.invite(room, id)), Some(second));
}

async fn an_invitation_is_used_while_it_is_open(world: &World) {
    let twice = invite(world, "One", 1, Some(2)).await.id;
    let expiry = NOW.after(Duration::from_mins(1));
    assert!(!write!(world.store, tx => tx.use_invite(twice, expiry)));
    assert!(write!(world.store, tx => tx.use_invite(twice, NOW)));
    assert!(write!(world.store, tx => tx.use_invite(twice, NOW)));
    assert!(!write!(world.store, tx => tx.use_invite(twice, NOW)));
    assert_eq!(read!(world.store, tx => tx.invite_by_code(&[1; 32])).unwrap().uses, 2);
    let often = invite(world, "Two", 2, None).await.id;
    for _ in 0..5 {
        assert!(write!(world.store, tx => tx.use_invite(often, NOW)));
    }
    let unknown = InviteId::generate(&world.env);
    assert!(!write!(world.store, tx => tx.use_invite(unknown, NOW)));
}

async fn all_of_one_maker_are_withdrawn_in_one_room(world: &World) {
    let first = invite(world, "One", 1, None).await;
    let (room, maker) = (first.room, first.created_by);
    let elsewhere = Invite {
        id: InviteId::generate(&world.env),
        room: world.room("Two", RoomKind::Private).await.id,
        ..first.clone()
    };
    let another = Invite {
        id: InviteId::generate(&world.env),
        created_by: world.user("another").await.id,
        ..first.clone()
    };
    for (row, code) in [(elsewhere, 2), (another, 3)] {
        write!(world.store, tx => tx.insert_invite(&row, &[code; 32]));
    }
    write!(world.store, tx => tx.revoke_invites_by(room, maker));
    for (code, revoked) in [(1, true), (2, false), (3, false)] {
        let found = read!(world.store, tx => tx.invite_by_code(&[code; 32])).unwrap();
        assert_eq!(found.revoked, revoked, "{code}");
    }
}

async fn an_invitation_is_withdrawn_in_its_room(world: &World) {
    let (here, there) = (invite(world, "One", 1, None).await, invite(world, "Two", 2, None).await);
    let (room, other, id) = (here.room, there.room, here.id);
    assert!(!write!(world.store, tx => tx.revoke_invite(other, id)));
    assert!(write!(world.store, tx => tx.revoke_invite(room, id)));
    assert!(!write!(world.store, tx => tx.revoke_invite(room, id)));
    assert!(!write!(world.store, tx => tx.use_invite(id, NOW)));
    assert!(read!(world.store, tx => tx.invite_by_code(&[1; 32])).unwrap().revoked);
    assert!(!read!(world.store, tx => tx.invite_by_code(&[2; 32])).unwrap().revoked);
}

async fn a_race_never_lets_too_many_in(world: &World) {
    let id = invite(world, "One", 1, Some(3)).await.id;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move { write!(store, tx => tx.use_invite(id, NOW)) })
        })
        .collect();
    let mut let_in = 0;
    for task in tasks {
        let_in += u32::from(task.await.unwrap());
    }
    assert_eq!(let_in, 3);
    assert_eq!(read!(world.store, tx => tx.invite_by_code(&[1; 32])).unwrap().uses, 3);
}
