//! The beginning of a connection: understands `hello`, finds out who speaks and where they are, and answers with
//! `ready`. The finding out runs beside the shard.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use parlor_core::limits::Whose;
use parlor_model::{Actor, Member, Room};
use parlor_protocol as wire;
use parlor_protocol::{CloseCode, Error, ErrorCode, Follow, ServerFrame};

use super::Session;
use super::delivery::{Delivery, Desk};
use super::heartbeat::{Heartbeat, jitter};
use super::lanes::Lanes;
use crate::commands::hello::{self, Greeting, Position};
use crate::credential::Credential;
use crate::data::{self, Misread};
use crate::dispatch::Context;
use crate::failure;
use crate::gateway::Shared;
use crate::hub::Registered;
use crate::shard::ConnectionId;
use crate::shard::mailbox::Letter;
use crate::shard::promise::Promise;

/// What became of a `hello`.
pub(crate) struct Opened {
    /// The client's number for it.
    pub(crate) reference: Option<u64>,
    /// Who it is and where; or what to close with, and why in words.
    pub(crate) result: Result<Recognised, (CloseCode, Error)>,
}

/// Who a connection belongs to, and in which rooms they are.
pub(crate) struct Recognised {
    actor: Actor,
    registered: Registered,
    memberships: Vec<(Room, Member)>,
    resume: Vec<Position>,
    follow: Follow,
}

/// Reads a first frame.
pub(crate) fn read(shared: &Shared, text: &str) -> Result<(Option<u64>, Greeting), Box<Misread>> {
    let refuse = |reference, error| Box::new(Misread::new(reference, error));
    let (command, data) = data::frame(text)?;
    let reference = command.reference;
    if command.kind != "hello" {
        let error = Error::new(ErrorCode::HelloExpected, "The first frame must be hello.");
        return Err(refuse(reference, error));
    }
    let greeting = hello::read(data, shared.options.max_resume).map_err(|error| refuse(reference, error))?;
    Ok((reference, greeting))
}

/// Begins to find out who speaks. The answer is a letter to the connection.
pub(crate) fn begin(
    shared: &Arc<Shared>,
    connection: ConnectionId,
    credential: Option<Credential>,
    (reference, greeting): (Option<u64>, Greeting),
) {
    let promise = Promise::new(&shared.hub, connection);
    let shared = Arc::clone(shared);
    shared.runtime.clone().spawn(async move {
        let credential = greeting.credential.or(credential);
        let result = recognise(&shared, connection, credential, (greeting.resume, greeting.follow)).await;
        promise.keep(|connection| Letter::Opened(connection, Box::new(Opened { reference, result })));
    });
}

impl Session {
    /// A session for whom `hello` showed to be there. Its first frame is `ready`; what was missed follows.
    pub(crate) fn open(
        shared: &Arc<Shared>,
        reference: Option<u64>,
        recognised: Recognised,
        (connection, whose): (u32, Whose),
        desk: &mut Desk<'_>,
    ) -> Self {
        let Recognised { actor, registered, memberships, resume, follow } = recognised;
        let data = wire::Ready {
            follow: (follow == Follow::Opened).then_some(follow),
            user: wire::User::from(&actor.user),
            now: Some(shared.core.env().now().to_string()),
            rooms: memberships.iter().map(|(room, member)| wire::Room::new(room, Some(member))).collect(),
        };
        desk.outgoing.say(&ServerFrame::Ready { reference, data });
        let whose = whose.and(actor.id());
        let context = Context {
            shared: Arc::clone(shared),
            actor: Arc::new(actor),
            connection: Arc::new(registered),
            whose,
        };
        let mut delivery = Delivery::new(connection, context.actor.id(), follow);
        delivery.open(&context, &memberships, &resume, desk);
        Self {
            heartbeat: Heartbeat::new(&shared.options, Instant::now(), jitter(shared)),
            context,
            delivery,
            lanes: Lanes::default(),
            presence: None,
            read: BTreeMap::new(),
            strikes: 0,
            end: None,
        }
    }
}

async fn recognise(
    shared: &Arc<Shared>,
    connection: ConnectionId,
    credential: Option<Credential>,
    (resume, follow): (Vec<Position>, Follow),
) -> Result<Recognised, (CloseCode, Error)> {
    let (actor, registered) = register(shared, connection, credential).await?;
    let memberships = {
        let _turn = shared.hub.read_turn().await;
        let rooms = shared.core.my_rooms(&actor).await;
        rooms.map_err(|error| (CloseCode::Internal, failure::of_core(error)))?
    };
    Ok(Recognised { actor, registered, memberships, resume, follow })
}

/// Authenticates, and makes the connection known to the hub.
async fn register(
    shared: &Arc<Shared>,
    connection: ConnectionId,
    credential: Option<Credential>,
) -> Result<(Actor, Registered), (CloseCode, Error)> {
    let nobody = || {
        let error = Error::from(&parlor_model::Refusal::Unauthenticated);
        (CloseCode::Unauthenticated, error)
    };
    let credential = credential.ok_or_else(nobody)?;
    let endings = shared.hub.endings();
    let actor = authenticate(shared, &credential).await?;
    let Some(registered) = Registered::new(&shared.hub, connection, actor.id(), actor.session) else {
        let words = "You have too many connections. Close some, and try again.";
        return Err((CloseCode::Flooding, Error::new(ErrorCode::RateLimited, words)));
    };
    if shared.hub.endings() != endings {
        // Some session ended between the look at the row and now, perhaps this one. From here on that would be told.
        authenticate(shared, &credential).await?;
    }
    if shared.door.is_closed() {
        let refusal = parlor_model::Refusal::Unavailable { retry_after: shared.options.close_within };
        return Err((CloseCode::GoingAway, Error::from(&refusal)));
    }
    Ok((actor, registered))
}

async fn authenticate(shared: &Shared, credential: &Credential) -> Result<Actor, (CloseCode, Error)> {
    let recognised = shared.identity.authenticate(credential.expose()).await;
    recognised.map_err(|error| {
        let error = failure::of_identity(error);
        let refused = error.code == ErrorCode::Unauthenticated;
        let code = if refused { CloseCode::Unauthenticated } else { CloseCode::Internal };
        (code, error)
    })
}
