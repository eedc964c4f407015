//! What surrounds every request of every transport: its host is checked, and its answer gets the headers that keep browsers
//! from misusing it.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::header::{HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, StatusCode};
use parlor_protocol::{Error, ErrorCode};

use crate::answer::answer;
use crate::edge::Edge;
use crate::host;

/// What a page of ours may load and do. Scripts, styles and fonts come from this origin alone, nothing is inline, nobody
/// may frame us, and text becomes markup only through the two named policies.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html parlor-message 'allow-duplicates'";

/// The headers of every answer.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// No page that opens ours, or that ours opens, gets hold of it. Browsers take it from trustworthy pages alone, and complain
/// of it in the console of all others.
const OPENER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));

/// For a year no browser that was here speaks plain HTTP to this host. Its subdomains are none of our business.
const SECURE_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the checks and the headers around every route of `router`, its fallback included.
pub fn guard(router: Router, edge: &Edge) -> Router {
    router.layer(from_fn_with_state(edge.clone(), surround))
}

async fn surround(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let checked = host::check(request.version(), request.uri(), request.headers());
    let is_trustworthy = edge.is_trustworthy(request.uri(), request.headers());
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(fault) => answer(&Error::new(ErrorCode::BadRequest, fault.words())),
    };
    // What becomes a socket is no document, and nobody reads its headers.
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        add_headers(response.headers_mut(), edge.is_secure());
        if is_trustworthy {
            let (name, value) = OPENER;
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response
}

/// A handler may have set a stricter one of its own.
fn add_headers(headers: &mut HeaderMap, is_secure: bool) {
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if is_secure {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(SECURE_FOR_A_YEAR);
    }
}
