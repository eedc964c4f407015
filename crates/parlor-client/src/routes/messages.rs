//! Messages: saying, changing, reading back.

use parlor_protocol::{EditMessage, History, Message, ResumePosition, SendMessage, ServerFrame};
use reqwest::Method;

use super::with_query;
use crate::{Client, Result};

/// Where a page of history stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryCursor {
    /// The newest messages.
    Newest,
    /// Those before this place.
    Before(u64),
    /// Those after this place.
    After(u64),
    /// Those around this place.
    Around(u64),
}

impl Client {
    /// Says something.
    pub async fn send_message(&self, room: &str, message: &SendMessage) -> Result<Message> {
        self.post(self.route(&["rooms", room, "messages"]), message).await
    }

    /// A page of at most `limit` (1 to 200) messages, ascending by place.
    pub async fn history(&self, room: &str, cursor: HistoryCursor, limit: usize) -> Result<History> {
        let place = match cursor {
            HistoryCursor::Newest => ("after", None),
            HistoryCursor::Before(seq) => ("before", Some(seq.to_string())),
            HistoryCursor::After(seq) => ("after", Some(seq.to_string())),
            HistoryCursor::Around(seq) => ("around", Some(seq.to_string())),
        };
        let url = self.route(&["rooms", room, "messages"]);
        self.get(with_query(url, [("limit", Some(limit.to_string())), place])).await
    }

    /// What changed in a room after a position: a [`ServerFrame::RoomChanges`], or a [`ServerFrame::RoomReset`] if the
    /// position is void. Only with the position's epoch can the server tell that.
    pub async fn changes(&self, position: &ResumePosition, limit: Option<usize>) -> Result<ServerFrame> {
        let query = [
            ("after", Some(position.seq.to_string())),
            ("epoch", position.epoch.map(|epoch| epoch.to_string())),
            ("limit", limit.map(|limit| limit.to_string())),
        ];
        self.get(with_query(self.route(&["rooms", &position.room, "changes"]), query)).await
    }

    /// Changes one's own words.
    pub async fn edit_message(&self, room: &str, message: &str, body: &str) -> Result<Message> {
        let edit = EditMessage { body: body.to_owned() };
        self.patch(self.route(&["rooms", room, "messages", message]), &edit).await
    }

    /// Removes a message; a tombstone keeps its place.
    pub async fn delete_message(&self, room: &str, message: &str) -> Result<()> {
        let url = self.route(&["rooms", room, "messages", message]);
        self.act(Method::DELETE, url, None::<&()>).await
    }
}
