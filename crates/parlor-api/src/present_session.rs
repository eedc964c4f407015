//! Who speaks, for pages that do not know yet: the one question about a session that has an answer for strangers, too.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use parlor_core::limits::Kind;
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cookies;
use crate::error::Result;
use crate::extract::Caller;
use crate::state::ApiState;

/// The route of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Asks whether one is signed in
///
/// As `GET /me`, but a request without a valid credential is no error: then `user` is absent.
#[utoipa::path(
    get, path = "/auth/session", tag = "Accounts", operation_id = "present_session", security(()),
    responses((status = 200, description = "Oneself, or nobody.", body = wire::PresentSession)),
)]
async fn show(State(state): State<ApiState>, caller: Result<Caller>, headers: HeaderMap) -> Result<Response> {
    let actor = match caller {
        Ok(Caller(actor)) => actor,
        Err(failure) if failure.is_unauthenticated() => {
            return Ok(Json(wire::PresentSession { user: None }).into_response());
        }
        Err(failure) => return Err(failure),
    };
    state.core.limiter().check(Kind::Read, actor.id())?;
    let present = wire::PresentSession { user: Some(wire::User::from(&actor.user)) };
    let mut response = Json(present).into_response();
    cookies::rename(&mut response, &headers, &state.options);
    Ok(response)
}
