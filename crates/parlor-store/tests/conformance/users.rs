//! Users.

use parlor_model::{DisplayName, NameKey, Role, RoomKind, User, UserId, Username, WorkspaceId};

use crate::support::{World, cases, member, read, write};

cases!(
    a_user_comes_back_as_it_went_in,
    a_name_is_taken_with_all_that_look_like_it,
    names_are_taken_by_workspace,
    a_user_is_updated_and_keeps_the_password,
    an_update_to_a_taken_name_changes_nothing_and_the_work_goes_on,
    passwords_are_found_by_exact_name,
    lists_of_users_are_found,
    everybody_comes_in_pages,
    an_owner_is_noticed,
    people_know_those_they_share_a_room_with,
);

async fn a_user_comes_back_as_it_went_in(world: &World) {
    let user = User { invited: true, ..world.user_with("ada", Role::Guest, None).await };
    let changed = user.clone();
    assert!(write!(world.store, tx => tx.update_user(&changed, None)));
    let (id, nobody) = (user.id, UserId::generate(&world.env));
    assert_eq!(read!(world.store, tx => tx.user(id)), Some(user.clone()));
    assert_eq!(read!(world.store, tx => tx.user(nobody)), None);
    let workspace = world.workspace;
    assert_eq!(read!(world.store, tx => tx.user_by_key(workspace, &NameKey::of("ADA"))), Some(user));
    assert_eq!(read!(world.store, tx => tx.user_by_key(workspace, &NameKey::of("eve"))), None);
}

async fn a_name_is_taken_with_all_that_look_like_it(world: &World) {
    world.user("paypal").await;
    for name in ["paypal", "раураl", "paypa1"] {
        let mut other = world.a_user("other", Role::Member);
        other.username = Username::stored(name.to_owned());
        let id = other.id;
        assert!(!write!(world.store, tx => tx.insert_user(&other, None)), "{name}");
        assert_eq!(read!(world.store, tx => tx.user(id)), None);
    }
}

async fn names_are_taken_by_workspace(world: &World) {
    world.user("ada").await;
    let elsewhere = WorkspaceId::generate(&world.env);
    write!(world.store, tx => tx.insert_workspace(elsewhere, crate::support::NOW));
    let other = User { workspace: elsewhere, ..world.a_user("ada", Role::Member) };
    assert!(write!(world.store, tx => tx.insert_user(&other, None)));
    let key = NameKey::of("ada");
    let found = read!(world.store, tx => tx.user_by_key(elsewhere, &key)).unwrap();
    assert_eq!(found.workspace, elsewhere);
}

async fn a_user_is_updated_and_keeps_the_password(world: &World) {
    let guest = world.user_with("guest-1", Role::Guest, Some("hash 1")).await;
    let member = User {
        username: Username::new("ada").unwrap(),
        display_name: DisplayName::new("Ada L.").unwrap(),
        role: Role::Member,
        ..guest
    };
    let row = member.clone();
    assert!(write!(world.store, tx => tx.update_user(&row, None)));
    let (workspace, name) = (world.workspace, member.username.clone());
    let found = read!(world.store, tx => tx.credentials(workspace, &name));
    assert_eq!(found, Some((member.clone(), Some("hash 1".into()))));
    let (row, id) = (member.clone(), member.id);
    assert!(write!(world.store, tx => tx.update_user(&row, Some("hash 2"))));
    assert_eq!(read!(world.store, tx => tx.password_hash(id)).as_deref(), Some("hash 2"));
    write!(world.store, tx => tx.put_password_hash(id, "hash 3"));
    assert_eq!(read!(world.store, tx => tx.password_hash(id)).as_deref(), Some("hash 3"));
    let nobody = User { id: UserId::generate(&world.env), ..world.a_user("nobody", Role::Member) };
    assert!(!write!(world.store, tx => tx.update_user(&nobody, None)));
}

