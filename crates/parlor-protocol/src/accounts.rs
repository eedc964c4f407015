//! Coming in: accounts, guests and what the server says of itself to strangers.

use crate::users::User;
use crate::wire;

wire! {
    /// Makes an account.
    #[serde(deny_unknown_fields)]
    pub struct Register {
        /// 2 to 32 letters with their marks, digits and `.`, `_`, `-`, in one script; kept in lower case. Some are reserved.
        pub username: String,
        /// 8 to 1024 characters.
        pub password: String,
        /// 1 to 64 characters; the username if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub display_name: Option<String>,
        /// The code of an invitation, where registration needs one. Its room is joined at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub invite: Option<String>,
        /// The token of the one-time setup link: makes the owner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub setup_token: Option<String>,
        /// True to get the session as a cookie that scripts can't read, instead of a token.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        pub cookie: bool,
    }
}

wire! {
    /// Signs in.
    #[serde(deny_unknown_fields)]
    pub struct Login {
        /// The name.
        pub username: String,
        /// The password.
        pub password: String,
        /// True to get the session as a cookie that scripts can't read, instead of a token.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        pub cookie: bool,
    }
}

wire! {
    /// Enters without an account.
    #[serde(deny_unknown_fields)]
    pub struct EnterAsGuest {
        /// 1 to 64 characters.
        pub display_name: String,
        /// The code of an invitation, where guests need one. Its room is joined at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub invite: Option<String>,
        /// True to get the session as a cookie that scripts can't read, instead of a token.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        pub cookie: bool,
    }
}

wire! {
    /// Makes the guest that asks an account, which keeps the name and the history.
    #[serde(deny_unknown_fields)]
    pub struct UpgradeGuest {
        /// As in registration.
        pub username: String,
        /// As in registration.
        pub password: String,
        /// As in registration; not needed by a guest that an invitation let in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub invite: Option<String>,
    }
}

wire! {
    /// Changes one's profile. Absent fields stay.
    #[serde(deny_unknown_fields)]
    pub struct UpdateProfile {
        /// 1 to 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub display_name: Option<String>,
    }
}

wire! {
    /// Changes one's password. Every other session ends.
    #[serde(deny_unknown_fields)]
    pub struct ChangePassword {
        /// The present one.
        pub current_password: String,
        /// 8 to 1024 characters.
        pub new_password: String,
    }
}

wire! {
    /// The answer to registration, sign-in and entering as a guest.
    pub struct SignedIn {
        /// The credential for `Authorization: Bearer` and for `hello`. Absent where a cookie was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub token: Option<String>,
        /// Oneself.
        pub user: User,
        /// The room that the invitation opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub room: Option<crate::rooms::Room>,
    }
}

wire! {
    /// What a stranger may know of the server.
    pub struct ServerInfo {
        /// What the people who run it call it; `Parlor` where they gave it no name.
        pub name: String,
        /// The version of the software.
        pub version: String,
        /// Who may register: `open`, `invite` or `closed`.
        pub registration: String,
        /// Who may enter as a guest: `open`, `invite` or `off`.
        pub guests: String,
        /// True until the owner's account exists.
        pub setup_needed: bool,
        /// The longest message, in bytes of UTF-8.
        pub max_body_bytes: u32,
    }
}
