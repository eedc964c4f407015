//! The counters of the HTTP interface, and `/metrics`. Labels are the route's pattern, never a path: the number of
//! series is bounded by the code.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::error::Failure;
use crate::options::MetricsAccess;
use crate::state::ApiState;

/// The media type of `OpenMetrics`.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Headers that say that a proxy passes a request on.
const PROXIES_WRITE: [&str; 6] =
    ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];

/// The upper bounds of the time buckets, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: String,
    route: String,
}

type Durations = Family<RouteLabels, Histogram, fn() -> Histogram>;

/// How many requests there were and how long they took.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Family<RequestLabels, Counter>,
    durations: Durations,
}

impl Metrics {
    /// Registers the counters.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            durations: Durations::new_with_constructor(|| Histogram::new(BUCKETS)),
        };
        registry.register("parlor_http_requests", "Requests that were answered", metrics.requests.clone());
        registry.register(
            "parlor_http_request_duration_seconds",
            "Time from the request's head to the answer's head",
            metrics.durations.clone(),
        );
        metrics
    }

    fn record(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let labels = RouteLabels { method: method.to_owned(), route: route.to_owned() };
        self.durations.get_or_create(&labels).observe(seconds);
        let RouteLabels { method, route } = labels;
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }
}

/// Counts a request, and logs it without its path: a path may hold what is nobody's business.
pub(crate) async fn observe(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    state.metrics.record(method, route, status, seconds);
    tracing::debug!(method, route, status, seconds, "request");
    response
}

/// The method as a label. A client may make methods up, so all that nothing here takes are one.
fn method_label(method: &http::Method) -> &'static str {
    use http::Method;
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// `/metrics`, for those who may read it.
pub(crate) async fn show(State(state): State<ApiState>, request: Request) -> Result<Response, Failure> {
    if !may_read(&state.options.metrics, &request) {
        return Ok(crate::web::no_such_path());
    }
    show_to_all(State(state)).await
}

/// `/metrics`, for everybody who reaches the listener.
pub(crate) async fn show_to_all(State(state): State<ApiState>) -> Result<Response, Failure> {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &state.registry)
        .map_err(|error| Failure::fault(&error))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

fn may_read(access: &MetricsAccess, request: &Request) -> bool {
    match access {
        MetricsAccess::ThisMachine => is_of_this_machine(request),
        MetricsAccess::Token(token) => bearer(request.headers()).is_some_and(|brought| token.is(brought)),
        MetricsAccess::Nobody => false,
    }
}

/// True if the peer is on this machine and nothing says that it only passes on what others asked.
fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_local = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let is_passed_on = PROXIES_WRITE.iter().any(|name| request.headers().contains_key(*name));
    is_local && !is_passed_on
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
