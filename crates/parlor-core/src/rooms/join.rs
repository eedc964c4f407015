//! Joins a room that is open to one. Joining a room that one is in changes nothing.

use parlor_model::{Action, Actor, Member, MemberRole, Room, RoomId};

use crate::change::RoomChange;
use crate::{Core, Error};

impl Core {
    /// Becomes a member of a public room.
    pub async fn join_room(&self, actor: &Actor, room: RoomId) -> Result<(Room, Member), Error> {
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let mut change = RoomChange::open(tx, &core, &actor, room).await?;
                change.may(Action::Join)?;
                let place = change.admit(tx, MemberRole::Member).await?;
                let joined = (change.access.room.clone(), place);
                Ok((joined, change.close(tx).await?))
            })
        })
        .await
    }
}
