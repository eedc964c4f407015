//! Rooms on the wire.

use parlor_model as model;

use crate::members::Muted;
use crate::wire;

wire! {
    /// A room as one user sees it.
    pub struct Room {
        /// `rm_…`
        pub id: String,
        /// The address: `/r/<slug>`.
        pub slug: String,
        /// The name in lists and headings.
        pub name: String,
        /// `public` or `private`.
        pub kind: String,
        /// What it is about; may be empty.
        pub topic: String,
        /// The `seq` of the newest change.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub head: u64,
        /// Belongs to every position in this room that is learned now: remember it with the position, and send both to go on
        /// from there. It differs from one start of the server to the next, and positions outlive that.
        pub epoch: u32,
        /// How many members it has.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub member_count: u64,
        /// One's own role in it: `owner`, `moderator` or `member`; absent if one isn't in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub role: Option<String>,
        /// Set if one may read here and not write. A mute whose `until` has passed is over, though it may still stand here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub muted: Option<Muted>,
        /// Everything up to here one has read, on whichever device; only for oneself. Absent if that is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        pub read: Option<u64>,
        /// RFC 3339, UTC.
        pub created_at: String,
    }
}

wire! {
    /// Says how far one has read in a room.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    pub struct MarkRead {
        /// Everything up to here. What lies beyond the newest change counts as that one.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
    }
}

wire! {
    /// How far one has read in a room.
    #[derive(Copy)]
    pub struct ReadPosition {
        /// Everything up to here. It never goes back.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
    }
}

wire! {
    /// Some rooms.
    pub struct RoomList {
        /// By name.
        pub rooms: Vec<Room>,
        /// Where the next page begins (`after`); absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub next: Option<String>,
    }
}

wire! {
    /// Makes a room.
    #[serde(deny_unknown_fields)]
    pub struct CreateRoom {
        /// 1 to 64 characters; the names of public rooms are unique.
        pub name: String,
        /// `public` or `private`.
        pub kind: String,
        /// Up to 250 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub topic: Option<String>,
    }
}

wire! {
    /// Changes a room. Absent fields stay.
    #[serde(deny_unknown_fields)]
    pub struct UpdateRoom {
        /// As in making one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub name: Option<String>,
        /// As in making one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub topic: Option<String>,
    }
}

impl Room {
    /// A room as somebody sees it whose `place` in it this is; none for those who are not in it.
    pub fn new(room: &model::Room, place: Option<&model::Member>) -> Self {
        Self {
            id: room.id.to_string(),
            slug: room.slug.to_string(),
            name: room.name.to_string(),
            kind: room.kind.as_str().to_owned(),
            topic: room.topic.to_string(),
            head: room.head,
            epoch: room.epoch,
            member_count: room.member_count,
            role: place.map(|place| place.role.as_str().to_owned()),
            read: place.and_then(|place| place.read),
            muted: place.and_then(|place| place.mute.as_ref()).map(Muted::of_oneself),
            created_at: room.created_at.to_string(),
        }
    }
}
