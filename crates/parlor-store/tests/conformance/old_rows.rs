//! Databases of older versions of the schema: what stands in them is kept, and what is new is made for it.

use parlor_model::{NameKey, Room, RoomKind, RoomName, Slug, Topic};
use parlor_store::Error;

use crate::support::{World, cases, write};

cases!(
    names_from_before_written_keys_are_kept,
    members_from_before_mutes_are_kept,
    keys_made_by_another_rule_are_made_anew,
    rooms_from_before_sort_keys_are_put_in_order
);

/// What takes a schema of today back to the one before mutes.
const NO_MUTES: &str = "DROP INDEX rooms_in_order; DROP INDEX rooms_without_sort_key;
    ALTER TABLE rooms DROP COLUMN sort_key; DROP TABLE run_heads; DROP TABLE runs;
    ALTER TABLE members DROP COLUMN muted_at; ALTER TABLE members DROP COLUMN muted_until;
    ALTER TABLE members DROP COLUMN muted_by; ALTER TABLE members DROP COLUMN mute_reason;
    ALTER TABLE members DROP COLUMN read_seq";

async fn names_from_before_written_keys_are_kept(world: &World) {
    let (mut net, mut younger) =
        (world.a_room("Net", RoomKind::Public), world.a_room("Younger", RoomKind::Public));
    if younger.id < net.id {
        // Ids of one millisecond have no order among them.
        std::mem::swap(&mut younger.id, &mut net.id);
    }
    for room in [net.clone(), younger.clone()] {
        write!(world.store, tx => tx.insert_room(&room));
    }
    let private = world.room("Private", RoomKind::Private).await;
    // The schema of version 2, in which the younger could take a name that looks like the other's.
    let undone = format!(
        "{NO_MUTES}; DROP INDEX rooms_written_key; DROP INDEX rooms_without_key; ALTER TABLE rooms DROP COLUMN written_key;
         DELETE FROM parlor_migrations WHERE number >= 3;
         UPDATE rooms SET name = 'ΝΕΤ', name_key = '{}' WHERE name = 'Younger'",
        NameKey::of("ΝΕΤ").as_str()
    );
    let store = world.changed_by("PRAGMA user_version = 2", &undone).await;
    assert_eq!(world.alike_in(&store, "NEТ").await, [net.id], "the older one has the key");
    assert_eq!(
        world.alike_in(&store, "ΝΕΤ").await,
        [net.id, younger.id],
        "the younger one is found by the other"
    );

    let taken = Room { slug: Slug::typed("more"), ..world.a_room("NEТ", RoomKind::Public) };
    let result = store.write(|tx| Box::pin(async move { tx.insert_room(&taken).await })).await;
    assert!(matches!(result, Err(Error::Taken(_))), "{result:?}");
    let named = Room { name: RoomName::new("ΝΕΤ").unwrap(), ..younger };
    for room in [named, private, net] {
        let changed = Room { topic: Topic::new("mesh").unwrap(), ..room };
        let saved: Result<(), Error> =
            store.write(|tx| Box::pin(async move { tx.save_room(&changed).await })).await;
        saved.unwrap();
    }
    store.close().await;
}

async fn members_from_before_mutes_are_kept(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let row = world.joined(room, ada).await;
    let undone = format!("{NO_MUTES}; DELETE FROM parlor_migrations WHERE number >= 4");
    let store = world.changed_by("PRAGMA user_version = 3", &undone).await;
    let found: Result<_, Error> = store.read(move |tx| Box::pin(tx.member(room, ada))).await;
    assert_eq!(found.unwrap(), Some(row));
    store.close().await;
}

async fn keys_made_by_another_rule_are_made_anew(world: &World) {
    let (wide, narrow) =
        (world.room("One", RoomKind::Public).await, world.room("a b", RoomKind::Public).await);
    let (alone, ada) = (world.room("Two", RoomKind::Public).await, world.user("ada").await);
    // Two blanks were another name than one, and each had the key of its text.
    let undone = "UPDATE rooms SET name = 'a  b', name_key = 'a  b', written_key = 'a  b' WHERE name = 'One';
        UPDATE rooms SET name = 'c  d', name_key = 'c  d', written_key = 'c  d' WHERE name = 'Two';
        UPDATE users SET username_key = 'of before' WHERE username = 'ada';
        DELETE FROM settings WHERE name = 'name_keys'";
    let store = world.changed_by("PRAGMA user_version", undone).await;
    assert_eq!(world.alike_in(&store, "c d").await, [alone.id]);
    assert_eq!(world.alike_in(&store, "a b").await, [narrow.id], "both were there, and one has the key");
    let (workspace, key) = (ada.workspace, ada.username.key());
    let found: Result<_, Error> =
        store.read(move |tx| Box::pin(async move { tx.user_by_key(workspace, &key).await })).await;
    assert_eq!(found.unwrap().map(|user| user.id), Some(ada.id));
    // Every change in a room saves its row: that of the other one must go on.
    let changed = Room { name: RoomName::stored("a  b".into()), head: 7, ..wide };
    let saved: Result<(), Error> =
        store.write(|tx| Box::pin(async move { tx.save_room(&changed).await })).await;
    saved.unwrap();
    store.close().await;
}

async fn rooms_from_before_sort_keys_are_put_in_order(world: &World) {
    for name in ["Random", "Room 10", "1 Welcome", "Kitchen", "Room 9", "Music"] {
        world.room(name, RoomKind::Public).await;
    }
    world.room("Private", RoomKind::Private).await;
    let undone = "DROP INDEX rooms_in_order; DROP INDEX rooms_without_sort_key;
        ALTER TABLE rooms DROP COLUMN sort_key; ALTER TABLE members DROP COLUMN read_seq; DELETE FROM parlor_migrations WHERE number >= 6";
    let store = world.changed_by("PRAGMA user_version = 5", undone).await;
    let workspace = world.workspace;
    let found: Result<Vec<Room>, Error> =
        store.read(move |tx| Box::pin(async move { tx.public_rooms(workspace, None, 9).await })).await;
    let names: Vec<_> = found.unwrap().iter().map(|room| room.name.to_string()).collect();
    assert_eq!(names, ["1 Welcome", "Kitchen", "Music", "Random", "Room 9", "Room 10"]);
    store.close().await;
}
