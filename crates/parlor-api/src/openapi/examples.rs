//! One example for every type that stands in a body, for the document and its pages.

use serde_json::{Value, json};

macro_rules! examples {
    ($($type:ty = $value:expr;)*) => {
        /// The example of the type with this name.
        pub(super) fn of(name: &str) -> Option<Value> {
            $(if name == <$type as utoipa::ToSchema>::name() { return Some($value); })*
            None
        }

        #[cfg(test)]
        mod tests {
            use super::*;

            /// Reading an example as its type and writing it again changes nothing: it has the type's shape, and no
            /// field that the type does not have.
            #[test]
            fn every_example_is_one_of_its_type() {
                $(
                    let value = $value;
                    let read: $type = serde_json::from_value(value.clone()).unwrap();
                    assert_eq!(serde_json::to_value(&read).unwrap(), value);
                )*
            }
        }
    };
}

examples! {
    parlor_protocol::Register = json!({"username": "ada", "password": "correct horse", "display_name": "Ada"});
    parlor_protocol::Login = json!({"username": "ada", "password": "correct horse"});
    parlor_protocol::EnterAsGuest = json!({"display_name": "Grace", "invite": INVITE_CODE});
    parlor_protocol::UpgradeGuest = json!({"username": "grace", "password": "battery staple"});
    parlor_protocol::UpdateProfile = json!({"display_name": "Ada L."});
    parlor_protocol::ChangePassword = json!({"current_password": "correct horse", "new_password": "battery staple"});
    parlor_protocol::SignedIn = json!({"token": "pls_…", "user": user()});
    parlor_protocol::CurrentUser = json!({"user": user()});
    parlor_protocol::PresentSession = json!({"user": user()});
    parlor_protocol::ServerInfo = json!({
        "name": "The Salon", "version": env!("CARGO_PKG_VERSION"), "registration": "invite", "guests": "invite",
        "setup_needed": false, "max_body_bytes": 16_384,
    });
    parlor_protocol::SessionList = json!({"sessions": [{
        "id": "ses_06f1h3w8v5yqr9t2k7m4c6b8dg", "label": "Mozilla/5.0 (X11; Linux x86_64)", "created_at": TIME,
        "last_seen_at": TIME, "expires_at": "2026-12-21T09:00:00.000Z", "current": true,
    }]});
    parlor_protocol::UserList = json!({"users": [user()]});
    parlor_protocol::CreateRoom = json!({"name": "Tea and biscuits", "kind": "public", "topic": "Mostly tea"});
    parlor_protocol::UpdateRoom = json!({"topic": "Mostly biscuits"});
    parlor_protocol::Room = room();
    parlor_protocol::MarkRead = json!({"seq": 43});
    parlor_protocol::ReadPosition = json!({"seq": 43});
    parlor_protocol::RoomList = json!({"rooms": [room()]});
    parlor_protocol::MuteMember = json!({"duration": 600, "reason": "Shouting"});
    parlor_protocol::Member = json!({
        "user": user(), "role": "member", "active": true, "joined_at": TIME,
        "muted": {"since": TIME, "until": "2026-11-21T09:10:00.000Z", "reason": "Shouting", "by": "usr_06f1h3w8v5yqr9t2k7m4c6b8eg"},
    });
    parlor_protocol::MemberPage = json!({"members": [member()], "next": USER});
    parlor_protocol::SendMessage = json!({"body": "The kettle is **on**", "nonce": "k7f3a9"});
    parlor_protocol::EditMessage = json!({"body": "The kettle is **off**"});
    parlor_protocol::Message = message();
    parlor_protocol::History = json!({"messages": [message()], "head": 43, "users": [user()]});
    crate::messages::RoomChanges = json!({
        "type": "room.changes", "room": ROOM, "from": 41, "to": 43, "head": 43, "epoch": 1,
        "data": {"messages": [message()], "members": [], "users": [user()]},
    });
    crate::messages::RoomReset = json!({"type": "room.reset", "room": ROOM, "data": {"head": 43, "epoch": 2}});
    crate::messages::ChangesAnswer = json!({
        "type": "room.changes", "room": ROOM, "from": 41, "to": 43, "head": 43, "epoch": 1,
        "data": {"messages": [message()], "members": [], "users": [user()]},
    });
    parlor_protocol::CreateInvite = json!({"expires_in": 86_400, "max_uses": 10});
    parlor_protocol::CreatedInvite = json!({
        "invite": invite(), "code": INVITE_CODE, "path": format!("/invite#{INVITE_CODE}"),
    });
    parlor_protocol::InviteList = json!({"invites": [invite()]});
    parlor_protocol::InspectInvite = json!({"code": INVITE_CODE});
    parlor_protocol::InvitePreview = json!({
        "room_name": "Tea and biscuits", "room_slug": "tea-and-biscuits", "invited_by": "Ada", "member_count": 7,
    });
    parlor_protocol::AcceptInvite = json!({"code": INVITE_CODE});
}

const TIME: &str = "2026-11-21T09:00:00.000Z";
const USER: &str = "usr_06f1h3w8v5yqr9t2k7m4c6b8dg";
const ROOM: &str = "rm_06f1h3w8v5yqr9t2k7m4c6b8dg";
const INVITE_CODE: &str = "7gk2q9v4m1x8c5t3b6d0h2j4n6p8r0s2";

fn user() -> Value {
    json!({"id": USER, "username": "ada", "display_name": "Ada", "role": "member", "created_at": TIME})
}

fn room() -> Value {
    json!({
        "id": ROOM, "slug": "tea-and-biscuits", "name": "Tea and biscuits", "kind": "public", "topic": "Mostly tea",
        "head": 43, "epoch": 1, "member_count": 7, "role": "owner", "read": 41, "created_at": TIME,
    })
}

fn member() -> Value {
    json!({"user": user(), "role": "owner", "active": true, "joined_at": TIME, "online": true})
}

fn message() -> Value {
    json!({
        "id": "msg_06f1h3w8v5yqr9t2k7m4c6b8dg", "seq": 43, "author": USER, "body": "The kettle is **on**",
        "html": "<p dir=\"auto\">The kettle is <strong>on</strong></p>", "nonce": "k7f3a9", "sent_at": TIME,
    })
}

fn invite() -> Value {
    json!({
        "id": "inv_06f1h3w8v5yqr9t2k7m4c6b8dg", "created_by": USER, "created_at": TIME,
        "expires_at": "2026-11-22T09:00:00.000Z", "max_uses": 10, "uses": 0, "open": true,
    })
}
