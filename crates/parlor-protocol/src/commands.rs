//! What clients send over the WebSocket. One object a frame: `{"type": …, "ref": …, "data": …}`.
//!
//! `ref` is the client's number for the frame; the answer (`ready`, `ok` or `error`) carries it back.

use serde_json::value::RawValue;

use crate::wire;

/// A frame as it came, with its data not yet understood.
#[derive(Debug, serde::Deserialize)]
pub struct ClientFrame<'a> {
    /// Which command: `noun.verb`.
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    /// The client's number for it.
    #[serde(rename = "ref", default)]
    pub reference: Option<u64>,
    /// The command's own part; an empty object if absent.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

wire! {
    /// `hello`: the first frame of a connection.
    #[serde(deny_unknown_fields)]
    pub struct Hello {
        /// The credential, where neither a cookie nor a header brought one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub token: Option<String>,
        /// What the client has already: what it missed since comes after `ready`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<ResumePosition>>"))]
        pub resume: Vec<ResumePosition>,
        /// Which rooms' events the connection gets; those of all rooms if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub follow: Option<Follow>,
    }
}

wire! {
    /// Which rooms' events a connection gets.
    #[derive(Copy, Eq, Default)]
    #[serde(rename_all = "snake_case")]
    pub enum Follow {
        /// Those of every room one is in.
        #[default]
        All,
        /// Those of open rooms: the ones in `resume`, and what `room.open` opens. Of the others, `heads.changed` tells
        /// how far they are.
        Opened,
    }
}

wire! {
    /// How far a client has followed a room.
    #[serde(deny_unknown_fields)]
    pub struct ResumePosition {
        /// `rm_…`
        pub room: String,
        /// Everything up to here is known.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
        /// The room's epoch when that was learned. Without it, a server whose data was restored from a backup can't tell
        /// that the position is void.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub epoch: Option<u32>,
    }
}

