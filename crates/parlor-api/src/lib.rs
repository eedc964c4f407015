//! Parlor over HTTP: routes, extractors, errors, the OpenAPI document and its pages, and the web client's files.
//!
//! A handler decodes, calls one action of `parlor-core` or `parlor-identity`, and encodes. There are no rules here. The
//! WebSocket is in `parlor-gateway`; the binary puts the two together.

mod accounts;
mod cookies;
mod docs;
mod error;
mod extract;
mod guard;
mod health;
mod invites;
mod members;
mod messages;
mod metrics;
mod openapi;
mod options;
mod present_session;
mod rooms;
mod same_origin;
mod server;
mod sessions;
mod state;
mod users;
mod visit;
mod web;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use http::header::{CACHE_CONTROL, HeaderValue};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use metrics::Metrics;
pub use options::{MetricsAccess, MetricsToken, Options};
pub use state::{ApiState, Presence};

/// Every route, without the WebSocket's. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: rate
/// limits go by the address of the client.
pub fn router(state: ApiState) -> Router {
    let (api, document) = api().split_for_parts();
    let document = openapi::complete(document);
    let bounded = api
        .layer(from_fn(never_stored))
        .layer(from_fn(visit::charge))
        .layer(from_fn_with_state(state.clone(), same_origin::check))
        .merge(docs::routes(&document))
        .fallback(web::serve)
        .method_not_allowed_fallback(web::method_not_allowed)
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            guard::panicked(panic.as_ref())
        }))
        .layer(from_fn_with_state(state.clone(), guard::bound))
        .layer(from_fn_with_state(state.clone(), visit::begin));
    // Whoever watches the server must see it when it is at its bounds, so these stand outside them.
    let watched = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show));
    let edge = state.options.edge.clone();
    let routes =
        bounded.merge(watched).layer(from_fn_with_state(state.clone(), metrics::observe)).with_state(state);
    parlor_edge::guard(routes, &edge)
}

/// The routes for whoever watches the server, on a listener of their own: `/healthz`, `/readyz` and `/metrics`.
pub fn watching(state: ApiState) -> Router {
    let edge = state.options.edge.clone();
    let routes = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show_to_all))
        .with_state(state);
    parlor_edge::guard(routes, &edge)
}

/// The OpenAPI document of version 1.
pub fn document() -> OpenApi {
    openapi::complete(api().split_for_parts().1)
}

fn api() -> OpenApiRouter<ApiState> {
    let routes = OpenApiRouter::new()
        .merge(server::routes())
        .merge(accounts::routes())
        .merge(present_session::routes())
        .merge(sessions::routes())
        .merge(users::routes())
        .merge(rooms::routes())
        .merge(members::routes())
        .merge(messages::routes())
        .merge(invites::routes());
    OpenApiRouter::with_openapi(openapi::empty()).nest(parlor_protocol::API_PREFIX, routes)
}

/// Keeps answers that are one person's out of every cache.
async fn never_stored(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
