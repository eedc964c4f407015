//! What the server sends over the WebSocket: answers, and what happened.
//!
//! Events of a room carry its id and their `seq`. A client that sees `seq == last + 1` has everything.

use parlor_model as model;

use crate::commands::Follow;
use crate::errors::Error;
use crate::members::Member;
use crate::messages::Message;
use crate::rooms::{ReadPosition, Room};
use crate::users::User;
use crate::wire;

wire! {
    /// One frame from the server.
    #[serde(tag = "type")]
    #[cfg_attr(feature = "ts", ts(tag = "type"))]
    pub enum ServerFrame {
        /// The answer to `hello`. What was missed follows, then live events.
        #[serde(rename = "ready")]
        Ready {
            /// The `ref` of the `hello`.
            #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
            reference: Option<u64>,
            /// Who one is and where.
            data: Ready,
        },
        /// A command was done.
        #[serde(rename = "ok")]
        Ok {
            /// The `ref` of the command.
            #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
            reference: Option<u64>,
            /// What the command answers.
            #[schema(value_type = Object)]
            #[cfg_attr(feature = "ts", ts(type = "unknown"))]
            data: serde_json::Value,
        },
        /// A command was refused, or a frame not understood.
        #[serde(rename = "error")]
        Error {
            /// The `ref` of the command, where it could be read.
            #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
            reference: Option<u64>,
            /// Why.
            error: Error,
        },
        /// Somebody said something.
        #[serde(rename = "message.created")]
        MessageCreated {
            /// `rm_…`
            room: String,
            /// Its place in the room.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// The message.
            data: Message,
        },
        /// An author changed their words. The message keeps its own `seq`.
        #[serde(rename = "message.edited")]
        MessageEdited {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// The message as it is now.
            data: Message,
        },
        /// A message became a tombstone. It keeps its own `seq`.
        #[serde(rename = "message.deleted")]
        MessageDeleted {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// The tombstone.
            data: Message,
        },
        /// Somebody came.
        #[serde(rename = "member.joined")]
        MemberJoined {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// Who.
            data: Member,
        },
        /// Somebody left. If it is oneself, nothing more comes from that room.
        #[serde(rename = "member.left")]
        MemberLeft {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// Who.
            data: Member,
        },
        /// A member's role or name changed, or they were muted or are no longer.
        #[serde(rename = "member.updated")]
        MemberUpdated {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// The member as it is now.
            data: Member,
        },
        /// The room's name or topic changed.
        #[serde(rename = "room.updated")]
        RoomUpdated {
            /// `rm_…`
            room: String,
            /// The place of the change.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            seq: u64,
            /// The room as it is now, without one's own role in it.
            data: Room,
        },
        /// What was missed in a room: the present state of everything that changed after `from`, up to `to`.
        /// Live events go on at `to + 1`, or another page does.
        #[serde(rename = "room.changes")]
        RoomChanges {
            /// `rm_…`
            room: String,
            /// The position that the page continues.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            from: u64,
            /// The position after it.
            #[cfg_attr(feature = "ts", ts(type = "number"))]
            to: u64,
            /// What changed.
            data: Changes,
        },
        /// A position is void, or too far behind: forget the room's timeline and read it anew, newest first.
        /// Live events go on at `head + 1`.
        #[serde(rename = "room.reset")]
        RoomReset {
            /// `rm_…`
            room: String,
            /// Where it is now.
            data: Reset,
        },
        /// One became a member of a room, here or in another session. Live events go on at its `head + 1`.
        #[serde(rename = "room.joined")]
        RoomJoined {
            /// The room.
            data: Room,
        },
        /// One is not in that room any more: nothing more comes from it.
        #[serde(rename = "room.left")]
        RoomLeft {
            /// `rm_…`
            room: String,
        },
        /// One has read a room up to a place, on one of one's devices. Only for oneself, and not durable: rooms carry it.
        #[serde(rename = "room.read")]
        RoomRead {
            /// `rm_…`
            room: String,
            /// Up to where.
            data: ReadPosition,
        },
        /// Who came online or went offline in the room that is being watched. Not durable.
        #[serde(rename = "presence.changed")]
        PresenceChanged {
            /// `rm_…`
            room: String,
            /// Who.
            data: Presence,
        },
        /// Rooms that are not open moved on. At most one frame a second; only for who follows opened rooms alone. Not
        /// durable.
        #[serde(rename = "heads.changed")]
        HeadsChanged {
            /// How far they are.
            data: Heads,
        },
    }
}

