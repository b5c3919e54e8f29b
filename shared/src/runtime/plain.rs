//! A server of its own: HTTP/1.1 on a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use super::boot::BootError;
use super::prepare::prepare;
use super::stop::{GRACE, Stop};
use crate::http::{Peer, Web};

/// How long a client may take to send a request's head (slow-loris).
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How large the buffer for a request's head may grow.
const HEAD_MAX: usize = 32 * 1024;
/// How long a client may leave an answer unread.
#[cfg(target_os = "linux")]
const UNREAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long to wait when the system has no file descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Listens, serves, prepares the database meanwhile, and stops when told to:
/// idle connections at once, requests under way within [`GRACE`].
pub(super) async fn run(web: &Arc<Web>, routes: Router) -> Result<(), BootError> {
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
    let graceful = GracefulShutdown::new();
    let prepared = prepare_then_wait(web);
    let stopped = tokio::select! {
        () = stop.told() => Ok(()),
        error = prepared => error,
        never = accept_all(&listener, &routes, &graceful) => never,
    };
    drop(listener);
    tracing::info!(event = "stopping");
    let finished = async {
        graceful.shutdown().await;
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

async fn accept_all(
    listener: &TcpListener,
    routes: &Router,
    graceful: &GracefulShutdown,
) -> Result<(), BootError> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => serve_connection(stream, peer, routes.clone(), graceful),
            Err(error) => {
                tracing::warn!(event = "accept_failed", %error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    graceful: &GracefulShutdown,
) {
    // Answers are small: waiting to fill a segment only delays them.
    let _ = stream.set_nodelay(true);
    // The kernel ends a connection whose peer takes nothing (RFC 5482): one that
    // sends requests and reads no answer would otherwise stay for ever.
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(UNREAD_TIMEOUT));
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        routes.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // Clients that go away or speak no HTTP are no news.
        let _ = watched.await;
    });
}
