//! Oneself and others.

use parlor_protocol::{ChangePassword, CurrentUser, UpdateProfile, UpgradeGuest, User, UserList};
use reqwest::Method;

use super::with_query;
use crate::{Client, Result};

impl Client {
    /// Oneself.
    pub async fn me(&self) -> Result<User> {
        let answer: CurrentUser = self.get(self.route(&["me"])).await?;
        Ok(answer.user)
    }

    /// Changes the name that stands beside one's messages.
    pub async fn rename_me(&self, display_name: &str) -> Result<User> {
        let change = UpdateProfile { display_name: Some(display_name.to_owned()) };
        let answer: CurrentUser = self.patch(self.route(&["me"]), &change).await?;
        Ok(answer.user)
    }

    /// Makes the guest that asks an account. The token stays.
    pub async fn upgrade(&self, upgrade: &UpgradeGuest) -> Result<User> {
        let answer: CurrentUser = self.post(self.route(&["me", "upgrade"]), upgrade).await?;
        Ok(answer.user)
    }

    /// Changes one's password; every other session ends.
    pub async fn change_password(&self, change: &ChangePassword) -> Result<()> {
        self.act(Method::POST, self.route(&["me", "password"]), Some(change)).await
    }

    /// Those of these people (at most 100) whom one may see.
    pub async fn users(&self, ids: &[&str]) -> Result<Vec<User>> {
        let url = with_query(self.route(&["users"]), [("ids", Some(ids.join(",")))]);
        let answer: UserList = self.get(url).await?;
        Ok(answer.users)
    }
}
