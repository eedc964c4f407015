//! Messages: reading them, and changing those that exist. New ones come through [`crate::Store::append`].

mod history;

use parlor_model::{Body, Message, MessageId, MessageKind, Nonce, RoomId, Seq, UserId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{Columns, params};

pub use history::PAGE_BYTES;
pub(crate) use history::STATEMENTS as HISTORY_STATEMENTS;

/// The columns of a message, in the order in which [`read`] takes them.
macro_rules! message_columns {
    () => {
        "messages.id, messages.room_id, messages.seq, messages.changed_seq, messages.author_id, messages.kind, \
         messages.body, messages.nonce, messages.reply_to, messages.sent_at, messages.edited_at, messages.deleted_at"
    };
}
pub(crate) use message_columns;

statements! {
    MESSAGE = portable(concat!("SELECT ", message_columns!(), " FROM messages WHERE id = $1 AND room_id = $2"));
    SAVE_MESSAGE = portable(
        "UPDATE messages SET body = $1, edited_at = $2, deleted_at = $3, changed_seq = $4 WHERE id = $5 AND room_id = $6"
    );
    MESSAGE_BY_NONCE = portable(concat!("SELECT ", message_columns!(), " FROM messages
        WHERE author_id = $1 AND nonce = $2"));
}

/// Where a page of history begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// The newest messages.
    Newest,
    /// The newest of those older than this place.
    Before(Seq),
    /// The oldest of those newer than this place.
    After(Seq),
    /// Those around this place: the message at it, or nearest to it, stands in the middle, or as near to the middle as
    /// the ends of the history let it.
    Around(Seq),
}

/// Which part of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Where it begins or ends.
    pub cursor: Cursor,
    /// How many messages it holds at most.
    pub limit: usize,
}

/// A page, or as much of it as may be read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The messages, ascending by `seq`.
    pub messages: Vec<Message>,
    /// True if there may be more messages on the page than these: they would be too large together.
    pub cut: bool,
}

/// Reads the columns of [`message_columns`].
pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Message, Error> {
    Ok(Message {
        id: columns.id()?,
        room: columns.id()?,
        seq: columns.number()?,
        changed_seq: columns.number()?,
        author: columns.id()?,
        kind: columns.word(MessageKind::parse)?,
        body: Body::stored(columns.text()?),
        nonce: columns.optional_text()?.map(stored_nonce).transpose()?,
        reply_to: columns.optional_id()?,
        sent_at: columns.time()?,
        edited_at: columns.optional_time()?,
        deleted_at: columns.optional_time()?,
    })
}

fn stored_nonce(text: String) -> Result<Nonce, Error> {
    Nonce::new(text).map_err(|_| Error::Row("a nonce that no client may send".into()))
}

impl Tx<'_> {
    /// A message of a room.
    pub async fn message(&mut self, room: RoomId, id: MessageId) -> Result<Option<Message>, Error> {
        self.row(&MESSAGE, params![&id, &room], read).await
    }

    /// Saves what of a message can change: its body, its times and the `seq` of its change.
    pub async fn save_message(&mut self, message: &Message) -> Result<(), Error> {
        let params = params![
            message.body.as_str(),
            message.edited_at,
            message.deleted_at,
            message.changed_seq,
            &message.id,
            &message.room
        ];
        self.execute(&SAVE_MESSAGE, params).await.map(drop)
    }

    /// What an author sent with this nonce, in whatever room.
    pub async fn message_by_nonce(
        &mut self,
        author: UserId,
        nonce: &Nonce,
    ) -> Result<Option<Message>, Error> {
        self.row(&MESSAGE_BY_NONCE, params![&author, nonce.as_str()], read).await
    }
}
