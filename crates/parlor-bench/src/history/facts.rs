//! What a frame says, without its place: kept once however many readers saw it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use parlor_client::protocol::Message;

/// What an event or a message says. Two readers that saw the same thing hold equal facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A message.
    Message(MessageFact),
    /// Anything else, as words.
    Change(String),
}

/// A message, as far as it never changes in these runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageFact {
    /// `msg_…`
    pub id: String,
    /// `usr_…`
    pub author: String,
    /// The sender's name for it.
    pub nonce: Option<String>,
    /// True for `/me` actions.
    pub action: bool,
    /// The text, to the byte.
    pub body: String,
    /// When the server took it.
    pub sent_at: String,
}

/// Keeps every fact once: a thousand readers of one message share it.
#[derive(Debug, Default)]
pub struct Facts(Mutex<HashSet<Arc<Fact>>>);

impl Facts {
    /// The kept fact that equals this one.
    pub fn keep(&self, fact: Fact) -> Arc<Fact> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&fact) {
            return Arc::clone(known);
        }
        let fact = Arc::new(fact);
        kept.insert(Arc::clone(&fact));
        fact
    }

    /// The kept facts of messages, by place.
    pub fn keep_all(&self, messages: Vec<Message>) -> Vec<(u64, Arc<Fact>)> {
        messages.into_iter().map(|message| (message.seq, self.keep(Fact::from(message)))).collect()
    }
}

impl From<Message> for Fact {
    fn from(message: Message) -> Self {
        Self::Message(MessageFact {
            id: message.id,
            author: message.author,
            nonce: message.nonce,
            action: message.kind.as_deref() == Some("action"),
            body: message.body,
            sent_at: message.sent_at,
        })
    }
}
