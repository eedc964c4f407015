//! The documentation at `/docs`: pages made from the same tables and types that the server runs on, once, when it
//! starts. They need no script and nothing from elsewhere.

mod errors;
mod html;
mod http;
mod index;
mod schema;
mod websocket;

use std::sync::Arc;

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::OpenApi;

use crate::state::ApiState;

const STYLE: &str = include_str!("docs/style.css");

/// The pages, made.
#[derive(Clone)]
struct Pages(Arc<[(&'static str, String)]>);

/// The routes of the documentation, and the document itself.
pub(crate) fn routes(document: &OpenApi) -> Router<ApiState> {
    let value = serde_json::to_value(document).unwrap_or_default();
    let pages = Pages(Arc::from([
        ("/docs", index::page()),
        ("/docs/http", http::page(&value)),
        ("/docs/websocket", websocket::page()),
        ("/docs/errors", errors::page()),
    ]));
    let document = Arc::new(value);
    let mut router = Router::new()
        .route("/docs/style.css", get(style))
        .route("/api/v1/openapi.json", get(|| async move { Json(document.as_ref().clone()) }));
    for (path, _) in pages.0.iter() {
        let page = Router::new().route(path, get(show)).with_state((pages.clone(), *path));
        router = router.merge(page);
    }
    router
}

async fn show(State((pages, path)): State<(Pages, &'static str)>) -> Response {
    let page = pages.0.iter().find(|(candidate, _)| *candidate == path);
    let html = page.map(|(_, html)| html.clone()).unwrap_or_default();
    ([(CACHE_CONTROL, "no-cache")], Html(html)).into_response()
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], STYLE)
}
