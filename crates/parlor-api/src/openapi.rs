//! The OpenAPI document: gathered from the handlers, then completed with what is the same for all of them.
//!
//! A handler names the errors that are its own in `x-errors`. Those that any request of its sort can meet are added
//! here, and every error becomes a documented answer. Examples come from one table, by the name of the type.

mod bounds;
mod errors;
mod examples;

use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, Schema, ServerBuilder,
};

pub(crate) use errors::example as error_example;

/// What is the same for every operation.
const DESCRIPTION: &str = "Everything a client can do, as HTTP. Live events come over the WebSocket at `/api/v1/ws`.\n\n\
    Bodies are JSON in UTF-8, times are RFC 3339 in UTC, ids are typed (`usr_…`, `rm_…`, `msg_…`). Send the token of \
    `POST /auth/login` as `Authorization: Bearer <token>`. Errors have one form everywhere; see `Error`.";

/// The document without its paths, for the router to begin with.
pub(crate) fn empty() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Parlor")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .build()
}

/// Completes the document that the router gathered.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    document.servers = Some(vec![ServerBuilder::new().url("/").description(Some("This server.")).build()]);
    document.tags = Some(tags());
    document.security = Some(vec![
        SecurityRequirement::new("bearer", Vec::<String>::new()),
        SecurityRequirement::new("cookie", Vec::<String>::new()),
    ]);
    for item in document.paths.paths.values_mut() {
        for (method, operation) in operations_mut(item) {
            errors::add(method, operation);
            add_examples(operation);
            bounds::add_to_parameters(operation);
        }
    }
    let components = document.components.get_or_insert_with(Components::new);
    for scheme in ["bearer", "cookie"] {
        components.add_security_scheme(scheme, security_scheme(scheme));
    }
    errors::add_components(components);
    bounds::add_to_types(components);
    document
}

fn tags() -> Vec<utoipa::openapi::Tag> {
    [
        ("Server", "What a stranger may know."),
        ("Accounts", "Coming in and going out, and one's own profile."),
        ("Sessions", "One's signed-in devices."),
        ("Users", "Other people."),
        ("Rooms", "Where people talk."),
        ("Members", "Who is in a room."),
        ("Messages", "What was said."),
        ("Invitations", "Links that let people in."),
    ]
    .into_iter()
    .map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build())
    .collect()
}

fn security_scheme(name: &str) -> SecurityScheme {
    if name == "bearer" {
        let words =
            "The token of a sign-in. It is good until it is signed out, revoked or unused for too long.";
        return SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build(),
        );
    }
    let words = "The same token, where a browser keeps it out of reach of scripts. Requests that change something must \
        come from a page of this server. The cookie is named `__Host-parlor_session` where the server's public address \
        is https.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("parlor_session", words)))
}

/// The operations of a path, each with its method in capitals.
fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// True if the operation needs a credential.
fn needs_credential(operation: &Operation) -> bool {
    operation.security.is_none()
}

/// Gives the body and the answers of an operation the examples of their types.
fn add_examples(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.values_mut().for_each(add_example);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.values_mut().for_each(add_example);
        }
    }
}

fn add_example(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && content.examples.is_empty()
        && let Some(name) = schema_name(content.schema.as_ref())
    {
        content.example = examples::of(name);
    }
}

/// The name of the type that a schema refers to.
fn schema_name(schema: Option<&RefOr<Schema>>) -> Option<&str> {
    match schema? {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    }
}

/// The error codes that an operation can answer with.
fn error_codes(operation: &Operation) -> Vec<&str> {
    let codes = operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("x-errors"))
        .and_then(Value::as_array);
    codes.into_iter().flatten().filter_map(Value::as_str).collect()
}
