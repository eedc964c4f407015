//! `hello`: who one is, and what one has already. Only the first frame; the session itself answers it.

use parlor_model::{RoomId, Seq};
use parlor_protocol::{Error, ErrorCode, Follow, Hello};

use crate::credential::Credential;
use crate::data::{self, Data};
use crate::dispatch::{Context, Prepared};

/// A `hello` that was understood.
#[derive(Debug)]
pub(crate) struct Greeting {
    /// The credential that it brought.
    pub(crate) credential: Option<Credential>,
    /// How far the client has followed rooms.
    pub(crate) resume: Vec<Position>,
    /// Which rooms begin open.
    pub(crate) follow: Follow,
}

/// How far a client has followed a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Which room.
    pub(crate) room: RoomId,
    /// Everything up to here is known.
    pub(crate) seq: Seq,
    /// The room's epoch when that was so.
    pub(crate) epoch: Option<u32>,
}

/// Reads the first frame's data.
pub(crate) fn read(data: Data<'_>, max_resume: usize) -> Result<Greeting, Error> {
    let hello: Hello = data.read()?;
    if hello.resume.len() > max_resume {
        let words = format!("The field “resume” is not valid: at most {max_resume} rooms fit.");
        return Err(Error::new(ErrorCode::InvalidField, words));
    }
    let positions = hello.resume.iter().map(|position| {
        Ok(Position { room: data::id("resume", &position.room)?, seq: position.seq, epoch: position.epoch })
    });
    Ok(Greeting {
        credential: hello.token.map(Credential::new),
        resume: positions.collect::<Result<_, Error>>()?,
        follow: hello.follow.unwrap_or_default(),
    })
}

/// A second `hello`.
pub(crate) fn again(_: &Context, _: Data<'_>) -> Result<Prepared, Error> {
    let words = "The connection has begun already: hello is only the first frame.";
    Err(Error::new(ErrorCode::HelloExpected, words))
}
