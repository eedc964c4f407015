//! Membership on the wire.

use parlor_model as model;

use crate::users::User;
use crate::wire;

wire! {
    /// A user in a room.
    pub struct Member {
        /// Who.
        pub user: User,
        /// `owner`, `moderator` or `member`.
        pub role: String,
        /// False once they have left.
        pub active: bool,
        /// RFC 3339, UTC.
        pub joined_at: String,
        /// True if they are connected now; only in lists that were asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub online: Option<bool>,
    }
}

wire! {
    /// A page of a room's members.
    pub struct MemberPage {
        /// In a stable order.
        pub members: Vec<Member>,
        /// Where the next page begins (`after`); absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub next: Option<String>,
    }
}

impl Member {
    /// A member, with presence where it is known.
    pub fn new(member: &model::Member, user: &model::User, online: Option<bool>) -> Self {
        Self {
            user: User::from(user),
            role: member.role.as_str().to_owned(),
            active: member.active,
            joined_at: member.joined_at.to_string(),
            online,
        }
    }
}
