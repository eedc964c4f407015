//! Invitation links on the wire.

use parlor_model as model;

use crate::wire;

wire! {
    /// Makes an invitation link.
    #[serde(deny_unknown_fields)]
    pub struct CreateInvite {
        /// Seconds until it stops working, 60 to 31 536 000; absent for never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub expires_in: Option<u32>,
        /// How many people it lets in, 1 to 100 000; absent for any number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub max_uses: Option<u32>,
    }
}

wire! {
    /// An invitation, without its code.
    pub struct Invite {
        /// `inv_…`
        pub id: String,
        /// `usr_…`
        pub created_by: String,
        /// RFC 3339, UTC.
        pub created_at: String,
        /// RFC 3339, UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub expires_at: Option<String>,
        /// How many people it lets in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub max_uses: Option<u32>,
        /// How many it has let in.
        pub uses: u32,
        /// True if it would let somebody in now.
        pub open: bool,
    }
}

wire! {
    /// A new invitation. The code is shown this once.
    pub struct CreatedInvite {
        /// The invitation.
        pub invite: Invite,
        /// The secret.
        pub code: String,
        /// The link to hand out, relative to the server: `/invite#<code>`.
        pub path: String,
    }
}

wire! {
    /// A room's invitations.
    pub struct InviteList {
        /// The newest first.
        pub invites: Vec<Invite>,
        /// Where the next page begins (`after`); absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub next: Option<String>,
    }
}

wire! {
    /// Asks where an invitation leads, without using it.
    #[serde(deny_unknown_fields)]
    pub struct InspectInvite {
        /// The secret.
        pub code: String,
    }
}

wire! {
    /// Where an invitation leads.
    pub struct InvitePreview {
        /// The room's name.
        pub room_name: String,
        /// The room's address.
        pub room_slug: String,
        /// Who invites.
        pub invited_by: String,
        /// How many people are in the room.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub member_count: u64,
    }
}

wire! {
    /// Uses an invitation while signed in.
    #[serde(deny_unknown_fields)]
    pub struct AcceptInvite {
        /// The secret.
        pub code: String,
    }
}

impl Invite {
    /// An invitation as it stands at `now`.
    pub fn new(invite: &model::Invite, now: model::Timestamp) -> Self {
        Self {
            id: invite.id.to_string(),
            created_by: invite.created_by.to_string(),
            created_at: invite.created_at.to_string(),
            expires_at: invite.expires_at.as_ref().map(ToString::to_string),
            max_uses: invite.max_uses,
            uses: invite.uses,
            open: invite.is_open(now),
        }
    }
}
