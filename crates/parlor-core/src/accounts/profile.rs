//! Changes how one is called.

use parlor_model::{Actor, DisplayName, Refusal, User, UserId};
use parlor_store::Tx;

use super::guest::tell_rooms;
use crate::change::Work;
use crate::{Core, Error};

/// What is to change. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// The new name beside messages, as typed.
    pub display_name: Option<String>,
}

impl Core {
    /// Changes one's profile, and tells one's rooms.
    pub async fn update_profile(&self, actor: &Actor, change: ProfileChange) -> Result<User, Error> {
        let display_name = change.display_name.as_deref().map(DisplayName::new).transpose()?;
        self.commit(UpdateProfile { user: actor.id(), display_name }).await
    }
}

struct UpdateProfile {
    user: UserId,
    display_name: Option<DisplayName>,
}

impl Work for UpdateProfile {
    type Done = User;

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<User, Error> {
        let user = tx.user(self.user).await?.ok_or(Refusal::Unauthenticated)?;
        let Some(display_name) = self.display_name.filter(|name| *name != user.display_name) else {
            return Ok(user);
        };
        let user = User { display_name, ..user };
        tx.update_user(&user, None).await?;
        tell_rooms(tx, core, &user).await?;
        Ok(user)
    }
}
