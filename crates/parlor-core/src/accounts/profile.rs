//! Changes how one is called.

use parlor_model::{Actor, DisplayName, Refusal, User};

use super::guest::tell_rooms;
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
        let (core, id) = (self.clone(), actor.id());
        self.commit(move |tx| {
            Box::pin(async move {
                let user = tx.user(id).await?.ok_or(Refusal::Unauthenticated)?;
                let Some(display_name) = display_name.filter(|name| *name != user.display_name) else {
                    return Ok((user, Vec::new()));
                };
                let user = User { display_name, ..user };
                tx.update_user(&user, None).await?;
                let events = tell_rooms(tx, &core, &user).await?;
                Ok((user, events))
            })
        })
        .await
    }
}
