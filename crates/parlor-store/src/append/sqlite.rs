//! Appending on SQLite: single statements, which cost microseconds there.

use rusqlite::Connection;

use super::{
    Append, Decision, INSERT_MESSAGE, KNOWN_NONCE, KNOWN_REPLY, KNOWN_ROOM, Known, Outcome, PUT_HEAD,
    RoomState, decide,
};
use crate::error::Error;
use crate::sqlite::execute::{rows, run};
use crate::value::params;

/// Appends a group inside the open transaction.
///
/// # Errors
/// If one statement fails, in which case the caller must roll the whole group back.
pub(crate) fn append(
    connection: &Connection,
    appends: &[Append],
    ignore_nonces: bool,
) -> Result<Vec<Outcome>, Error> {
    let known = look_up(connection, appends, ignore_nonces)?;
    let decision = decide(appends, known, ignore_nonces);
    write(connection, &decision)?;
    Ok(decision.outcomes)
}

fn look_up(connection: &Connection, appends: &[Append], ignore_nonces: bool) -> Result<Known, Error> {
    let mut known = Known::default();
    for append in appends {
        let new = &append.message;
        if let Some(nonce) = new.nonce.as_ref().filter(|_| !ignore_nonces) {
            let found =
                rows(connection, &KNOWN_NONCE, params![&new.author, nonce.as_str()], crate::messages::read)?;
            known.nonces.extend(found.into_iter().map(|message| ((new.author, nonce.clone()), message)));
        }
        if !known.rooms.contains_key(&append.room) {
            let found = rows(connection, &KNOWN_ROOM, params![&append.room], |columns| {
                Ok(RoomState { head: columns.number()?, access_seq: columns.number()? })
            })?;
            known.rooms.extend(found.into_iter().map(|state| (append.room, state)));
        }
        if let Some(reply) = &new.reply_to
            && !rows(connection, &KNOWN_REPLY, params![reply, &append.room], |_| Ok(()))?.is_empty()
        {
            known.replies.insert((append.room, *reply));
        }
    }
    Ok(known)
}

fn write(connection: &Connection, decision: &Decision) -> Result<(), Error> {
    for message in decision.new_messages() {
        let params = params![
            &message.id,
            &message.room,
            message.seq,
            &message.author,
            message.kind.as_str(),
            message.body.as_str(),
            message.nonce.as_ref().map(parlor_model::Nonce::as_str),
            message.reply_to.as_ref(),
            message.sent_at
        ];
        run(connection, &INSERT_MESSAGE, params)?;
    }
    for (room, head) in &decision.heads {
        run(connection, &PUT_HEAD, params![*head, room])?;
    }
    Ok(())
}
