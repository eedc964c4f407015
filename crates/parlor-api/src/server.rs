//! What a stranger may know of the server.

use axum::Json;
use axum::extract::State;
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Result;
use crate::state::ApiState;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(info))
}

/// Tells what one must know before signing in
#[utoipa::path(
    get, path = "/server", tag = "Server", operation_id = "server_info", security(()),
    responses((status = 200, description = "Who may come in, and how.", body = wire::ServerInfo)),
)]
async fn info(State(state): State<ApiState>) -> Result<Json<wire::ServerInfo>> {
    let settings = state.core.settings();
    Ok(Json(wire::ServerInfo {
        name: settings.server_name.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        registration: settings.registration.as_str().to_owned(),
        guests: settings.guests.as_str().to_owned(),
        setup_needed: state.core.setup_needed().await?,
        max_body_bytes: u32::try_from(settings.limits.max_body_bytes).unwrap_or(u32::MAX),
    }))
}
