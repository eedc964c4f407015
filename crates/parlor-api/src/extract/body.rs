//! The JSON body of a request: bounded, strict, and explained in words when it is wrong.

use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use parlor_model::Refusal;
use parlor_protocol::{UNPAIRED_SURROGATE, is_unpaired_surrogate};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::time::Duration;

use crate::error::Failure;
use crate::options::Options;
use crate::state::ApiState;
use crate::visit;

/// When to try again if others needed the place of a body that did not come.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The body of a request, read as JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<ApiState> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            let words = "Send the body as JSON, with the header “Content-Type: application/json”.";
            return Err(Failure::malformed(words, None));
        }
        let bytes = collect(request, &state.options).await?;
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

async fn collect(request: Request, options: &Options) -> Result<Vec<u8>, Failure> {
    let limit = options.max_request_bytes;
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Failure::too_large(limit));
    }
    let Some(visit) = visit::of(request.extensions()).cloned() else {
        return read(request, options).await;
    };
    let mut waiting = visit.await_body()?;
    let taken_away = waiting.may_be_taken_away();
    let bytes = tokio::select! {
        bytes = read(request, options) => bytes?,
        () = taken_away.happened() => return Err(Refusal::Busy { retry_after: RETRY_AFTER }.into()),
    };
    drop(waiting);
    visit.go_on()?;
    Ok(bytes)
}

async fn read(request: Request, options: &Options) -> Result<Vec<u8>, Failure> {
    let limit = options.max_request_bytes;
    let reading = axum::body::to_bytes(request.into_body(), limit);
    match tokio::time::timeout(options.body_timeout, reading).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_length_limit(&error) => Err(Failure::too_large(limit)),
        Ok(Err(_)) => Err(Failure::malformed("The body ended too early.", None)),
        Err(_) => Err(Failure::malformed("The body did not arrive in time.", None)),
    }
}

/// `axum::body::to_bytes` says only in its chain of causes that the limit was passed.
fn is_length_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // serde would take a list for an object, by the order of the fields. Nothing here is meant to be sent like that.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(shape(".", "a list, expected struct …"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| explain(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| explain(".", &error))?;
    Ok(value)
}

/// Puts a parser's complaint into a sentence that names the field, without the names of our types.
fn explain(path: &str, error: &serde_json::Error) -> Failure {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
            shape(path, reason)
        }
        Category::Eof => {
            Failure::malformed(format!("The body is not complete JSON: it ends at {place}."), None)
        }
        Category::Syntax if is_unpaired_surrogate(error) => {
            Failure::malformed(format!("The body {UNPAIRED_SURROGATE}, at {place}."), named(path))
        }
        Category::Syntax | Category::Io => {
            Failure::malformed(format!("The body is not JSON: it goes wrong at {place}."), None)
        }
    }
}

/// The field that a path leads to, if it leads to one.
fn named(path: &str) -> Option<&str> {
    Some(path).filter(|path| !path.starts_with(['.', '?']))
}

/// Explains a body that is JSON, but not the expected one.
fn shape(path: &str, reason: &str) -> Failure {
    let quoted = reason.split('`').nth(1);
    if let Some(field) = quoted.filter(|_| reason.starts_with("missing field")) {
        return Failure::malformed(format!("The field “{field}” is missing."), Some(field));
    }
    if let Some(field) = quoted.filter(|_| reason.starts_with("unknown field")) {
        return Failure::malformed(format!("There is no field “{field}” here."), Some(field));
    }
    if let Some(field) = quoted.filter(|_| reason.starts_with("duplicate field")) {
        return Failure::malformed(format!("The field “{field}” stands there twice."), Some(field));
    }
    let reason = reason.replace('`', "“").replace("struct ", "an object for ");
    let reason = match reason.split_once(", expected ") {
        Some((_, expected)) => format!("it must be {}", wanted(expected)),
        None => "its value does not fit".to_owned(),
    };
    if path == "." {
        return Failure::malformed(format!("The body is not of the right type: {reason}."), None);
    }
    Failure::malformed(format!("The field “{path}” is not of the right type: {reason}."), Some(path))
}

/// What was expected, in words for people who don't write Rust.
fn wanted(expected: &str) -> &str {
    match expected {
        expected if expected.starts_with("an object") => "an object",
        "u32" | "u64" => "a whole number that is not negative",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "a text",
        expected => expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::response::IntoResponse;
    use parlor_protocol::{CreateInvite, Error, Login};

    async fn complaint<T: DeserializeOwned>(body: &str) -> (String, Option<String>) {
        let failure = parse::<T>(body.as_bytes()).err().expect("a complaint");
        let bytes = to_bytes(failure.into_response().into_body(), 10_000).await.unwrap();
        let error: Error = serde_json::from_slice(&bytes).unwrap();
        (error.message, error.details.and_then(|details| details.field))
    }

    #[tokio::test]
    async fn complaints_are_sentences_that_name_the_field() {
        for (body, expected, field) in [
            (r#"{"username":"a"}"#, "The field “password” is missing.", Some("password")),
            (
                r#"{"username":"a","password":"b","admin":true}"#,
                "There is no field “admin” here.",
                Some("admin"),
            ),
            (
                r#"{"username":5,"password":"b"}"#,
                "The field “username” is not of the right type: it must be a text.",
                Some("username"),
            ),
            (
                r#"{"username":"a","username":"b","password":"c"}"#,
                "The field “username” stands there twice.",
                Some("username"),
            ),
            (
                r#"{"username":"a","password":"b","cookie":1}"#,
                "The field “cookie” is not of the right type: it must be true or false.",
                Some("cookie"),
            ),
            ("null", "The body is not of the right type: it must be an object.", None),
            (r#"["a","b"]"#, "The body is not of the right type: it must be an object.", None),
            ("{", "The body is not complete JSON: it ends at line 1, column 1.", None),
            ("", "The body is not complete JSON: it ends at line 1, column 0.", None),
            ("{'a':1}", "The body is not JSON: it goes wrong at line 1, column 2.", None),
            (
                r#"{"username":"\ud83d","password":"b"}"#,
                "The body holds half a character: an unpaired surrogate, such as \\ud83d without the half that belongs \
                 behind it, at line 1, column 20.",
                Some("username"),
            ),
        ] {
            let (message, named) = complaint::<Login>(body).await;
            assert_eq!((message.as_str(), named.as_deref()), (expected, field), "{body}");
        }
    }

    #[tokio::test]
    async fn numbers_are_explained_without_the_names_of_types() {
        for body in [r#"{"max_uses":-1}"#, r#"{"max_uses":1.5}"#, r#"{"max_uses":"1"}"#] {
            let (message, field) = complaint::<CreateInvite>(body).await;
            assert_eq!(
                message,
                "The field “max_uses” is not of the right type: it must be a whole number that is not negative."
            );
            assert_eq!(field.as_deref(), Some("max_uses"));
        }
    }

    #[test]
    fn nothing_may_follow_the_body() {
        assert!(parse::<CreateInvite>(b"{} {}").is_err());
        assert!(parse::<CreateInvite>(b" {} \n").is_ok());
    }
}
