//! The documentation at `/docs`: pages made from the same tables and types that the server runs on, once, when it
//! starts. They need no script and nothing from elsewhere.

mod errors;
mod html;
mod http;
mod index;
mod schema;
mod websocket;

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::Router;
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use utoipa::openapi::OpenApi;

use crate::state::ApiState;

const HTML: &str = "text/html; charset=utf-8";

/// The routes of the documentation, and the document itself.
pub(crate) fn routes(document: &OpenApi) -> Router<ApiState> {
    let value = serde_json::to_value(document).unwrap_or_default();
    Router::new()
        .route("/api/v1/openapi.json", text("application/json", value.to_string()))
        .route("/docs", text(HTML, index::page()))
        .route("/docs/http", text(HTML, http::page(&value)))
        .route("/docs/websocket", text(HTML, websocket::page()))
        .route("/docs/errors", text(HTML, errors::page()))
        .route("/docs/style.css", text("text/css; charset=utf-8", include_str!("docs/style.css")))
}

/// Answers with a text that is made once and never copied.
fn text(kind: &'static str, text: impl Into<Bytes>) -> MethodRouter<ApiState> {
    let bytes = text.into();
    get(async move || {
        let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")];
        (headers, bytes.clone()).into_response()
    })
}
