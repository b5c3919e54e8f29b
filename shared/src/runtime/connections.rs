//! Connections: HTTP/1.1, or HTTP/2 where the other side begins with it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt as _};

use super::one_form::one_form;
use crate::http::Peer;

/// How long a client may take to send a request's head (slow-loris).
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How large the buffer for a request's head may grow.
const HEAD_MAX: u32 = 32 * 1024;
/// How long a client may leave an answer of ours unread.
const UNREAD_TIMEOUT: Duration = Duration::from_secs(20);
/// After which silence a connection is asked whether its peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// How long an HTTP/2 connection may go without a new request before it takes none any
/// more. What is under way on it goes on.
const IDLE: Duration = Duration::from_mins(1);
/// How many requests one HTTP/2 connection may have under way.
const STREAMS: u32 = 100;
/// How much of one body, and of all on an HTTP/2 connection, is kept until it is read.
const STREAM_WINDOW: u32 = 256 * 1024;
const WINDOW: u32 = 1024 * 1024;
/// What an HTTP/2 connection begins with (RFC 9113 §3.4). It is awaited whole: the
/// library would wait for the rest of it for ever.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How often to look for the rest of it.
const PREFACE_PAUSE: Duration = Duration::from_millis(20);

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
    /// Whether HTTP/2 is spoken, too. A function is called in HTTP/1.1 alone, and
    /// does not carry the code.
    const HTTP2: bool = false;
}

impl Routes for axum::Router {}

/// The connections that are open, and the word that they shall end. (The one of
/// hyper-util knows none that may switch to another protocol.)
#[derive(Default)]
pub(super) struct Connections {
    stop: CancellationToken,
    open: TaskTracker,
}

impl Connections {
    pub(super) fn serve<R: Routes>(&self, stream: TcpStream, peer: SocketAddr, routes: R) {
        tend::<R>(&stream);
        let stop = self.stop.clone();
        if R::HTTP2 {
            self.open.spawn(async move {
                let begun = timeout(HEAD_TIMEOUT, begins_with_http2(&stream));
                // Browsers open connections that they may never use.
                let begun = tokio::select! {
                    begun = begun => begun,
                    () = stop.cancelled() => return,
                };
                match begun {
                    Ok(Ok(true)) => serve_http2(stream, peer, routes, stop).await,
                    Ok(Ok(false)) => serve_http1(stream, peer, routes, stop).await,
                    Ok(Err(_)) | Err(_) => {}
                }
            });
        } else {
            self.open.spawn(serve_http1(stream, peer, routes, stop));
        }
    }

    /// Ends those that are idle, and waits for the others.
    pub(super) async fn finish(&self) {
        self.stop.cancel();
        self.open.close();
        self.open.wait().await;
    }
}

async fn serve_http1<R: Routes>(
    stream: TcpStream,
    peer: SocketAddr,
    routes: R,
    stop: CancellationToken,
) {
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        routes.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_MAX as usize)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    // Clients that go away or speak no HTTP are no news.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// As proxies speak it within a machine or a cluster: at once, without TLS.
async fn serve_http2<R: Routes>(
    stream: TcpStream,
    peer: SocketAddr,
    routes: R,
    stop: CancellationToken,
) {
    let asked = Arc::new(Notify::new());
    let asks = Arc::clone(&asked);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        asks.notify_one();
        request.extensions_mut().insert(Peer(peer.ip()));
        one_form(&mut request);
        routes.clone().oneshot(request)
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_MAX)
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(WINDOW)
        .keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(UNREAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let idle = async { while timeout(IDLE, asked.notified()).await.is_ok() {} };
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        () = idle => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Looks at what a connection begins with, and takes none of it.
async fn begins_with_http2(stream: &TcpStream) -> std::io::Result<bool> {
    let mut begun = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut begun).await?;
        let begun = begun.get(..length).unwrap_or_default();
        if length == 0 || !PREFACE.starts_with(begun) {
            return Ok(false);
        }
        if length == PREFACE.len() {
            return Ok(true);
        }
        tokio::time::sleep(PREFACE_PAUSE).await;
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
