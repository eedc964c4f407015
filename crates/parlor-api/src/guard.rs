//! What surrounds every request: bounds on number and time, panics, and the headers that every answer has.

use std::any::Any;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use parlor_model::Refusal;
use std::time::Duration;

use crate::error::Failure;
use crate::state::ApiState;

/// What a page of ours may load and do. Scripts, styles and fonts come from this origin alone, nothing is inline, nobody
/// may frame us, and text becomes markup only through the two named policies.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html parlor-message 'allow-duplicates'";

/// The headers of every answer.
const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Adds the security headers to an answer. A handler may have set a stricter one of its own.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add_headers(response.headers_mut());
    response
}

fn add_headers(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

/// Bounds how many requests are under way and how long one may take. The excess is answered at once instead of
/// queueing: a client that is told to come back holds no memory here.
pub(crate) async fn bound(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Ok(_permit) = state.permits.try_acquire() else {
        let retry_after = Duration::from_secs(1);
        return Failure::from(Refusal::Busy { retry_after }).into_response();
    };
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
