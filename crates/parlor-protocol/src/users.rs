//! People on the wire.

use parlor_model as model;

use crate::wire;

wire! {
    /// A person as the others see them.
    pub struct User {
        /// `usr_…`
        pub id: String,
        /// The name to sign in with and to be mentioned by.
        pub username: String,
        /// The name that stands beside messages.
        pub display_name: String,
        /// `guest`, `member`, `admin` or `owner`.
        pub role: String,
        /// RFC 3339, UTC.
        pub created_at: String,
    }
}

wire! {
    /// Oneself.
    pub struct CurrentUser {
        /// Oneself.
        pub user: User,
    }
}

wire! {
    /// Whether one is signed in.
    pub struct PresentSession {
        /// Oneself; absent without a valid session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub user: Option<User>,
    }
}

wire! {
    /// Some people.
    pub struct UserList {
        /// Those among the asked for that one may see, in no particular order.
        pub users: Vec<User>,
    }
}

impl From<&model::User> for User {
    fn from(user: &model::User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.to_string(),
            display_name: user.display_name.to_string(),
            role: user.role.as_str().to_owned(),
            created_at: user.created_at.to_string(),
        }
    }
}
