//! Invitation links.

use parlor_protocol::{
    AcceptInvite, CreateInvite, CreatedInvite, InspectInvite, Invite, InviteList, InvitePreview, Room,
};
use reqwest::Method;

use crate::{Client, Result};

impl Client {
    /// Makes an invitation to a room. The code is shown this once.
    pub async fn create_invite(&self, room: &str, invite: &CreateInvite) -> Result<CreatedInvite> {
        self.post(self.route(&["rooms", room, "invites"]), invite).await
    }

    /// A room's invitations, the newest first.
    pub async fn invites(&self, room: &str) -> Result<Vec<Invite>> {
        let answer: InviteList = self.get(self.route(&["rooms", room, "invites"])).await?;
        Ok(answer.invites)
    }

    /// Withdraws an invitation.
    pub async fn revoke_invite(&self, room: &str, invite: &str) -> Result<()> {
        let url = self.route(&["rooms", room, "invites", invite]);
        self.act(Method::DELETE, url, None::<&()>).await
    }

    /// Where an invitation leads. Needs no credential.
    pub async fn inspect_invite(&self, code: &str) -> Result<InvitePreview> {
        let inspect = InspectInvite { code: code.to_owned() };
        self.post(self.route(&["invites", "inspect"]), &inspect).await
    }

    /// Uses an invitation.
    pub async fn accept_invite(&self, code: &str) -> Result<Room> {
        let accept = AcceptInvite { code: code.to_owned() };
        self.post(self.route(&["invites", "accept"]), &accept).await
    }
}
