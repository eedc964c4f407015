//! Parlor's wire types, version 1: what clients send and get, over HTTP and over WebSocket, as JSON or, over
//! WebSocket, in a compact binary form.
//!
//! Nothing here decides anything: these are shapes, and the conversions from the domain to them. The same types feed
//! the `OpenAPI` document and the TypeScript types, so neither can drift from what the server does.

mod accounts;
pub mod binary;
pub mod commands;
mod errors;
pub mod events;
mod invites;
mod json;
mod members;
mod messages;
mod rooms;
mod sessions;
#[cfg(feature = "ts")]
pub mod typescript;
mod users;

pub use accounts::{
    ChangePassword, EnterAsGuest, Login, Register, ServerInfo, SignedIn, UpdateProfile, UpgradeGuest,
};
pub use commands::{ClientFrame, Follow, Hello, ResumePosition};
pub use errors::{CloseCode, Error, ErrorCode, ErrorDetails};
pub use events::{Changes, Head, Heads, Presence, Ready, Reset, ServerFrame};
pub use invites::{
    AcceptInvite, CreateInvite, CreatedInvite, InspectInvite, Invite, InviteList, InvitePreview,
};
pub use json::{UNPAIRED_SURROGATE, is_unpaired_surrogate};
pub use members::{Member, MemberPage, MuteMember, Muted};
pub use messages::{EditMessage, History, Message, SendMessage, Sent};
pub use rooms::{CreateRoom, MarkRead, ReadPosition, Room, RoomList, UpdateRoom};
pub use sessions::{Session, SessionList};
pub use users::{CurrentUser, PresentSession, User, UserList};

/// Where the HTTP interface begins.
pub const API_PREFIX: &str = "/api/v1";
/// Where the WebSocket is.
pub const WEBSOCKET_PATH: &str = "/api/v1/ws";

/// Derives what every wire type needs.
macro_rules! wire {
    ($(#[$meta:meta])* pub struct $($rest:tt)*) => {
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        $(#[$meta])*
        pub struct $($rest)*
    };
    ($(#[$meta:meta])* pub enum $($rest:tt)*) => {
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        $(#[$meta])*
        pub enum $($rest)*
    };
}
pub(crate) use wire;
