//! `presence.watch`, `presence.unwatch`: who of a room is connected. A connection watches one room at a time.

use parlor_core::limits::Kind;
use parlor_model::Refusal;
use parlor_protocol::{Error, Presence};
use serde_json::json;

use super::rooms::target;
use crate::data::Data;
use crate::dispatch::{Context, Lane, Prepared};
use crate::failure;

/// Begins to watch a room, and answers who is there.
pub(crate) fn watch(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let room = target(data)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Presence, async move {
        let (core, connection) = (&context.shared.core, &context.connection);
        let presence = &context.shared.hub.presence;
        context.count(Kind::Read)?;
        // Watching begins before access is checked: who loses access after the check is told so by the room's own
        // events, and the session stops watching then. The other way round, that could happen unseen.
        presence.watch(connection.id, room);
        if let Err(error) = core.room(&context.actor, room).await {
            presence.unwatch(connection.id, room);
            return Err(failure::of_core(error));
        }
        let Some(online) = presence.confirm(connection.id, room) else {
            return Err(Error::from(&Refusal::NotFound("room")));
        };
        Ok(Presence { online: online.iter().map(ToString::to_string).collect(), offline: Vec::new() })
    }))
}

/// Stops watching a room.
pub(crate) fn unwatch(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    let room = target(data)?;
    let context = context.clone();
    Ok(Prepared::later(Lane::Presence, async move {
        context.shared.hub.presence.unwatch(context.connection.id, room);
        Ok(json!({}))
    }))
}
