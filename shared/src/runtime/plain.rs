//! A server of its own: HTTP/1.1 on a socket.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt as _};

use super::boot::BootError;
use super::prepare::prepare;
use super::stop::{GRACE, Stop};
use crate::http::{Peer, Web};

/// How long a client may take to send a request's head (slow-loris).
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How large the buffer for a request's head may grow.
const HEAD_MAX: usize = 32 * 1024;
/// How long a client may leave an answer of ours unread.
const UNREAD_TIMEOUT: Duration = Duration::from_secs(20);
/// After which silence a connection is asked whether its peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// How long to wait when the system has no file descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What answers requests.
pub(super) trait Routes:
    Service<
        http::Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// How long a client may leave an answer unread.
    const UNREAD: Duration = UNREAD_TIMEOUT;
}

impl Routes for axum::Router {}

/// Listens, serves, prepares the database meanwhile, and stops when told to, or when
/// `over` is done: idle connections at once, requests under way within [`GRACE`].
pub(super) async fn run<R: Routes>(
    web: &Arc<Web>,
    routes: R,
    over: impl Future<Output = ()>,
) -> Result<(), BootError> {
    let mut stop = Stop::listen();
    let address = web.app.config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| BootError::Listen(address, error))?;
    let bound = listener.local_addr().unwrap_or(address);
    tracing::info!(
        event = "listening",
        url = format!("http://{bound}"),
        database = %web.app.config.database.url.place(),
        version = env!("CARGO_PKG_VERSION")
    );
    let connections = Connections::default();
    let prepared = prepare_then_wait(web);
    let stopped = tokio::select! {
        _ = stop.told() => Ok(()),
        () = over => Ok(()),
        error = prepared => error,
        never = accept_all(&listener, &routes, &connections) => never,
    };
    drop(listener);
    tracing::info!(event = "stopping");
    let finished = async {
        connections.finish().await;
        web.app.background.idle().await;
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!(
            event = "stopped_early",
            message = "requests were still under way"
        );
    }
    web.app.db.close().await;
    stopped
}

async fn prepare_then_wait(web: &Arc<Web>) -> Result<(), BootError> {
    prepare(&web.app).await?;
    std::future::pending().await
}

/// Serves on a socket until it is dropped.
pub(super) async fn accept_all<R: Routes>(
    listener: &TcpListener,
    routes: &R,
    connections: &Connections,
) -> Result<(), BootError> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => connections.serve(stream, peer, routes.clone()),
            Err(error) => {
                tracing::warn!(event = "accept_failed", %error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The connections that are open, and the word that they shall end. (The one of
/// hyper-util knows none that may switch to another protocol.)
#[derive(Default)]
pub(super) struct Connections {
    stop: CancellationToken,
    open: TaskTracker,
}

impl Connections {
    fn serve<R: Routes>(&self, stream: TcpStream, peer: SocketAddr, routes: R) {
        tend::<R>(&stream);
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            routes.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let stop = self.stop.clone();
        self.open.spawn(async move {
            tokio::pin!(connection);
            // Clients that go away or speak no HTTP are no news.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }

    /// Ends those that are idle, and waits for the others.
    async fn finish(&self) {
        self.stop.cancel();
        self.open.close();
        self.open.wait().await;
    }
}

fn tend<R: Routes>(stream: &TcpStream) {
    // Answers are small: waiting to fill a segment only delays them.
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    // A peer that is gone without a word leaves a silent stream open for ever.
    let _ = socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
    // The kernel ends a connection whose peer takes nothing (RFC 5482): one that
    // sends requests and reads no answer would otherwise stay for ever.
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(R::UNREAD));
}
