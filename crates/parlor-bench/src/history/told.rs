//! What a frame means for who follows a room.

use parlor_client::protocol::{Member, Room, ServerFrame};

use super::{Entry, Fact, Facts};

/// A frame, as far as it matters to a reader.
#[derive(Debug, Clone)]
pub enum Told {
    /// Something that has its place in a room.
    Entry(String, Entry),
    /// One is in this room now; what comes goes on after its head.
    Joined(Box<Room>),
    /// One is in that room no more.
    Left(String),
    /// One was too far behind in that room: read it anew up to here.
    Reset(String, u64),
    /// Answers, presence and the like.
    Nothing,
}

impl Told {
    /// Understands a frame.
    pub fn of(frame: ServerFrame, facts: &Facts) -> Self {
        let live = |room, seq, fact| {
            let fact = facts.keep(fact);
            Self::Entry(room, Entry::Live { seq, fact })
        };
        match frame {
            ServerFrame::MessageCreated { room, seq, data } => live(room, seq, Fact::from(data)),
            ServerFrame::MessageEdited { room, seq, data } => {
                live(room, seq, Fact::Change(format!("edited {} to {}", data.id, data.body)))
            }
            ServerFrame::MessageDeleted { room, seq, data } => {
                live(room, seq, Fact::Change(format!("deleted {}", data.id)))
            }
            ServerFrame::MemberJoined { room, seq, data } => live(room, seq, change_of("joined", &data)),
            ServerFrame::MemberLeft { room, seq, data } => live(room, seq, change_of("left", &data)),
            ServerFrame::MemberUpdated { room, seq, data } => live(room, seq, change_of("updated", &data)),
            ServerFrame::RoomUpdated { room, seq, data } => {
                live(room, seq, Fact::Change(format!("named {} about {}", data.name, data.topic)))
            }
            ServerFrame::RoomChanges { room, from, to, data } => {
                let messages = facts.keep_all(data.messages);
                Self::Entry(room, Entry::Page { from, to, messages })
            }
            ServerFrame::RoomReset { room, data } => Self::Reset(room, data.head),
            ServerFrame::RoomJoined { data } => Self::Joined(Box::new(data)),
            ServerFrame::RoomLeft { room } => Self::Left(room),
            ServerFrame::Ready { .. }
            | ServerFrame::Ok { .. }
            | ServerFrame::Error { .. }
            | ServerFrame::RoomRead { .. }
            | ServerFrame::PresenceChanged { .. }
            | ServerFrame::HeadsChanged { .. } => Self::Nothing,
        }
    }
}

impl Entry {
    /// The position after it.
    pub fn position(&self) -> u64 {
        match self {
            Self::Live { seq, .. } => *seq,
            Self::Page { to, .. } => *to,
        }
    }
}

fn change_of(what: &str, member: &Member) -> Fact {
    let (user, name) = (&member.user.id, &member.user.display_name);
    Fact::Change(format!("{what}: {user} as {name}, {}, active: {}", member.role, member.active))
}
