//! Keeps pages of other origins from acting in a visitor's name.
//!
//! A browser attaches the session cookie by itself, so a request that changes something must show that it comes from
//! our own page. Browsers say where a request comes from in `Sec-Fetch-Site` and `Origin`, which scripts can't forge.
//! A request with an `Authorization` header needs no such proof: no browser adds that by itself.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, Method, Uri};
use parlor_edge::Edge;
use parlor_protocol::ErrorCode;

use crate::error::Failure;
use crate::state::ApiState;

/// Refuses a request of another origin that would change something.
pub(crate) async fn check(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    if !is_safe(request.method()) && !is_same_origin(request.uri(), request.headers(), &state.options.edge) {
        let words = "This request came from a page of another site, so it was not done.";
        return Failure::new(ErrorCode::OriginForbidden, words).into_response();
    }
    next.run(request).await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// True if the request may change something: it brings its own credential, comes from our page, or not from a page.
fn is_same_origin(uri: &Uri, headers: &HeaderMap, edge: &Edge) -> bool {
    if headers.contains_key(AUTHORIZATION) {
        return true;
    }
    if let Some(is_own) = edge.is_said_to_be_own_page(headers) {
        return is_own;
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    edge.is_own_page(origin.to_str().ok(), uri, headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::HOST;
    use parlor_identity::CookiePort;

    fn allowed(lines: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("chat.example.org"));
        for (name, value) in lines {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        let edge = Edge::new("https://chat.example.org", CookiePort::OfPublicUrl, Vec::new());
        is_same_origin(&Uri::from_static("/api/v1/auth/logout"), &headers, &edge)
    }

    #[test]
    fn our_own_page_and_programs_may() {
        assert!(allowed(&[]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("sec-fetch-site", "none")]));
        assert!(allowed(&[("origin", "https://chat.example.org")]));
        assert!(allowed(&[("origin", "HTTPS://Chat.Example.org:443")]));
        assert!(allowed(&[("authorization", "Bearer x"), ("origin", "https://evil.example")]));
    }

    #[test]
    fn other_pages_may_not() {
        for origin in [
            "null",
            "https://evil.example",
            "https://chat.example.org.evil.example",
            "https://evilchat.example.org",
            "https://chat.example.org:8443",
            "https://example.org",
            "http://chat.example.org",
            "ftp://chat.example.org",
            "chat.example.org",
        ] {
            assert!(!allowed(&[("origin", origin)]), "{origin}");
        }
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://chat.example.org")]));
    }
}
