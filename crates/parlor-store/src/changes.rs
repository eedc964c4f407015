//! What changed in a room after a place in its sequence: the one question of resume, repair, bots and offline clients.

use parlor_model::{Member, Message, Room, RoomId, Seq, User};

use crate::error::Error;
use crate::members::member_columns;
use crate::messages::{PAGE_BYTES, message_columns};
use crate::rooms::room_columns;
use crate::statement::statements;
use crate::tx::Tx;
use crate::users::user_columns;
use crate::value::{Columns, params};

statements! {
    CHANGED_ROOM = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE rooms.id = $1"));
    // Most messages never change: they are found by their place, and only those that did have an index of their own.
    CHANGED_PLACES = portable(
        "SELECT place, bytes FROM (SELECT seq AS place, CAST(octet_length(body) AS BIGINT) AS bytes FROM messages
             WHERE room_id = $1 AND seq > $2 AND changed_seq = seq ORDER BY seq LIMIT $3) AS created
         UNION ALL
         SELECT place, bytes FROM (SELECT changed_seq AS place, CAST(octet_length(body) AS BIGINT) AS bytes FROM messages
             WHERE room_id = $1 AND changed_seq > $2 AND changed_seq <> seq ORDER BY changed_seq LIMIT $3) AS edited
         UNION ALL
         SELECT place, bytes FROM (SELECT changed_seq AS place, CAST(0 AS BIGINT) AS bytes FROM members
             WHERE room_id = $1 AND changed_seq > $2 ORDER BY changed_seq LIMIT $3) AS moved
         ORDER BY 1 LIMIT $3"
    );
    CHANGED_MESSAGES = portable(concat!(
        "SELECT ", message_columns!(), " FROM messages
         WHERE room_id = $1 AND seq > $2 AND seq <= $3 AND changed_seq = seq
         UNION ALL
         SELECT ", message_columns!(), " FROM messages
         WHERE room_id = $1 AND changed_seq > $2 AND changed_seq <= $3 AND changed_seq <> seq
         ORDER BY 4, 3"
    ));
    CHANGED_MEMBERS = portable(concat!("SELECT ", member_columns!(), ", ", user_columns!(), " FROM members
        JOIN users ON users.id = members.user_id
        WHERE members.room_id = $1 AND members.changed_seq > $2 AND members.changed_seq <= $3
        ORDER BY members.changed_seq, members.user_id"));
}

/// The present state of everything in a room whose newest change lies in a stretch of its sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The end of the stretch: everything after the asked place up to and with this one is in here.
    pub to: Seq,
    /// The room's newest place when this was read. There is nothing more to ask for once `to` reaches it.
    pub head: Seq,
    /// Messages that came, were edited or were deleted, by the place of their newest change.
    pub messages: Vec<Message>,
    /// Members who came, changed or left, by the place of their newest change.
    pub members: Vec<(Member, User)>,
    /// The room, if its name or topic changed.
    pub room: Option<Room>,
}

/// The end of a stretch that holds at most `limit` of `places` (ascending, one more than `limit` if there are more, each
/// with the bytes of its text) and at most [`PAGE_BYTES`] of texts. Rows of one place stay together, so the stretch is
/// never empty while something is left.
fn end(places: &[(Seq, u64)], limit: usize, head: Seq) -> Seq {
    let mut bytes = 0;
    let cut = places.iter().enumerate().find(|(index, (_, more))| {
        bytes += more;
        *index >= limit || (*index > 0 && bytes > PAGE_BYTES as u64)
    });
    match (places.first(), cut) {
        (Some((first, _)), Some((_, (cut, _)))) if cut > first => cut - 1,
        (_, Some((_, (cut, _)))) => *cut,
        _ => head,
    }
}

impl Tx<'_> {
    /// What changed in a room after `from`: at most `limit` messages and members and about [`PAGE_BYTES`], unless more of
    /// them changed at one place. A room that does not exist has the head 0 and no changes.
    ///
    /// What changed twice is there once, at its newest change, in its present state. Following the pages until `to`
    /// reaches `head` gives the whole difference, even if the room changes meanwhile.
    pub async fn changes(&mut self, room: RoomId, from: Seq, limit: usize) -> Result<Changes, Error> {
        let limit = limit.max(1);
        let Some(state) = self.row(&CHANGED_ROOM, params![&room], crate::rooms::read).await? else {
            return Ok(Changes { to: from, head: 0, messages: Vec::new(), members: Vec::new(), room: None });
        };
        let head = state.head;
        let places = |columns: &mut Columns<'_>| Ok((columns.number()?, columns.number()?));
        let places = self.rows(&CHANGED_PLACES, params![&room, from, limit + 1], places).await?;
        let to = end(&places, limit, head).max(from);
        let stretch = params![&room, from, to];
        let messages = self.rows(&CHANGED_MESSAGES, stretch, crate::messages::read).await?;
        let members = self.rows(&CHANGED_MEMBERS, stretch, crate::members::read_with_user).await?;
        let changed = from < state.changed_seq && state.changed_seq <= to;
        Ok(Changes { to, head, messages, members, room: changed.then_some(state) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_before_what_does_not_fit() {
        let end = |places: &[Seq]| end(&places.iter().map(|place| (*place, 0)).collect::<Vec<_>>(), 2, 9);
        assert_eq!(end(&[]), 9);
        assert_eq!(end(&[3, 5]), 9);
        assert_eq!(end(&[3, 5, 8]), 7);
        assert_eq!(end(&[3, 5, 5]), 4);
        assert_eq!(end(&[5, 5, 5]), 5);
    }

    #[test]
    fn a_stretch_ends_before_what_would_be_too_large() {
        const HALF: u64 = PAGE_BYTES as u64 / 2;
        assert_eq!(end(&[(3, HALF), (5, HALF)], 9, 9), 9);
        assert_eq!(end(&[(3, HALF), (5, HALF), (8, 1)], 9, 9), 7);
        assert_eq!(end(&[(3, 3 * HALF), (8, 1)], 9, 9), 7);
        assert_eq!(end(&[(3, 3 * HALF), (3, 0), (8, 1)], 9, 9), 3);
    }
}
