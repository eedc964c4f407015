//! The members of rooms, and keeping order among them.

use parlor_protocol::{Member, MemberPage, MuteMember};
use reqwest::Method;

use super::with_query;
use crate::{Client, Result};

impl Client {
    /// A page of a room's members; `after` is the `next` of the page before.
    pub async fn members(&self, room: &str, after: Option<&str>, limit: Option<usize>) -> Result<MemberPage> {
        let query = [("after", after.map(str::to_owned)), ("limit", limit.map(|limit| limit.to_string()))];
        self.get(with_query(self.route(&["rooms", room, "members"]), query)).await
    }

    /// Lets a member read and not write.
    pub async fn mute_member(&self, room: &str, user: &str, mute: &MuteMember) -> Result<Member> {
        self.post(self.route(&["rooms", room, "members", user, "mute"]), mute).await
    }

    /// Ends a mute.
    pub async fn unmute_member(&self, room: &str, user: &str) -> Result<()> {
        let url = self.route(&["rooms", room, "members", user, "unmute"]);
        self.act(Method::POST, url, None::<&()>).await
    }

    /// Takes a member out of a room.
    pub async fn kick_member(&self, room: &str, user: &str) -> Result<()> {
        let url = self.route(&["rooms", room, "members", user, "kick"]);
        self.act(Method::POST, url, None::<&()>).await
    }
}
