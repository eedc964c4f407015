//! An error as an answer over HTTP: the same on every route, also where the route is a socket's.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use parlor_protocol::{Error, ErrorCode};

/// The answer whose body is `error` and nothing else.
pub fn answer(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(error).unwrap_or_default();
    (status, headers(error), body).into_response()
}

fn headers(error: &Error) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = error.retry_after {
        // The header holds whole seconds: rounding up never invites a client too early.
        if let Ok(value) = HeaderValue::from_str(&format!("{:.0}", seconds.ceil().max(1.0))) {
            headers.insert(RETRY_AFTER, value);
        }
    }
    if error.code == ErrorCode::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_protocol::ErrorCode;

    #[test]
    fn waiting_times_are_rounded_up() {
        for (seconds, expected) in [(0.0, "1"), (0.2, "1"), (1.2, "2"), (31.0, "31")] {
            let mut error = Error::new(ErrorCode::RateLimited, "…");
            error.retry_after = Some(seconds);
            let response = answer(&error);
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()[RETRY_AFTER], expected);
        }
    }

    #[test]
    fn every_code_has_a_status_that_means_failure() {
        for code in ErrorCode::ALL {
            let response = answer(&Error::new(*code, "…"));
            assert_eq!(response.status().as_u16(), code.status());
            assert!(!response.status().is_success());
            assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        }
    }
}
