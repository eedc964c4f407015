//! Parlor's domain: what a room, a message, a member is, what they are called, and who may do what.
//!
//! Everything here is a value or a pure function. There is no I/O, no async, no clock and no randomness: those come in
//! as parameters through [`Env`]. There is no serialisation either: the wire has its own types in `parlor-protocol`,
//! and the rows have theirs in `parlor-store`.

pub mod actor;
pub mod env;
pub mod events;
pub mod ids;
pub mod invites;
pub mod members;
pub mod messages;
pub mod moderation;
pub mod names;
pub mod policy;
pub mod refusal;
pub mod rooms;
pub mod server_name;
pub mod sessions;
pub mod slash;
pub mod sort_key;
pub mod time;
pub mod users;
pub mod visible;

pub use actor::Actor;
pub use env::{Clock, Env, Random};
pub use events::{Change, RoomEvent};
pub use ids::{InviteId, MessageId, RoomId, SessionId, UserId, WorkspaceId};
pub use invites::Invite;
pub use members::{Member, MemberRole};
pub use messages::{Body, Message, MessageKind, Nonce};
pub use moderation::{Mute, MuteReason};
pub use names::{DisplayName, NameKey, RoomName, Slug, Topic, Username};
pub use policy::{Access, Action, Target, may};
pub use refusal::{Field, Refusal};
pub use rooms::{Room, RoomKind, Seq};
pub use server_name::ServerName;
pub use sessions::Session;
pub use sort_key::SortKey;
pub use time::Timestamp;
pub use users::{Role, User};
