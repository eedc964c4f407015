//! Workspaces.

use parlor_model::{RoomKind, Timestamp, WorkspaceId};
use parlor_store::Counts;

use crate::support::{World, cases, read, write};

cases!(the_first_workspace_is_the_one, rows_are_counted_by_workspace);

async fn the_first_workspace_is_the_one(world: &World) {
    let later = WorkspaceId::generate(&world.env);
    write!(world.store, tx => tx.insert_workspace(later, Timestamp::from_millis(i64::MAX)));
    assert_eq!(read!(world.store, tx => tx.workspace()), Some(world.workspace));
}

async fn rows_are_counted_by_workspace(world: &World) {
    world.user("ada").await;
    world.user("bob").await;
    world.room("General", RoomKind::Public).await;
    let (here, elsewhere) = (world.workspace, WorkspaceId::generate(&world.env));
    assert_eq!(read!(world.store, tx => tx.counts(here)), Counts { users: 2, rooms: 1 });
    assert_eq!(read!(world.store, tx => tx.counts(elsewhere)), Counts { users: 0, rooms: 0 });
}
