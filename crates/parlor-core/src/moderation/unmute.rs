//! Ends a mute before its time.

use parlor_model::{Actor, Member, RoomId, User, UserId};

use crate::{Core, Error};

impl Core {
    /// Lets somebody be heard again. Returns the member, whose `changed_seq` is the place of the change. For whoever is
    /// not muted, or is no longer, nothing changes.
    pub async fn unmute_member(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
    ) -> Result<(Member, User), Error> {
        self.replace_mute(actor, room, user, None).await
    }
}
