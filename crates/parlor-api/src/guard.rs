//! What surrounds every request: a bound on its time, and panics. What is the same on every transport is in
//! `parlor_edge`.

use std::any::Any;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Failure;
use crate::state::ApiState;

/// Bounds how long a request may take.
pub(crate) async fn bound(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.options.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(elapsed) => Failure::fault(&elapsed).into_response(),
    }
}

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words");
    Failure::fault(&format_args!("panic: {message}")).into_response()
}
