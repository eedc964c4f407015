//! Messages on the wire.

use parlor_model as model;

use crate::users::User;
use crate::wire;

wire! {
    /// A message as it is now.
    pub struct Message {
        /// `msg_…`
        pub id: String,
        /// Its place in the room, for ever.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
        /// `usr_…`
        pub author: String,
        /// `action` for something done (`/me waves`); absent for something said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub kind: Option<String>,
        /// What was said, in Markdown, exactly as it was sent. Empty for a deleted message.
        pub body: String,
        /// The same as safe HTML, in the dialect of `docs/markdown.md`. Absent if it would be the text itself, escaped, in
        /// one paragraph. Each block has a `dir` of its own; code may have a class `language-…`, and an item `task`. Runs
        /// of blanks count: show them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub html: Option<String>,
        /// The sender's name for the send.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub nonce: Option<String>,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reply_to: Option<String>,
        /// RFC 3339, UTC.
        pub sent_at: String,
        /// RFC 3339, UTC; only if it was edited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub edited_at: Option<String>,
        /// RFC 3339, UTC; only if it was deleted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub deleted_at: Option<String>,
    }
}

wire! {
    /// Says something in a room.
    #[serde(deny_unknown_fields)]
    pub struct SendMessage {
        /// Markdown. `/me waves` is an action; a text that begins with `//` loses the first slash.
        pub body: String,
        /// 1 to 64 visible ASCII characters. A repeat returns the first result.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub nonce: Option<String>,
        /// The message it answers, in the same room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reply_to: Option<String>,
    }
}

wire! {
    /// Changes one's words.
    #[serde(deny_unknown_fields)]
    pub struct EditMessage {
        /// Markdown.
        pub body: String,
    }
}

wire! {
    /// A message has its place, on disk.
    pub struct Sent {
        /// `msg_…`
        pub id: String,
        /// Its place in the room.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
    }
}

wire! {
    /// A page of a room's history.
    pub struct History {
        /// Ascending by `seq`.
        pub messages: Vec<Message>,
        /// True if the page would be too large: there may be more messages where it ends early.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        pub cut: bool,
        /// The `seq` of the room's newest change.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub head: u64,
        /// The authors of the messages.
        pub users: Vec<User>,
    }
}

impl Message {
    /// A message, with its body rendered as safe HTML where that differs from the escaped text.
    pub fn new(message: &model::Message, html: Option<String>) -> Self {
        Self {
            id: message.id.to_string(),
            seq: message.seq,
            author: message.author.to_string(),
            kind: (message.kind == model::MessageKind::Action).then(|| message.kind.as_str().to_owned()),
            body: message.body.as_str().to_owned(),
            html,
            nonce: message.nonce.as_ref().map(ToString::to_string),
            reply_to: message.reply_to.as_ref().map(ToString::to_string),
            sent_at: message.sent_at.to_string(),
            edited_at: message.edited_at.as_ref().map(ToString::to_string),
            deleted_at: message.deleted_at.as_ref().map(ToString::to_string),
        }
    }
}
