//! Takes connections and hands their requests to the application.
//!
//! Every bound of a connection that is known before its first request stands here: how many there are, how long a
//! request's head may take, and how large it may be.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parlor_gateway::Accepted;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

/// How long the head of a request may take, and how long a connection may lie idle between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// How large the head of a request may be, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long to wait after a connection could not be taken, as when the process has no file descriptors left.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(100);

/// The connections that are open, to end them in order.
pub(super) struct Open(watch::Sender<()>);

impl Open {
    /// Asks each to end after the request it is at, and waits until all have.
    pub(super) async fn finish(self) {
        self.0.send_replace(());
        self.0.closed().await;
    }
}

/// Takes connections until `stop`. Returns those that are still open.
pub(super) async fn accept(
    listener: TcpListener,
    application: Router,
    max_connections: usize,
    stop: impl Future<Output = ()>,
) -> Open {
    let slots = Arc::new(Semaphore::new(max_connections));
    let open = Open(watch::Sender::new(()));
    let http = http();
    let mut stop = pin!(stop);
    loop {
        let next = tokio::select! {
            biased;
            () = &mut stop => return open,
            next = next(&listener, &slots) => next,
        };
        if let Some((stream, peer)) = next {
            tokio::spawn(serve(http.clone(), stream, peer, application.clone(), open.0.subscribe()));
        }
    }
}

/// Serves one connection to its end. A WebSocket leaves here as soon as it is one: the gateway ends those.
async fn serve(
    http: http1::Builder,
    stream: Accepted<TcpStream>,
    peer: SocketAddr,
    application: Router,
    mut stop: watch::Receiver<()>,
) {
    let service = service_fn(move |request| answer(application.clone(), peer, request));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection ended early");
    }
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(MAX_HEAD_BYTES);
    http
}

/// The next connection, once there is a slot for it. `None` if it could not be taken.
async fn next(listener: &TcpListener, slots: &Arc<Semaphore>) -> Option<(Accepted<TcpStream>, SocketAddr)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Small frames must not wait for the acknowledgement of the one before.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(error = %error, "a connection could not be set to send at once");
            }
            Some((Accepted::new(stream, slot), peer))
        }
        Err(error) => {
            tracing::warn!(error = %error, "a connection could not be taken; the server goes on");
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            None
        }
    }
}

/// Answers one request, with the address of the other side beside it.
async fn answer(
    application: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    application.oneshot(request).await
}