wire! {
    /// `message.send`: says something. Answered by `Sent`, once it is on disk.
    #[serde(deny_unknown_fields)]
    pub struct MessageSend {
        /// `rm_…`
        pub room: String,
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
    /// `message.edit`: changes one's words. Answered by `Changed`.
    #[serde(deny_unknown_fields)]
    pub struct MessageEdit {
        /// `rm_…`
        pub room: String,
        /// `msg_…`
        pub id: String,
        /// Markdown.
        pub body: String,
    }
}

wire! {
    /// `message.delete`: leaves a tombstone. Answered by `Changed`.
    #[serde(deny_unknown_fields)]
    pub struct MessageDelete {
        /// `rm_…`
        pub room: String,
        /// `msg_…`
        pub id: String,
    }
}

wire! {
    /// `member.mute`: lets a member read in a room and not write. Answered by `Changed`.
    #[serde(deny_unknown_fields)]
    pub struct MemberMute {
        /// `rm_…`
        pub room: String,
        /// `usr_…`
        pub user: String,
        /// For how many seconds, 1 to 315360000; until somebody ends it, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub duration: Option<u32>,
        /// Why, up to 250 characters. The muted person reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reason: Option<String>,
    }
}

wire! {
    /// `member.unmute`, `member.kick`: which member of a room. Answered by `Changed`.
    #[serde(deny_unknown_fields)]
    pub struct MemberTarget {
        /// `rm_…`
        pub room: String,
        /// `usr_…`
        pub user: String,
    }
}

wire! {
    /// `room.join`, `room.leave`, `room.close`, `presence.watch`, `presence.unwatch`: which room.
    #[serde(deny_unknown_fields)]
    pub struct RoomTarget {
        /// `rm_…`
        pub room: String,
    }
}

wire! {
    /// `room.open`: from now on a room's events come. Answered by `Opened`. What happened after `seq` comes first, as
    /// `room.changes` or `room.reset`.
    #[serde(deny_unknown_fields)]
    pub struct RoomOpen {
        /// `rm_…`
        pub room: String,
        /// Everything up to here is known. If absent, events begin after the `head` of the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        pub seq: Option<u64>,
        /// The room's epoch when that was learned. Without it, a server whose data was restored from a backup can't tell
        /// that the position is void.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub epoch: Option<u32>,
    }
}

wire! {
    /// The answer to `ping`.
    pub struct Pong {
        /// What time it is at the server, RFC 3339, UTC.
        pub now: String,
    }
}

wire! {
    /// `room.read`: says how far one has read. Answered by `ReadPosition`.
    #[serde(deny_unknown_fields)]
    pub struct RoomRead {
        /// `rm_…`
        pub room: String,
        /// Everything up to here. What lies beyond the newest change counts as that one.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
    }
}

wire! {
    /// A room is open.
    pub struct Opened {
        /// The `seq` of its newest change.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub head: u64,
        /// Its epoch.
        pub epoch: u32,
    }
}

wire! {
    /// A change has its place, on disk.
    pub struct Changed {
        /// Its place in the room.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
    }
}

/// A row of the command table, for the documentation: the gateway's dispatch table must have the same names.
#[derive(Debug, Clone, Copy)]
pub struct CommandDocumentation {
    /// `noun.verb`
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// An example of its `data`.
    pub example: &'static str,
    /// An example of the answer's `data`.
    pub answer: &'static str,
}

/// Every command.
pub const COMMANDS: &[CommandDocumentation] = &[
    CommandDocumentation {
        name: "hello",
        summary: "The first frame of a connection, within 5 s: who one is, what one has already, and which rooms' events one wants (`follow`: `all`, or `opened` ones). Answered by ready.",
        example: r#"{"token":"…","resume":[{"room":"rm_…","seq":41}],"follow":"opened"}"#,
        answer: r#"{"user":{…},"rooms":[{"id":"rm_…","head":42,…}],"follow":"opened"}"#,
    },
    CommandDocumentation {
        name: "message.send",
        summary: "Says something in a room. The answer leaves once it is on disk; the same nonce returns the first result.",
        example: r#"{"room":"rm_…","body":"hi","nonce":"k7…"}"#,
        answer: r#"{"id":"msg_…","seq":43}"#,
    },
    CommandDocumentation {
        name: "message.edit",
        summary: "Changes one's own words.",
        example: r#"{"room":"rm_…","id":"msg_…","body":"hello"}"#,
        answer: r#"{"seq":44}"#,
    },
    CommandDocumentation {
        name: "message.delete",
        summary: "Removes a message; a tombstone keeps its place.",
        example: r#"{"room":"rm_…","id":"msg_…"}"#,
        answer: r#"{"seq":45}"#,
    },
    CommandDocumentation {
        name: "room.join",
        summary: "Becomes a member of a public room. Answered by the room.",
        example: r#"{"room":"rm_…"}"#,
        answer: r#"{"id":"rm_…","head":46,…}"#,
    },
    CommandDocumentation {
        name: "room.leave",
        summary: "Stops being a member.",
        example: r#"{"room":"rm_…"}"#,
        answer: r#"{"seq":47}"#,
    },
    CommandDocumentation {
        name: "room.open",
        summary: "From now on the room's events come, those after `seq` first, or those after the answer's `head` if there is no `seq`. For connections that follow opened rooms alone.",
        example: r#"{"room":"rm_…","seq":57,"epoch":1}"#,
        answer: r#"{"head":60,"epoch":1}"#,
    },
    CommandDocumentation {
        name: "room.close",
        summary: "No more events of the room come: heads.changed tells, at most once a second, how far it is.",
        example: r#"{"room":"rm_…"}"#,
        answer: "{}",
    },
    CommandDocumentation {
        name: "room.read",
        summary: "Says how far one has read in a room. It never goes back, nor beyond the newest change. One's other connections are told by the event of the same name.",
        example: r#"{"room":"rm_…","seq":57}"#,
        answer: r#"{"seq":57}"#,
    },
    CommandDocumentation {
        name: "member.mute",
        summary: "Lets a member read and not write, for `duration` seconds or until somebody ends it: message.send, message.edit and changes of the room are answered `muted`. For those who keep order, on those below them.",
        example: r#"{"room":"rm_…","user":"usr_…","duration":600,"reason":"shouting"}"#,
        answer: r#"{"seq":48}"#,
    },
    CommandDocumentation {
        name: "member.unmute",
        summary: "Ends a mute before its time.",
        example: r#"{"room":"rm_…","user":"usr_…"}"#,
        answer: r#"{"seq":49}"#,
    },
    CommandDocumentation {
        name: "member.kick",
        summary: "Takes a member out of the room. They may come back where they could come in before.",
        example: r#"{"room":"rm_…","user":"usr_…"}"#,
        answer: r#"{"seq":50}"#,
    },
    CommandDocumentation {
        name: "presence.watch",
        summary: "Asks who of a room is connected, now and from now on (presence.changed, at most once a second). A connection watches one room at a time.",
        example: r#"{"room":"rm_…"}"#,
        answer: r#"{"online":["usr_…"],"offline":[]}"#,
    },
    CommandDocumentation {
        name: "presence.unwatch",
        summary: "Stops that.",
        example: r#"{"room":"rm_…"}"#,
        answer: "{}",
    },
    CommandDocumentation {
        name: "ping",
        summary: "Asks for an answer, to see that the connection lives, and what time it is at the server.",
        example: "{}",
        answer: r#"{"now":"2026-01-01T12:00:00.000Z"}"#,
    },
];