wire! {
    /// Who one is, and the rooms one is in.
    pub struct Ready {
        /// Oneself.
        pub user: User,
        /// The rooms, each with its head: the position from which live events go on.
        pub rooms: Vec<Room>,
        /// What time it is at the server, RFC 3339, UTC. Whatever ends at a time ends by this clock, not by the
        /// client's own. Older servers do not say it; the answer to `ping` says it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub now: Option<String>,
        /// `opened` if the connection follows opened rooms alone, as its `hello` asked; else absent, and the events of
        /// all rooms come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub follow: Option<Follow>,
    }
}

wire! {
    /// Rooms that are not open and moved on.
    pub struct Heads {
        /// One entry a room.
        pub heads: Vec<Head>,
    }
}

wire! {
    /// How far a room is that is not open.
    pub struct Head {
        /// `rm_…`
        pub room: String,
        /// The `seq` of its newest change.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub head: u64,
        /// How many messages were made in it since this connection was last told, or since `ready`.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub messages: u64,
        /// The `seq` of the newest of them; absent if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        pub newest: Option<u64>,
        /// Its author, `usr_…`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub by: Option<String>,
    }
}

wire! {
    /// What changed in a room between two positions, as it is now.
    pub struct Changes {
        /// Messages that were made, edited or deleted, by their own `seq`.
        pub messages: Vec<Message>,
        /// Members that came, changed or left.
        pub members: Vec<Member>,
        /// The authors of the messages.
        pub users: Vec<User>,
        /// The room, if its name or topic changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub room: Option<Room>,
    }
}

wire! {
    /// Where a room is now.
    pub struct Reset {
        /// The `seq` of the newest change.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub head: u64,
        /// The room's epoch.
        pub epoch: u32,
    }
}

wire! {
    /// Who is connected.
    pub struct Presence {
        /// `usr_…`, those who are.
        pub online: Vec<String>,
        /// `usr_…`, those who no longer are.
        pub offline: Vec<String>,
    }
}

impl ServerFrame {
    /// The frame of a durable change. `html` is the rendered body of its message, where it has one.
    pub fn of_event(event: &model::RoomEvent, html: Option<String>) -> Self {
        use model::Change;
        let (room, seq) = (event.room.to_string(), event.seq);
        match &event.change {
            Change::MessageCreated(message) => {
                Self::MessageCreated { room, seq, data: Message::new(message, html) }
            }
            Change::MessageEdited(message) => {
                Self::MessageEdited { room, seq, data: Message::new(message, html) }
            }
            Change::MessageDeleted(message) => {
                Self::MessageDeleted { room, seq, data: Message::new(message, html) }
            }
            Change::MemberJoined(member, user) => {
                Self::MemberJoined { room, seq, data: Member::new(member, user, None) }
            }
            Change::MemberLeft(member, user) => {
                Self::MemberLeft { room, seq, data: Member::new(member, user, None) }
            }
            Change::MemberUpdated(member, user) => {
                Self::MemberUpdated { room, seq, data: Member::new(member, user, None) }
            }
            Change::RoomUpdated(changed) => Self::RoomUpdated { room, seq, data: Room::new(changed, None) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_shape_of_the_contract() {
        let frame =
            ServerFrame::Ok { reference: Some(2), data: serde_json::json!({"id": "msg_1", "seq": 43}) };
        let json = serde_json::to_string(&frame).unwrap();
        assert_eq!(json, r#"{"type":"ok","ref":2,"data":{"id":"msg_1","seq":43}}"#);
        assert_eq!(serde_json::from_str::<ServerFrame>(&json).unwrap(), frame);
    }

    #[test]
    fn a_command_keeps_its_data_unread() {
        let frame: crate::ClientFrame =
            serde_json::from_str(r#"{"type":"message.send","ref":2,"data":{"room":"rm_1"}}"#).unwrap();
        assert_eq!((frame.kind.as_ref(), frame.reference), ("message.send", Some(2)));
        assert_eq!(frame.data.unwrap().get(), r#"{"room":"rm_1"}"#);
    }
}
