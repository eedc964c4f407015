//! Turns what happened into frames. Each change is encoded once, for all who get it.

use parlor_core::{ChangesPage, markdown};
use parlor_model::{Change, Message, RoomEvent, RoomId, Seq};
use parlor_protocol as wire;
use parlor_protocol::ServerFrame;

use crate::hub::feed::Encoded;
use crate::transport::Frame;

/// A frame as text.
pub(crate) fn frame(frame: &ServerFrame) -> Frame {
    #[expect(
        clippy::expect_used,
        reason = "the wire types hold only strings, numbers, lists and maps with string keys, which always encode"
    )]
    let text = serde_json::to_string(frame).expect("wire types encode");
    Frame::from(text)
}

/// A change, with its message rendered.
pub(crate) fn event(event: &RoomEvent) -> Encoded {
    let html = match &event.change {
        Change::MessageCreated(message) | Change::MessageEdited(message) => html(message),
        _ => None,
    };
    Encoded {
        seq: event.seq,
        frame: frame(&ServerFrame::of_event(event, html)),
        grants: event.change.grants(),
        revokes: event.change.revokes(),
    }
}

/// What changed in a room after `from`.
pub(crate) fn page(room: RoomId, from: Seq, page: &ChangesPage) -> Frame {
    let messages = page.messages.iter().map(|message| wire::Message::new(message, html(message)));
    let members = page.members.iter().map(|(member, user)| wire::Member::new(member, user, None));
    frame(&ServerFrame::RoomChanges {
        room: room.to_string(),
        from,
        to: page.to,
        data: wire::Changes {
            messages: messages.collect(),
            members: members.collect(),
            users: page.users.iter().map(wire::User::from).collect(),
            room: page.room.as_ref().map(|room| wire::Room::new(room, None)),
        },
    })
}

/// The rendered body of a message that still has one.
fn html(message: &Message) -> Option<String> {
    if message.deleted_at.is_some() {
        return None;
    }
    markdown::render(message.body.as_str())
}
