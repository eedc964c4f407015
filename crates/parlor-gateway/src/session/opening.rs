//! The beginning of a connection: waits for `hello`, finds out who speaks, and answers with `ready`.

use std::collections::VecDeque;
use std::sync::Arc;

use parlor_model::Actor;
use parlor_protocol as wire;
use parlor_protocol::{CloseCode, Error, ErrorCode, ServerFrame};

use super::Session;
use super::delivery::Delivery;
use super::heartbeat::Heartbeat;
use super::lanes::Lanes;
use crate::commands::hello::{self, Greeting};
use crate::credential::Credential;
use crate::data::{self, Misread};
use crate::dispatch::Context;
use crate::encode;
use crate::failure;
use crate::gateway::Shared;
use crate::hub::Connection;
use crate::transport::{Event, Frame, Transport};

/// How many frames that are no `hello` are answered before the connection ends.
const MAX_STRANGE: usize = 8;

/// Why there is no session: what to close with, or nothing if the peer has gone.
type Refused = Option<CloseCode>;

/// Brings a connection to the point where it has a session.
pub(super) async fn open(
    shared: &Arc<Shared>,
    transport: &mut Transport,
    credential: Option<Credential>,
) -> Result<Session, Refused> {
    let within = shared.options.hello_within;
    let greeting = tokio::time::timeout(within, greeting(shared, transport)).await;
    let (reference, greeting) = greeting.map_err(|_| Some(CloseCode::HelloTimeout))??;
    match enter(shared, credential, reference, greeting).await {
        Ok(session) => Ok(session),
        Err((code, error)) => {
            say(transport, reference, error)?;
            Err(Some(code))
        }
    }
}

/// Waits for a `hello` that can be understood.
async fn greeting(shared: &Shared, transport: &mut Transport) -> Result<(Option<u64>, Greeting), Refused> {
    let mut strange = 0;
    loop {
        let frame = match transport.drive(strange < MAX_STRANGE).await {
            Event::Text(frame) => frame,
            Event::Alive => continue,
            Event::Flushed if strange < MAX_STRANGE => continue,
            Event::Flushed => return Err(Some(CloseCode::Flooding)),
            Event::Broken(code) => return Err(Some(code)),
            Event::Goodbye | Event::Gone => return Err(None),
        };
        shared.metrics.frames_in.inc();
        match read(shared, &frame) {
            Ok(greeting) => return Ok(greeting),
            Err(misread) => say(transport, misread.reference, misread.error)?,
        }
        strange += 1;
    }
}

fn read(shared: &Shared, frame: &Frame) -> Result<(Option<u64>, Greeting), Box<Misread>> {
    let refuse = |reference, error| Box::new(Misread::new(reference, error));
    let limit = shared.options.max_frame_bytes;
    if frame.len() > limit {
        return Err(refuse(data::reference(frame.as_str()), Error::too_large(limit)));
    }
    let (command, data) = data::frame(frame.as_str())?;
    let reference = command.reference;
    if command.kind != "hello" {
        let error = Error::new(ErrorCode::HelloExpected, "The first frame must be hello.");
        return Err(refuse(reference, error));
    }
    let greeting = hello::read(data, shared.options.max_resume).map_err(|error| refuse(reference, error))?;
    Ok((reference, greeting))
}

/// Finds out who speaks and where they are.
async fn enter(
    shared: &Arc<Shared>,
    credential: Option<Credential>,
    reference: Option<u64>,
    greeting: Greeting,
) -> Result<Session, (CloseCode, Error)> {
    let (actor, connection) = recognise(shared, greeting.credential.or(credential)).await?;
    let context =
        Context { shared: Arc::clone(shared), actor: Arc::new(actor), connection: Arc::new(connection) };
    let rooms = {
        let _turn = shared.hub.read_turn().await;
        let rooms = shared.core.my_rooms(&context.actor).await;
        rooms.map_err(|error| (CloseCode::Internal, failure::of_core(error)))?
    };
    let mut outgoing = VecDeque::new();
    outgoing.push_back(encode::frame(&ServerFrame::Ready {
        reference,
        data: wire::Ready {
            user: wire::User::from(&context.actor.user),
            rooms: rooms.iter().map(|(room, member)| wire::Room::new(room, Some(member.role))).collect(),
            follow: None,
        },
    }));
    let delivery = Delivery::open(&context, &rooms, &greeting.resume, &mut outgoing);
    let heartbeat = Heartbeat::new(shared);
    Ok(Session {
        timer: Box::pin(tokio::time::sleep_until(heartbeat.due())),
        context,
        delivery,
        lanes: Lanes::default(),
        outgoing,
        heartbeat,
        strikes: 0,
        end: None,
    })
}

/// Authenticates, and makes the connection known to the hub.
async fn recognise(
    shared: &Arc<Shared>,
    credential: Option<Credential>,
) -> Result<(Actor, Connection), (CloseCode, Error)> {
    let nobody = || {
        let error = Error::from(&parlor_model::Refusal::Unauthenticated);
        (CloseCode::Unauthenticated, error)
    };
    let credential = credential.ok_or_else(nobody)?;
    let endings = shared.hub.endings();
    let actor = authenticate(shared, &credential).await?;
    let Some(connection) = Connection::open(&shared.hub, actor.id(), actor.session) else {
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
    Ok((actor, connection))
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

fn say(transport: &mut Transport, reference: Option<u64>, error: Error) -> Result<(), Refused> {
    let frame = encode::frame(&ServerFrame::Error { reference, error });
    transport.push(frame).map_err(|_| None)
}
