//! Joins a room that is open to one. Joining a room that one is in changes nothing.

use parlor_model::{Action, Actor, Member, MemberRole, Room, RoomId};

use crate::change::{Admit, RoomChange, RoomWork};
use crate::{Core, Error};

impl Core {
    /// Becomes a member of a public room.
    pub async fn join_room(&self, actor: &Actor, room: RoomId) -> Result<(Room, Member), Error> {
        self.change_room(actor, room, Join).await
    }
}

struct Join;

impl RoomWork for Join {
    type Done = (Room, Member);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Room, Member), Error> {
        change.may(Action::Join)?;
        Admit(MemberRole::Member).run(change).await
    }
}
