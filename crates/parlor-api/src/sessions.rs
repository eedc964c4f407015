//! One's signed-in devices.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use parlor_core::bus::Notice;
use parlor_core::limits::Kind;
use parlor_model::SessionId;
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Result;
use crate::extract::{Caller, Id};
use crate::state::ApiState;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}

/// Lists one's sessions
#[utoipa::path(
    get, path = "/sessions", tag = "Sessions", operation_id = "list_sessions",
    responses((status = 200, description = "One's signed-in devices.", body = wire::SessionList)),
)]
async fn list(State(state): State<ApiState>, Caller(actor): Caller) -> Result<Json<wire::SessionList>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let sessions = state.identity.sessions(&actor).await?;
    let sessions = sessions.iter().map(|session| wire::Session::new(session, actor.session)).collect();
    Ok(Json(wire::SessionList { sessions }))
}

/// Ends one of one's sessions
///
/// Its token and its WebSockets end at once.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "Sessions", operation_id = "end_session",
    params(("id" = String, Path, description = "`ses_…`")),
    responses((status = 204, description = "The session has ended.")),
    extensions(("x-errors" = json!(["not_found"]))),
)]
async fn revoke(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(session): Id<SessionId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.identity.end_session(&actor, session).await?;
    end(&state, [session]);
    Ok(StatusCode::NO_CONTENT)
}

/// Tells everybody who speaks in the name of these sessions that they have ended.
pub(crate) fn end(state: &ApiState, sessions: impl IntoIterator<Item = SessionId>) {
    for session in sessions {
        state.core.bus().publish(Notice::SessionEnded(session));
    }
}
