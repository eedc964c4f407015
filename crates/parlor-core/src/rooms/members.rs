//! Lists who is in a room.

use parlor_model::{Action, Actor, Member, RoomId, User, UserId};

use crate::{Core, Error};

impl Core {
    /// A page of the members of a room that one may see, in the order of their ids. `after` is the last of the page
    /// before.
    pub async fn members(
        &self,
        actor: &Actor,
        room: RoomId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<(Member, User)>, Error> {
        self.room_for(actor, room, Action::SeeRoom).await?;
        self.store().read(move |tx| Box::pin(async move { Ok(tx.members(room, after, limit).await?) })).await
    }
}
