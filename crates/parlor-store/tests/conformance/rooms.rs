//! Rooms.

use parlor_model::{MemberRole, Room, RoomId, RoomKind, RoomName, Slug, Topic, WorkspaceId};
use parlor_store::Error;

use crate::support::{World, cases, member, read, write};

cases!(
    a_room_comes_back_as_it_went_in,
    a_room_is_saved_whole,
    a_room_of_another_workspace_is_not_there,
    an_address_is_taken_once,
    a_nul_is_no_text_of_either_engine,
    public_names_that_look_alike_are_taken,
    capitals_that_look_alike_are_taken,
    a_change_of_something_else_keeps_the_keys,
    my_rooms_come_by_name,
    public_rooms_come_in_pages,
    heads_of_many_rooms,
);

async fn a_room_comes_back_as_it_went_in(world: &World) {
    let room = Room {
        topic: Topic::new("All about everything").unwrap(),
        head: 7,
        access_seq: 5,
        changed_seq: 6,
        epoch: u32::MAX,
        member_count: 3,
        ..world.a_room("General Talk", RoomKind::Private)
    };
    let row = room.clone();
    write!(world.store, tx => tx.insert_room(&row));
    let (workspace, id) = (world.workspace, room.id);
    assert_eq!(read!(world.store, tx => tx.room(workspace, id)), Some(room.clone()));
    let slug = Slug::typed("general-talk");
    assert_eq!(read!(world.store, tx => tx.room_by_slug(workspace, &slug)), Some(room.clone()));
    assert_eq!(write!(world.store, tx => tx.lock_room(workspace, id)), Some(room));
    let slug = Slug::typed("general");
    assert_eq!(read!(world.store, tx => tx.room_by_slug(workspace, &slug)), None);
}

async fn a_room_is_saved_whole(world: &World) {
    let room = world.room("Before", RoomKind::Public).await;
    let other = world.room("Other", RoomKind::Public).await;
    let changed = Room {
        slug: Slug::typed("elsewhere"),
        name: RoomName::new("After").unwrap(),
        kind: RoomKind::Private,
        topic: Topic::new("New").unwrap(),
        head: 9,
        access_seq: 8,
        changed_seq: 9,
        member_count: 4,
        ..room.clone()
    };
    let row = changed.clone();
    write!(world.store, tx => tx.save_room(&row));
    assert_eq!(world.load_room(room.id).await, changed);
    assert_eq!(world.load_room(other.id).await, other);
}

async fn a_room_of_another_workspace_is_not_there(world: &World) {
    let room = world.room("General", RoomKind::Public).await;
    let (elsewhere, id, slug) = (WorkspaceId::generate(&world.env), room.id, room.slug.clone());
    assert_eq!(read!(world.store, tx => tx.room(elsewhere, id)), None);
    assert_eq!(write!(world.store, tx => tx.lock_room(elsewhere, id)), None);
    assert_eq!(read!(world.store, tx => tx.room_by_slug(elsewhere, &slug)), None);
    assert_eq!(read!(world.store, tx => tx.public_rooms(elsewhere, None, 9)), []);
    let moved = Room { workspace: elsewhere, head: 5, ..room };
    write!(world.store, tx => tx.save_room(&moved));
    assert_eq!(world.load_room(id).await.head, 0);
}

