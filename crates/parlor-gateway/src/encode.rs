//! Turns what happened into frames for everybody who may know of it.

use std::sync::Arc;

use parlor_core::{ChangesPage, Renderings};
use parlor_model::{Change, Message, RoomEvent, RoomId, Seq};
use parlor_protocol as wire;
use parlor_protocol::ServerFrame;

use crate::hub::feed::Encoded;
use crate::hub::ring::Said;
use crate::wire::Payload;

/// A change, with its message rendered.
pub(crate) fn event(event: &RoomEvent, renderings: &Renderings) -> Encoded {
    let html = match &event.change {
        Change::MessageCreated(message) | Change::MessageEdited(message) => html(message, renderings),
        _ => None,
    };
    let said = match &event.change {
        Change::MessageCreated(message) => Said { messages: 1, newest: Some((message.seq, message.author)) },
        _ => Said::default(),
    };
    Encoded {
        seq: event.seq,
        payload: Arc::new(Payload::new(&ServerFrame::of_event(event, html))),
        grants: event.change.grants(),
        revokes: event.change.revokes(),
        said,
    }
}

/// What changed in a room after `from`.
pub(crate) fn page(room: RoomId, from: Seq, page: &ChangesPage, renderings: &Renderings) -> Payload {
    let messages = page.messages.iter().map(|message| wire::Message::new(message, html(message, renderings)));
    let members = page.members.iter().map(|(member, user)| wire::Member::new(member, user, None));
    Payload::new(&ServerFrame::RoomChanges {
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

/// What was said within a page.
pub(crate) fn said(from: Seq, page: &ChangesPage) -> Said {
    let created = page.messages.iter().filter(|message| message.seq > from);
    let newest = created.clone().map(|message| (message.seq, message.author)).max();
    Said { messages: created.count() as u64, newest }
}

fn html(message: &Message, renderings: &Renderings) -> Option<String> {
    renderings.html(message).map(|html| html.as_ref().to_owned())
}
