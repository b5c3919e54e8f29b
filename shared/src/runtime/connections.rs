//! Connections: HTTP/1.1, or HTTP/2 where the other side begins with it.

use std::net::SocketAddr;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::http2;
use super::routes::{HEAD_MAX, HEAD_TIMEOUT, KEEPALIVE, Routes};
use crate::http::Peer;

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
                // Browsers open connections that they may never use.
                let is_http2 = tokio::select! {
                    begins = http2::begins(&stream) => begins,
                    () = stop.cancelled() => None,
                };
                match is_http2 {
                    Some(true) => http2::serve(stream, peer, routes, stop).await,
                    Some(false) => serve_http1(stream, peer, routes, stop).await,
                    None => {}
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
