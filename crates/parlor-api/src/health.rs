//! Whether the process lives and whether it can do its work, for supervisors and load balancers.

use axum::extract::State;
use http::StatusCode;

use crate::state::ApiState;

/// `/healthz`: the process answers. It says nothing of the database, so that a supervisor doesn't restart a server
/// that only waits for one.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store can be read and written, and says so in time. Strangers learn the sort of a failure, in one of few
/// words; what exactly the database said is in the log.
pub(crate) async fn ready(State(state): State<ApiState>) -> (StatusCode, String) {
    match state.core.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}
