//! The web client's files. A page is never kept by caches, a file with a hash in its name for ever.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use parlor_protocol::ErrorCode;
use parlor_web::Asset;

use crate::error::Failure;

/// Everything that no other route took: under `/api` an error, else a file or a page of the web client.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return no_such_path();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed().await;
    }
    match find(path) {
        Some(asset) => answer(asset, request.headers()),
        None => no_such_path(),
    }
}

/// The answer to a method that a path does not take.
pub(crate) async fn method_not_allowed() -> Response {
    let words = "This path does not take that method.";
    Failure::new(ErrorCode::MethodNotAllowed, words).into_response()
}

/// The answer where there is nothing, or nothing that this caller may know of.
pub(crate) fn no_such_path() -> Response {
    Failure::new(ErrorCode::NoSuchPath, "There is nothing at this path.").into_response()
}

/// The file at a path; or the page, for paths that the client itself understands (`/r/tea`). A path that looks like a
/// file's must not answer with the page: a browser would take HTML for a script.
fn find(path: &str) -> Option<&'static Asset> {
    if let Some(asset) = parlor_web::asset(path) {
        return Some(asset);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let looks_like_file = path.starts_with("/assets/") || last.contains('.');
    (!looks_like_file).then(parlor_web::index)
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let brotli = asset.brotli.filter(|_| accepts_brotli(headers));
    // The two encodings are different bytes, so they are different versions.
    let etag = match brotli {
        Some(_) => format!("{}-br\"", asset.etag.trim_end_matches('"')),
        None => asset.etag.to_owned(),
    };
    let unchanged = matches(headers, &etag);
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let bytes = if unchanged { &[] } else { brotli.unwrap_or(asset.bytes) };
    let mut response = (status, bytes).into_response();
    let caching = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer.insert(ETAG, etag);
    }
    if brotli.is_some() && !unchanged {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// True if the client takes brotli. A weight of nought is a no.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
            name.trim().eq_ignore_ascii_case("br") && weight.is_ok_and(|weight| weight > 0.0)
        })
}

/// True if the client has this very version.
fn matches(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|candidate| {
            let candidate = candidate.trim();
            candidate == "*" || candidate.trim_start_matches("W/") == etag
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: http::header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn brotli_is_negotiated() {
        for (line, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brotli", false),
            ("", false),
        ] {
            assert_eq!(accepts_brotli(&header(ACCEPT_ENCODING, line)), expected, "{line}");
        }
    }

    #[test]
    fn a_version_that_the_client_has_is_not_sent() {
        for (line, expected) in [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("\"x\", \"abc\"", true),
            ("*", true),
            ("\"abcd\"", false),
            ("abc", false),
        ] {
            assert_eq!(matches(&header(IF_NONE_MATCH, line), "\"abc\""), expected, "{line}");
        }
    }
}
