//! Appending on SQLite: single statements, which cost microseconds there, and no question whose answer is known.

use std::collections::HashMap;

use parlor_model::{Message, Nonce, RoomId};
use rusqlite::{CachedStatement, Connection};

use super::{
    Fate, INSERT_MESSAGE, KNOWN_NONCE, KNOWN_REPLY, KNOWN_ROOM, PUT_HEAD, Pending, RoomState, undecided,
};
use crate::error::{AppendError, Error};
use crate::sqlite::execute::{meaning, prepared, rows};
use crate::value::{Param, params};

/// How many rooms are remembered. They are forgotten all at once, which costs a question a room.
const ROOMS: usize = 10_000;

/// Where rooms stand, remembered between groups by the only thread that changes them. It must be forgotten after
/// anything else has changed a room, and after a rollback.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    states: HashMap<RoomId, Known>,
    /// The rooms whose head has moved and is not in the database yet.
    moved: Vec<RoomId>,
}

#[derive(Debug)]
struct Known {
    state: RoomState,
    /// True while it is among `moved`.
    moved: bool,
}

impl Rooms {
    /// Asks the database again from now on.
    pub(crate) fn forget(&mut self) {
        self.states.clear();
        self.moved.clear();
    }

    fn state(&mut self, connection: &Connection, room: RoomId) -> Result<Option<RoomState>, Error> {
        if let Some(known) = self.states.get(&room) {
            return Ok(Some(known.state));
        }
        let found = rows(connection, &KNOWN_ROOM, params![&room], |columns| {
            Ok(RoomState { head: columns.number()?, access_seq: columns.number()? })
        })?;
        let state = found.into_iter().next();
        if let Some(state) = state {
            if self.states.len() >= ROOMS && self.moved.is_empty() {
                self.states.clear();
            }
            self.states.insert(room, Known { state, moved: false });
        }
        Ok(state)
    }

    fn moved(&mut self, room: RoomId) {
        let Some(known) = self.states.get_mut(&room) else {
            return;
        };
        known.state.head += 1;
        if !std::mem::replace(&mut known.moved, true) {
            self.moved.push(room);
        }
    }

    /// Writes the heads that have moved.
    fn write(&mut self, connection: &Connection) -> Result<(), Error> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let mut put = prepared(connection, &PUT_HEAD)?;
        for room in self.moved.drain(..) {
            if let Some(known) = self.states.get_mut(&room) {
                known.moved = false;
                execute(&mut put, params![known.state.head, &room])?;
            }
        }
        Ok(())
    }
}

/// Decides and writes a group inside the open transaction, in its order.
///
/// # Errors
/// If one statement fails, in which case the caller must roll the whole group back and forget the rooms.
pub(crate) fn append<'p>(
    connection: &Connection,
    rooms: &mut Rooms,
    group: impl Iterator<Item = &'p mut Pending>,
) -> Result<(), Error> {
    let mut insert = prepared(connection, &INSERT_MESSAGE)?;
    for pending in group {
        append_one(connection, rooms, &mut insert, pending)?;
    }
    rooms.write(connection)
}

fn append_one(
    connection: &Connection,
    rooms: &mut Rooms,
    insert: &mut CachedStatement<'_>,
    pending: &mut Pending,
) -> Result<(), Error> {
    let room = pending.message.room;
    let state = rooms.state(connection, room)?;
    let refusal = match (pending.refused_by(state), pending.message.reply_to) {
        (None, Some(reply))
            if rows(connection, &KNOWN_REPLY, params![&reply, &room], |_| Ok(()))?.is_empty() =>
        {
            Some(AppendError::ReplyNotFound)
        }
        (refusal, _) => refusal,
    };
    if let Some(refusal) = refusal {
        // A repeat is answered even if the sender has lost their place since.
        let first = first_result(connection, &pending.message)?;
        pending.fate = first.map_or(Fate::Refused(refusal), |first| Fate::Repeated(Box::new(first)));
        return Ok(());
    }
    let Some(state) = state else {
        pending.fate = Fate::Refused(undecided());
        return Ok(());
    };
    pending.place(state.head + 1);
    if execute(insert, &values(&pending.message))? > 0 {
        rooms.moved(room);
        return Ok(());
    }
    let taken = || Error::Taken("the id or the place of a message".into());
    let first = first_result(connection, &pending.message)?.ok_or_else(taken)?;
    pending.fate = Fate::Repeated(Box::new(first));
    Ok(())
}

fn first_result(connection: &Connection, message: &Message) -> Result<Option<Message>, Error> {
    let Some(nonce) = &message.nonce else {
        return Ok(None);
    };
    let found =
        rows(connection, &KNOWN_NONCE, params![&message.author, nonce.as_str()], crate::messages::read)?;
    Ok(found.into_iter().next())
}

fn values(message: &Message) -> [Param<'_>; 9] {
    [
        (&message.id).into(),
        (&message.room).into(),
        message.seq.into(),
        (&message.author).into(),
        message.kind.as_str().into(),
        message.body.as_str().into(),
        message.nonce.as_ref().map(Nonce::as_str).into(),
        message.reply_to.as_ref().into(),
        message.sent_at.into(),
    ]
}

fn execute(statement: &mut CachedStatement<'_>, values: &[Param<'_>]) -> Result<usize, Error> {
    for (index, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value).map_err(|error| meaning(&error))?;
    }
    statement.raw_execute().map_err(|error| meaning(&error))
}