async fn an_update_to_a_taken_name_changes_nothing_and_the_work_goes_on(world: &World) {
    world.user("ada").await;
    let bob = world.user("bob").await;
    let greedy = User { username: Username::new("ada").unwrap(), ..bob.clone() };
    let updated = crate::support::run_write(&world.store, move |tx| {
        Box::pin(async move {
            tx.put_setting("before", "kept").await?;
            let updated = tx.update_user(&greedy, Some("hash")).await?;
            tx.put_setting("after", "kept").await?;
            Ok(updated)
        })
    })
    .await;
    assert!(!updated);
    let id = bob.id;
    assert_eq!(read!(world.store, tx => tx.user(id)), Some(bob));
    assert_eq!(read!(world.store, tx => tx.password_hash(id)), None);
    assert_eq!(read!(world.store, tx => tx.setting("before")).as_deref(), Some("kept"));
    assert_eq!(read!(world.store, tx => tx.setting("after")).as_deref(), Some("kept"));
}

async fn passwords_are_found_by_exact_name(world: &World) {
    let ada = world.user_with("ada", Role::Member, Some("hash")).await;
    let guest = world.user_with("guest-2", Role::Guest, None).await;
    let workspace = world.workspace;
    let find = async |name: &str| {
        let name = Username::stored(name.to_owned());
        read!(world.store, tx => tx.credentials(workspace, &name))
    };
    assert_eq!(find("ada").await, Some((ada, Some("hash".into()))));
    assert_eq!(find("guest-2").await, Some((guest, None)));
    assert_eq!(find("аda").await, None);
    assert_eq!(find("Ada").await, None);
}

async fn lists_of_users_are_found(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let ids = [bob.id, UserId::generate(&world.env), ada.id, bob.id];
    let mut expected = vec![ada, bob];
    expected.sort_by_key(|user| user.id);
    assert_eq!(read!(world.store, tx => tx.users(&ids)), expected);
    assert_eq!(read!(world.store, tx => tx.users(&[])), []);
}

async fn everybody_comes_in_pages(world: &World) {
    for name in ["dora", "ada", "юля", "cid", "bob", "zoe", "b.b", "b-b", "b_b"] {
        world.user(name).await;
    }
    let workspace = world.workspace;
    let all = read!(world.store, tx => tx.everybody(workspace, None, 100));
    assert_eq!(all.len(), 9);
    // The keys sort by their bytes on either engine, whatever language the database speaks.
    assert!(all.is_sorted_by(|one, other| one.username.key().as_str() < other.username.key().as_str()));
    let mut paged = Vec::new();
    loop {
        let after = paged.last().map(|user: &User| user.username.key());
        let page = read!(world.store, tx => tx.everybody(workspace, after.as_ref(), 2));
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

async fn an_owner_is_noticed(world: &World) {
    let workspace = world.workspace;
    world.user_with("ada", Role::Admin, None).await;
    assert!(!read!(world.store, tx => tx.has_owner(workspace)));
    world.user_with("bob", Role::Owner, None).await;
    assert!(read!(world.store, tx => tx.has_owner(workspace)));
    let elsewhere = WorkspaceId::generate(&world.env);
    assert!(!read!(world.store, tx => tx.has_owner(elsewhere)));
}

async fn people_know_those_they_share_a_room_with(world: &World) {
    let (guest, near, left, silent, far) = (
        world.user_with("guest", Role::Guest, None).await,
        world.user("near").await,
        world.user("left").await,
        world.user("silent").await,
        world.user("far").await,
    );
    let here = world.room("Here", RoomKind::Private).await;
    let there = world.room("There", RoomKind::Private).await;
    for user in [&guest, &near, &left, &silent] {
        world.joined(here.id, user.id).await;
    }
    world.joined(there.id, far.id).await;
    world.save_member(&member(there.id, guest.id, parlor_model::MemberRole::Member, false)).await;
    world.say(here.id, left.id, "good bye").await;
    world.say(there.id, far.id, "hello").await;
    for user in [&left, &silent] {
        world.save_member(&member(here.id, user.id, parlor_model::MemberRole::Member, false)).await;
    }
    let among = [guest.id, near.id, left.id, silent.id, far.id];
    let id = guest.id;
    let mut expected = vec![guest.id, near.id, left.id];
    expected.sort_unstable();
    assert_eq!(read!(world.store, tx => tx.users_sharing_room(id, &among)), expected);
    let id = left.id;
    assert_eq!(read!(world.store, tx => tx.users_sharing_room(id, &among)), []);
}