async fn an_address_is_taken_once(world: &World) {
    let room = world.room("General", RoomKind::Private).await;
    let (workspace, slug) = (world.workspace, room.slug.clone());
    assert!(read!(world.store, tx => tx.slug_taken(workspace, &slug)));
    let free = Slug::typed("free");
    assert!(!read!(world.store, tx => tx.slug_taken(workspace, &free)));
    let same = world.a_room("General", RoomKind::Private);
    let result = world.store.write(|tx| Box::pin(async move { tx.insert_room(&same).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
    let other = world.room("Other", RoomKind::Private).await;
    let moved = Room { slug: room.slug.clone(), ..other.clone() };
    let result = world.store.write(|tx| Box::pin(async move { tx.save_room(&moved).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
    assert_eq!(world.load_room(other.id).await, other);
}

async fn public_names_that_look_alike_are_taken(world: &World) {
    let room = world.room("Scope", RoomKind::Public).await;
    let workspace = world.workspace;
    assert_eq!(world.alike("ѕсоре").await, [room.id]);
    let alike = Room { slug: Slug::typed("scope-2"), ..world.a_room("ѕсоре", RoomKind::Public) };
    let (row, id) = (alike.clone(), alike.id);
    let result = world.store.write(|tx| Box::pin(async move { tx.insert_room(&row).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
    let private = Room { kind: RoomKind::Private, ..alike };
    write!(world.store, tx => tx.insert_room(&private));
    assert!(read!(world.store, tx => tx.room(workspace, id)).is_some());
    assert_eq!(world.alike("Scope").await, [room.id]);
}

async fn capitals_that_look_alike_are_taken(world: &World) {
    let (tea, net) = (world.room("Tea", RoomKind::Public).await, world.room("Net", RoomKind::Public).await);
    assert_eq!(world.alike("Теа").await, [tea.id]);
    assert_eq!(world.alike("теа").await, []);
    let alike = Room { slug: Slug::typed("tea-2"), ..world.a_room("Теа", RoomKind::Public) };
    let result = world.store.write(|tx| Box::pin(async move { tx.insert_room(&alike).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
    let renamed = Room { name: RoomName::new("ΤEA").unwrap(), ..net };
    let result = world.store.write(|tx| Box::pin(async move { tx.save_room(&renamed).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
}

async fn a_change_of_something_else_keeps_the_keys(world: &World) {
    let room = world.room("Tea", RoomKind::Public).await;
    let changed = Room { topic: Topic::new("leaves").unwrap(), ..room.clone() };
    let row = changed.clone();
    write!(world.store, tx => tx.save_room(&row));
    assert_eq!(world.alike("Теа").await, [room.id]);
    let renamed = Room { name: RoomName::new("Coffee").unwrap(), ..changed };
    write!(world.store, tx => tx.save_room(&renamed));
    assert_eq!(world.alike("Теа").await, []);
    assert_eq!(world.alike("СOFFEE").await, [room.id]);
}

async fn my_rooms_come_by_name(world: &World) {
    let ada = world.user("ada").await;
    let mut expected = Vec::new();
    for name in ["10", "Alpha", "Ärger", "beta 2", "Beta 10", "Kitchen", "Music", "Random"] {
        let room = world.room(name, RoomKind::Private).await;
        let member = member(room.id, ada.id, MemberRole::Owner, true);
        world.save_member(&member).await;
        expected.push((room, member));
    }
    let left = world.room("Left", RoomKind::Public).await;
    world.save_member(&member(left.id, ada.id, MemberRole::Member, false)).await;
    world.room("Foreign", RoomKind::Public).await;
    let id = ada.id;
    assert_eq!(read!(world.store, tx => tx.rooms_of(id)), expected);
    let mut ids: Vec<RoomId> = expected.iter().map(|(room, _)| room.id).collect();
    ids.sort_unstable();
    assert_eq!(read!(world.store, tx => tx.room_ids_of(id)), ids);
}

async fn public_rooms_come_in_pages(world: &World) {
    let expected =
        ["1 Welcome", "a b", "a-z", "alpha", "Kitchen", "Music", "Random", "Room 9", "room 10", "Ωmega"];
    for number in [3, 9, 1, 7, 0, 5, 2, 8, 6, 4] {
        world.room(expected[number], RoomKind::Public).await;
    }
    world.room("Secret", RoomKind::Private).await;
    let workspace = world.workspace;
    let all = read!(world.store, tx => tx.public_rooms(workspace, None, 100));
    assert_eq!(all.iter().map(|room| room.name.as_str()).collect::<Vec<_>>(), expected);
    let mut paged: Vec<Room> = Vec::new();
    loop {
        let after = paged.last().map(|room| room.id);
        let page = read!(world.store, tx => tx.public_rooms(workspace, after, 3));
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    let secret = world.room("Middle", RoomKind::Private).await.id;
    let after = read!(world.store, tx => tx.public_rooms(workspace, Some(secret), 9));
    assert_eq!(after, [], "where the name of a private room stands is nobody's business");
    // A room that is renamed moves.
    let renamed = Room { name: RoomName::new("Aardvark").unwrap(), ..all[9].clone() };
    let row = renamed.clone();
    write!(world.store, tx => tx.save_room(&row));
    let third = all[2].id;
    assert_eq!(read!(world.store, tx => tx.public_rooms(workspace, Some(third), 1)), [renamed]);
}

async fn a_nul_is_no_text_of_either_engine(world: &World) {
    let workspace = world.workspace;
    let asked: Result<_, Error> = world
        .store
        .read(move |tx| {
            Box::pin(async move { tx.room_by_slug(workspace, &Slug::stored("a\0b".into())).await })
        })
        .await;
    assert_eq!(asked.unwrap_err(), Error::Nul);
    let written: Result<_, Error> =
        world.store.write(|tx| Box::pin(async move { tx.put_setting("name", "a\0b").await })).await;
    assert_eq!(written.unwrap_err(), Error::Nul);
}

async fn heads_of_many_rooms(world: &World) {
    let ada = world.user("ada").await;
    let mut expected = Vec::new();
    for number in 0..5 {
        let room = world.room(&format!("Room {number}"), RoomKind::Public).await;
        for _ in 0..number {
            world.say(room.id, ada.id, "hi").await;
        }
        expected.push((room.id, number));
    }
    let mut asked: Vec<RoomId> = expected.iter().map(|(id, _)| *id).collect();
    asked.push(RoomId::generate(&world.env));
    expected.sort_unstable();
    assert_eq!(read!(world.store, tx => tx.heads(&asked)), expected);
    assert_eq!(read!(world.store, tx => tx.heads(&[])), []);
}
