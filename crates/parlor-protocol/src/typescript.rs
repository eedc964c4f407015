//! The TypeScript types of everything on the wire, as one file, and the tables of the binary encoding, as another: most
//! who use the types have no use for those. Only built with the feature `ts`.

use ts_rs::{Config, TS};

use crate::{binary, commands, events};

const HEADING: &str = "// Generated from crates/parlor-protocol by `cargo xtask codegen`: do not edit.\n";

/// The whole of `packages/client/src/protocol.ts`.
pub fn file() -> String {
    let config = Config::default();
    let mut text = format!("{HEADING}\n");
    macro_rules! export {
        ($($type:ty),* $(,)?) => {
            $(
                for line in <$type as TS>::docs().into_iter().flat_map(|docs| docs.lines().map(str::to_owned).collect::<Vec<_>>()) {
                    text.push_str(&line);
                    text.push('\n');
                }
                text.push_str("export ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push_str("\n\n");
            )*
        };
    }
    export!(
        crate::User,
        crate::CurrentUser,
        crate::PresentSession,
        crate::UserList,
        crate::Register,
        crate::Login,
        crate::EnterAsGuest,
        crate::UpgradeGuest,
        crate::UpdateProfile,
        crate::ChangePassword,
        crate::SignedIn,
        crate::ServerInfo,
        crate::Session,
        crate::SessionList,
        crate::Room,
        crate::RoomList,
        crate::CreateRoom,
        crate::UpdateRoom,
        crate::MarkRead,
        crate::ReadPosition,
        crate::Member,
        crate::MemberPage,
        crate::Muted,
        crate::MuteMember,
        crate::Message,
        crate::SendMessage,
        crate::EditMessage,
        crate::Sent,
        crate::History,
        crate::CreateInvite,
        crate::Invite,
        crate::CreatedInvite,
        crate::InviteList,
        crate::InspectInvite,
        crate::InvitePreview,
        crate::AcceptInvite,
        crate::Error,
        crate::ErrorDetails,
        crate::ErrorCode,
        commands::Hello,
        commands::Follow,
        commands::ResumePosition,
        commands::MessageSend,
        commands::MessageEdit,
        commands::MessageDelete,
        commands::MemberMute,
        commands::MemberTarget,
        commands::RoomTarget,
        commands::RoomOpen,
        commands::RoomRead,
        commands::Opened,
        commands::Pong,
        commands::Changed,
        events::Ready,
        events::Changes,
        events::Reset,
        events::Presence,
        events::Heads,
        events::Head,
        events::ServerFrame,
    );
    text.push_str(&close_codes());
    text.push_str(&subprotocols());
    text
}

/// The whole of `packages/client/src/binary-tables.ts`.
pub fn binary_file() -> String {
    let list = |words: &[&str]| words.iter().map(|word| format!("  '{word}',\n")).collect::<String>();
    let prefixes: Vec<_> = binary::ID_KINDS.iter().map(|(_, prefix)| *prefix).collect();
    let tables = [
        ("Keys of the binary encoding, by their number.", "BINARY_KEYS", list(binary::KEYS)),
        ("Frame types of the binary encoding, by their number.", "BINARY_TYPES", list(binary::TYPES)),
        (
            "Prefixes of the ids that are extensions, by their kind less one.",
            "BINARY_ID_PREFIXES",
            list(&prefixes),
        ),
    ]
    .map(|(words, name, list)| format!("\n/** {words} */\nexport const {name} = [\n{list}] as const;\n"));
    format!("{HEADING}{}", tables.concat())
}

fn close_codes() -> String {
    let mut text =
        String::from("/** Close codes from here on mean: don't come back before something changed. */\n");
    text.push_str("export const STAY_AWAY_FROM = 4500;\n");
    text
}

fn subprotocols() -> String {
    [
        ("The subprotocol of the compact binary encoding.", "BINARY_SUBPROTOCOL", binary::SUBPROTOCOL),
        (
            "The subprotocol of JSON, which is also what comes without one.",
            "JSON_SUBPROTOCOL",
            binary::JSON_SUBPROTOCOL,
        ),
    ]
    .map(|(words, name, value)| format!("\n/** {words} */\nexport const {name} = '{value}';\n"))
    .concat()
}
