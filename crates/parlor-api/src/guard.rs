//! What surrounds every request: a bound on its time, panics, and the headers that every answer has.

use std::any::Any;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

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
