//! The history of a room: pages of its messages, bounded in number and in bytes. What a page can't hold is read with the
//! next.

use parlor_model::{Message, RoomId, Seq};

use super::{Cursor, Excerpt, Page, message_columns, read};
use crate::error::Error;
use crate::statement::{Statement, statements};
use crate::tx::Tx;
use crate::value::{Param, params};

/// How many bytes the texts on a page have at most, unless one alone has more.
pub const PAGE_BYTES: usize = 256 * 1024;
/// How many messages are read at once: most pages whole, and never much more than a page may hold.
const AT_ONCE: usize = 64;

statements! {
    NEWEST = portable(concat!("SELECT ", message_columns!(), " FROM messages
        WHERE room_id = $1 ORDER BY seq DESC LIMIT $2"));
    BEFORE = portable(concat!("SELECT ", message_columns!(), " FROM messages
        WHERE room_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"));
    AFTER = portable(concat!("SELECT ", message_columns!(), " FROM messages
        WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"));
}

/// Which way to read from a place.
#[derive(Clone, Copy)]
enum Way {
    Older,
    Newer,
}

impl Tx<'_> {
    /// A page of a room's messages, ascending by `seq`; or less, if it would have more than [`PAGE_BYTES`].
    pub async fn history(&mut self, room: RoomId, page: Page) -> Result<Excerpt, Error> {
        let limit = page.limit;
        match page.cursor {
            Cursor::Newest => self.stretch(room, Way::Older, None, limit).await,
            Cursor::Before(seq) => self.stretch(room, Way::Older, Some(seq), limit).await,
            Cursor::After(seq) => self.stretch(room, Way::Newer, Some(seq), limit).await,
            Cursor::Around(seq) => {
                let older = self.stretch(room, Way::Older, Some(seq.saturating_add(1)), limit).await?;
                let newer = self.stretch(room, Way::Newer, Some(seq), limit).await?;
                Ok(around(older, newer, seq, limit))
            }
        }
    }

    /// Reads on from a place until there is enough.
    async fn stretch(
        &mut self,
        room: RoomId,
        way: Way,
        from: Option<Seq>,
        limit: usize,
    ) -> Result<Excerpt, Error> {
        let (mut messages, mut bytes, mut from) = (Vec::new(), 0, from);
        let mut cut = false;
        while messages.len() < limit && !cut {
            let wanted = AT_ONCE.min(limit - messages.len());
            let read = self.some(room, way, from, wanted).await?;
            let is_all = read.len() < wanted;
            for message in read {
                bytes += weight(&message);
                cut = bytes > PAGE_BYTES && !messages.is_empty();
                if cut {
                    break;
                }
                from = Some(message.seq);
                messages.push(message);
            }
            if is_all {
                break;
            }
        }
        if matches!(way, Way::Older) {
            messages.reverse();
        }
        Ok(Excerpt { messages, cut })
    }

    /// The next messages from a place, the nearest first.
    async fn some(
        &mut self,
        room: RoomId,
        way: Way,
        from: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Message>, Error> {
        let Some(from) = from else {
            return self.rows(&NEWEST, params![&room, limit], read).await;
        };
        let statement: &'static Statement = match way {
            Way::Older => &BEFORE,
            Way::Newer => &AFTER,
        };
        let params: &[Param<'_>] = params![&room, from, limit];
        self.rows(statement, params, read).await
    }
}

/// What a message adds to the bytes of a page.
fn weight(message: &Message) -> usize {
    message.body.as_str().len()
}

/// Cuts a page out of the messages `older` than or at a place and those `newer`, both ascending.
fn around(older: Excerpt, newer: Excerpt, seq: Seq, limit: usize) -> Excerpt {
    let distance = |message: Option<&Message>| message.map_or(Seq::MAX, |message| message.seq.abs_diff(seq));
    let middle_is_newer = distance(newer.messages.first()) < distance(older.messages.last());
    let all_older = older.messages.len();
    let mut messages = older.messages;
    messages.extend(newer.messages);
    let middle = if middle_is_newer { all_older } else { all_older.saturating_sub(1) };
    let first = middle.saturating_sub(limit / 2).min(messages.len().saturating_sub(limit));
    messages.drain(..first);
    messages.truncate(limit);
    let whole = messages.len();
    let messages = nearest(messages, middle - first);
    let cut = older.cut || newer.cut || messages.len() < whole;
    Excerpt { messages, cut }
}

/// Those around the middle that a page can hold.
fn nearest(mut messages: Vec<Message>, middle: usize) -> Vec<Message> {
    let (mut first, mut end) = (middle, middle);
    let mut bytes = 0;
    let mut fits = |message: Option<&Message>| {
        message.is_some_and(|message| {
            bytes += weight(message);
            bytes <= PAGE_BYTES
        })
    };
    if end < messages.len() {
        // The middle itself is there however large it is.
        let _ = fits(messages.get(end));
        end += 1;
    }
    loop {
        let newer = fits(messages.get(end));
        end += usize::from(newer);
        let older = first > 0 && fits(messages.get(first - 1));
        first -= usize::from(older);
        if !newer && !older {
            break;
        }
    }
    messages.truncate(end);
    messages.drain(..first);
    messages
}
