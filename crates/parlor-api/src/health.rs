//! Whether the process lives and whether it can do its work, for supervisors and load balancers.

use axum::extract::State;
use http::StatusCode;

use crate::state::ApiState;

/// `/healthz`: the process answers. It says nothing of the database, so that a supervisor doesn't restart a server
/// that only waits for one.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store can be read and written. The reason of a failure goes to the log, not to strangers.
pub(crate) async fn ready(State(state): State<ApiState>) -> (StatusCode, &'static str) {
    match state.core.store().check().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the server is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
