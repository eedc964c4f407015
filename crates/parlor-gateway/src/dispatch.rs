//! The one table of commands. A command that is not here does not exist.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use parlor_core::limits::{Kind, Permit, Scarce, Whose};
use parlor_model::{Actor, Refusal, RoomId, Seq};
use parlor_protocol::Error;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::commands::{hello, members, messages, ping, presence, rooms};
use crate::data::Data;
use crate::gateway::Shared;
use crate::hub::Registered;

/// On whose behalf a command runs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Context {
    /// What every session shares.
    pub(crate) shared: Arc<Shared>,
    /// Who speaks.
    pub(crate) actor: Arc<Actor>,
    /// Over which connection.
    pub(crate) connection: Arc<Registered>,
    /// On whose account is what is made for them.
    pub(crate) whose: Whose,
}

impl Context {
    /// Counts one more `kind` of the one who speaks. Sends are counted in core, with those that come over HTTP.
    pub(crate) fn count(&self, kind: Kind) -> Result<(), Error> {
        self.shared.core.limiter().check(kind, self.actor.id()).map_err(|refusal| Error::from(&refusal))
    }

    /// Takes room for something large that the client has to take.
    pub(crate) fn room_for(&self, bytes: usize) -> Result<Permit, Refusal> {
        let room = self.shared.core.budgets().of(Scarce::CatchUps).take(self.whose, bytes as u64);
        room.map_err(Refusal::from)
    }
}

/// What a command comes to: data as JSON.
pub(crate) type Answer = Result<Box<RawValue>, Error>;

/// Commands in one lane run one after the other, in the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// What changes a room.
    Room(RoomId),
    /// What this connection watches.
    Presence,
}

/// A command that was understood.
pub(crate) enum Prepared {
    /// Something that the shard does by itself, at once.
    Step(Step),
    /// Something that takes time.
    Job(Job),
}

/// A command that runs beside the shard.
pub(crate) struct Job {
    /// What it must wait for; nothing if absent.
    pub(crate) lane: Option<Lane>,
    /// What there is to do.
    pub(crate) work: Work,
}

/// What there is to do.
pub(crate) enum Work {
    /// Something by itself.
    Alone(BoxFuture<'static, Answer>),
    /// A message for a room, which may be sent together with those around it in its lane.
    Send(RoomId, parlor_core::SendMessage),
}

/// What the shard does by itself.
pub(crate) enum Step {
    /// From now on a room's events come; those after `from` first, if it is given.
    Open {
        /// Which room.
        room: RoomId,
        /// What the client has of it: the place, and the epoch if it is known.
        from: Option<(Seq, Option<u32>)>,
    },
    /// No more events of a room come.
    Close {
        /// Which room.
        room: RoomId,
    },
}

/// Reads a command's data and makes it ready to run.
type Prepare = fn(&Context, Data<'_>) -> Result<Prepared, Error>;

/// Every command, by name.
const TABLE: &[(&str, Prepare)] = &[
    ("hello", hello::again),
    ("message.send", messages::send),
    ("message.edit", messages::edit),
    ("message.delete", messages::delete),
    ("room.join", rooms::join),
    ("room.leave", rooms::leave),
    ("room.open", rooms::open),
    ("room.close", rooms::close),
    ("room.read", rooms::read),
    ("member.mute", members::mute),
    ("member.unmute", members::unmute),
    ("member.kick", members::kick),
    ("presence.watch", presence::watch),
    ("presence.unwatch", presence::unwatch),
    ("ping", ping::ping),
];

/// The command of that name.
pub(crate) fn find(name: &str) -> Option<Prepare> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, prepare)| *prepare)
}

impl Prepared {
    /// A job that runs in `lane`, and answers with what it returns.
    pub(crate) fn later<T: Serialize>(
        lane: impl Into<Option<Lane>>,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let work = async move { work.await.map(|data| encoded(&data)) };
        Self::Job(Job { lane: lane.into(), work: Work::Alone(Box::pin(work)) })
    }
}

/// An answer's data.
pub(crate) fn encoded<T: Serialize>(data: &T) -> Box<RawValue> {
    #[expect(
        clippy::expect_used,
        reason = "the wire types hold only strings, numbers, lists and maps with string keys, which always encode"
    )]
    serde_json::value::to_raw_value(data).expect("wire types encode")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_documented_one() {
        let table: Vec<_> = TABLE.iter().map(|(name, _)| *name).collect();
        let documented: Vec<_> =
            parlor_protocol::commands::COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(table, documented);
        assert!(table.iter().all(|name| find(name).is_some()));
        assert!(find("message.sent").is_none() && find("").is_none());
    }
}
