//! Lists who is in a room.

use parlor_model::{Action, Actor, Member, RoomId, User, UserId, may};

use crate::change::read_access;
use crate::{Core, Error};

/// A page of a room's members.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The members, in the order of their ids.
    pub members: Vec<(Member, User)>,
    /// True if the one who asks may see why people were muted, and by whom.
    pub with_reasons: bool,
}

impl Core {
    /// A page of the members of a room that one may see. `after` is the last of the page before.
    pub async fn members(
        &self,
        actor: &Actor,
        room: RoomId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Roster, Error> {
        let (core, actor) = (self.clone(), actor.clone());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let access = read_access(tx, &core, &actor, room).await?;
                    may(&actor, Action::SeeRoom, &access)?;
                    let with_reasons = may(&actor, Action::SeeReasons, &access).is_ok();
                    Ok(Roster { members: tx.members(room, after, limit).await?, with_reasons })
                })
            })
            .await
    }
}
