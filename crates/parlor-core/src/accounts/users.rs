//! Looks people up.

use parlor_model::policy::{WorkspaceAction, may_in_workspace};
use parlor_model::{Actor, User, UserId};

use crate::{Core, Error};

impl Core {
    /// Those among `ids` that one may see: everybody for an account, for a guest those it shares a room with.
    pub async fn users(&self, actor: &Actor, ids: &[UserId]) -> Result<Vec<User>, Error> {
        let everybody = may_in_workspace(actor, WorkspaceAction::SeeEverybody, self.guests_roam()).is_ok();
        let (id, workspace, mut ids) = (actor.id(), actor.workspace(), ids.to_vec());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    if !everybody {
                        ids = tx.users_sharing_room(id, &ids).await?;
                    }
                    let users = tx.users(&ids).await?;
                    Ok(users.into_iter().filter(|user| user.workspace == workspace).collect())
                })
            })
            .await
    }
}
