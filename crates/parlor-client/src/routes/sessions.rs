//! One's signed-in devices.

use parlor_protocol::{Session, SessionList};
use reqwest::Method;

use crate::{Client, Result};

impl Client {
    /// One's signed-in devices, the newest first.
    pub async fn sessions(&self) -> Result<Vec<Session>> {
        let answer: SessionList = self.get(self.route(&["sessions"])).await?;
        Ok(answer.sessions)
    }

    /// Signs one of them out.
    pub async fn end_session(&self, id: &str) -> Result<()> {
        let url = self.route(&["sessions", id]);
        self.act(Method::DELETE, url, None::<&()>).await
    }
}
