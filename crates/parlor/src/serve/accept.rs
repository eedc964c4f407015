//! Takes connections and hands their requests to the application.
//!
//! Every bound of a connection that is known before its first request stands here: how many there are, how long a
//! request's head may take, and how large it may be. What they wait for, and for how long, is in `parlor_gateway::Accepted`.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parlor_core::limits::{Budget, Permit, Whose};
use parlor_gateway::{Accepted, Answering, Patience, Turn};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// How large the head of a request may be, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long to wait after a connection could not be taken, as when the process has no file descriptors left.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(100);

/// Who may connect, and how long they may let us wait.
pub(super) struct Terms {
    /// How many connections there may be.
    pub(super) places: Arc<Budget>,
    /// On whose account a connection from an address is: on nobody's if it is a proxy's.
    pub(super) whose: Box<dyn Fn(SocketAddr) -> Whose + Send + Sync>,
    /// How long they may let us wait.
    pub(super) patience: Patience,
}

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
    terms: Terms,
    stop: impl Future<Output = ()>,
) -> Open {
    let open = Open(watch::Sender::new(()));
    let http = http();
    let mut stop = pin!(stop);
    loop {
        let next = tokio::select! {
            biased;
            () = &mut stop => return open,
            next = next(&listener, &terms) => next,
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
    let turn = stream.turn();
    let taken_away = turn.taken_away();
    let service = service_fn(move |request| answer(application.clone(), peer, turn.clone(), request));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = &mut connection => ended,
        // Nothing was asked for: there is nobody to answer.
        () = taken_away.happened() => return,
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
    // How long a head may take is known to the connection, which also knows when it began.
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(MAX_HEAD_BYTES);
    http
}

/// The next connection, once there is a place for it. `None` if it could not be taken.
async fn next(listener: &TcpListener, terms: &Terms) -> Option<(Accepted<TcpStream>, SocketAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Who has too many that do not wait for a request finds this one closed.
            let place = terms.places.wait_in_turn((terms.whose)(peer)).await.ok()?;
            // Small frames must not wait for the acknowledgement of the one before.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(error = %error, "a connection could not be set to send at once");
            }
            Some((Accepted::new(stream, place, terms.patience), peer))
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
    turn: Turn,
    request: Request<Incoming>,
) -> io::Result<Response<Outgoing>> {
    let lost =
        || io::Error::new(io::ErrorKind::ConnectionAborted, "somebody else has this connection's place");
    let answering = turn.begin().ok_or_else(lost)?;
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let Ok(mut response) = application.oneshot(request).await;
    if let Some(permit) = response.extensions_mut().remove::<Arc<Permit>>() {
        answering.hold(permit);
    }
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        answering.becomes_socket();
    }
    Ok(response.map(|body| Outgoing { body, _answering: answering }))
}

/// The body of an answer, which says when all of it was handed over.
struct Outgoing {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
