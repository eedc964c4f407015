//! The answers to requests that are not done, for the document.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_model::{Field, MuteReason, Refusal};
use parlor_protocol::{Error, ErrorCode};
use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{error_codes, needs_credential};

/// Errors that any request can meet; `BadRequest`, if it does not name its host.
const ALWAYS: [ErrorCode; 5] = [
    ErrorCode::BadRequest,
    ErrorCode::RateLimited,
    ErrorCode::Busy,
    ErrorCode::Unavailable,
    ErrorCode::Internal,
];

/// Adds every error that an operation can answer with, one answer a status.
pub(super) fn add(method: &str, operation: &mut Operation) {
    let codes = all_codes(method, operation);
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in &codes {
        by_status.entry(code.status()).or_default().push(*code);
    }
    for (status, codes) in by_status {
        let words: Vec<String> =
            codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.meaning().trim())).collect();
        let examples = codes.iter().map(|code| {
            let name = code.as_str();
            (name, RefOr::Ref(Ref::new(format!("#/components/examples/{name}"))))
        });
        let content =
            ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).examples_from_iter(examples);
        let response = ResponseBuilder::new()
            .description(words.join("\n\n"))
            .content("application/json", content.build())
            .build();
        operation.responses.responses.insert(status.to_string(), RefOr::T(response));
    }
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    operation.extensions = Some(ExtensionsBuilder::new().add("x-errors", json!(names)).build());
}

/// The operation's own errors and those of its sort, in the order of their numbers.
fn all_codes(method: &str, operation: &Operation) -> Vec<ErrorCode> {
    let own = error_codes(operation);
    let mut codes: Vec<ErrorCode> =
        ErrorCode::ALL.iter().copied().filter(|code| own.contains(&code.as_str())).collect();
    codes.extend(ALWAYS);
    if needs_credential(operation) {
        codes.push(ErrorCode::Unauthenticated);
    }
    if operation.request_body.is_some() {
        codes.push(ErrorCode::TooLarge);
    }
    if method != "GET" {
        codes.push(ErrorCode::OriginForbidden);
    }
    codes.sort_by_key(|code| code.number());
    codes.dedup();
    codes
}

/// Adds the error's schema and an example of every code.
pub(super) fn add_components(components: &mut Components) {
    let mut schemas = vec![(Error::name().into_owned(), Error::schema())];
    Error::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert(ErrorCode::name().into_owned(), RefOr::T(code_schema()));
    for code in ErrorCode::ALL {
        let value = serde_json::to_value(example(*code)).unwrap_or(Value::Null);
        let example = ExampleBuilder::new().summary(code.meaning().trim()).value(Some(value)).build();
        components.examples.insert(code.as_str().to_owned(), RefOr::T(example));
    }
}

/// The schema of the codes as they are written: the derived one has the names of the variants.
fn code_schema() -> Schema {
    let words = ErrorCode::ALL.iter().map(|code| code.as_str());
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What programs go by."))
        .enum_values(Some(words))
        .into()
}

/// What an error of this code looks like.
pub(crate) fn example(code: ErrorCode) -> Error {
    if let Some(refusal) = refusals().iter().find(|refusal| ErrorCode::from(*refusal) == code) {
        return Error::from(refusal);
    }
    match code {
        ErrorCode::BadRequest => Error::new(code, "The field “username” is missing."),
        ErrorCode::UnknownType => Error::new(code, "There is no command “message.sned”."),
        ErrorCode::TooLarge => Error::too_large(262_144),
        ErrorCode::HelloExpected => Error::new(code, "The first frame must be a hello."),
        ErrorCode::NoSuchPath => Error::new(code, "There is nothing at this path."),
        ErrorCode::MethodNotAllowed => Error::new(code, "This path does not take that method."),
        ErrorCode::OriginForbidden => {
            Error::new(code, "This request came from a page of another site, so it was not done.")
        }
        ErrorCode::Internal => Error::internal("6b0f6a51c2d94c8e".to_owned()),
        _ => Error::new(code, code.meaning().trim()),
    }
}

/// One refusal of every sort.
fn refusals() -> Vec<Refusal> {
    let moment = Duration::from_secs(2);
    vec![
        Refusal::NotFound("room"),
        Refusal::Forbidden("rename this room"),
        Refusal::Unauthenticated,
        Refusal::WrongCredentials,
        Refusal::invalid(Field::Username, "it must have 2 to 32 characters"),
        Refusal::BodyEmpty,
        Refusal::BodyTooLong { max_bytes: 16_384 },
        Refusal::NameTaken,
        Refusal::NameConfusable,
        Refusal::RegistrationNeedsInvite,
        Refusal::RegistrationClosed,
        Refusal::GuestsNeedInvite,
        Refusal::GuestsClosed,
        Refusal::InviteInvalid,
        Refusal::SetupTokenInvalid,
        Refusal::NotAGuest,
        Refusal::UnknownCommand("hlep".to_owned()),
        Refusal::Muted { reason: MuteReason::stored("Shouting".to_owned()), retry_after: Some(moment) },
        Refusal::RateLimited { retry_after: moment },
        Refusal::Busy { retry_after: moment },
        Refusal::Unavailable { retry_after: moment },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_its_code_and_words_of_its_own() {
        for code in ErrorCode::ALL {
            let example = example(*code);
            assert_eq!(example.code, *code);
            assert_ne!(example.message, code.meaning().trim(), "{}", code.as_str());
        }
    }
}
