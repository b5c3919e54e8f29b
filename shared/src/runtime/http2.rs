//! HTTP/2, as proxies speak it within a machine or a cluster: at once, without TLS.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::one_form::one_form;
use super::routes::{HEAD_MAX, HEAD_TIMEOUT, KEEPALIVE, Routes, UNREAD_TIMEOUT};
use crate::http::Peer;

/// How long a connection may go without a new request before it takes none any more.
/// What is under way on it goes on.
const IDLE: Duration = Duration::from_mins(1);
/// How many requests one connection may have under way.
const STREAMS: u32 = 100;
/// How much of one body, and of all on a connection, is kept until it is read.
const STREAM_WINDOW: u32 = 256 * 1024;
const WINDOW: u32 = 1024 * 1024;
/// How much of one answer is kept until it is taken.
const SEND_MAX: usize = 64 * 1024;
/// What a connection begins with (RFC 9113 §3.4). It is awaited whole: the library would
/// wait for the rest of it for ever.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How soon to look for the rest of it, and then half as often each time.
const PREFACE_PAUSE: Duration = Duration::from_millis(10);
/// How often to look whether an answer is taken.
const LOOK: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// Of the request that this task is about.
    static TAKING: Arc<Taking>;
}

/// Since when an answer has waited to be taken. A client that opens no window (RFC 9113
/// §5.2) and answers pings would otherwise keep an answer, and what it comes from, for
/// ever: the kernel sees nothing that waits.
#[derive(Default)]
struct Taking(Mutex<Option<Instant>>);

impl Taking {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    async fn stalled(&self) {
        loop {
            sleep(LOOK).await;
            let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if since.is_some_and(|since| since.elapsed() >= UNREAD_TIMEOUT) {
                return;
            }
        }
    }
}

/// An answer that is watched: whoever asks for the next part has taken the last one.
struct Watched {
    body: Body,
    taking: Arc<Taking>,
}

impl Watched {
    fn answer(response: Response) -> Response {
        let Ok(taking) = TAKING.try_with(Arc::clone) else {
            return response;
        };
        taking.set(Some(Instant::now()));
        response.map(|body| Body::new(Self { body, taking }))
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        // What is still being made, nobody can take.
        let since = frame.is_ready().then(Instant::now);
        self.taking.set(since);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Runs what a connection's requests are answered by, each until its answer is taken, or
/// is not.
#[derive(Clone, Default)]
struct Requests(TaskTracker);

impl<F> Executor<F> for Requests
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, request: F) {
        let taking = Arc::<Taking>::default();
        let request = TAKING.scope(Arc::clone(&taking), request);
        self.0.spawn(async move {
            // Dropped, it resets its stream, and lets go of whatever it came from.
            tokio::select! {
                _ = request => {}
                () = taking.stalled() => {}
            }
        });
    }
}

impl Requests {
    /// Waits until none is under way, and then as long as what they left may be untaken.
    async fn are_over(&self) {
        self.0.close();
        self.0.wait().await;
        sleep(UNREAD_TIMEOUT).await;
    }
}

/// Serves a connection until it ends, or is told to.
pub(super) async fn serve<R: Routes>(
    stream: TcpStream,
    peer: SocketAddr,
    routes: R,
    stop: CancellationToken,
) {
    let (asked, requests) = (Arc::new(Notify::new()), Requests::default());
    let asks = Arc::clone(&asked);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        asks.notify_one();
        request.extensions_mut().insert(Peer(peer.ip()));
        one_form(&mut request);
        let answer = routes.clone().oneshot(request);
        async { answer.await.map(Watched::answer) }
    });
    let connection = http2::Builder::new(requests.clone())
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_MAX)
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(SEND_MAX)
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
    tokio::select! {
        _ = connection => {}
        () = requests.are_over() => {}
    }
}

/// Whether a connection begins so; none of it is taken. `None` of one that is gone, or says
/// too little in that time.
pub(super) async fn begins(stream: &TcpStream) -> Option<bool> {
    let mut begun = [0; PREFACE.len()];
    let mut pause = PREFACE_PAUSE;
    let look = async {
        loop {
            let length = stream.peek(&mut begun).await?;
            let begun = begun.get(..length).unwrap_or_default();
            if length == 0 || !PREFACE.starts_with(begun) {
                return Ok(false);
            }
            if length == PREFACE.len() {
                return Ok::<_, std::io::Error>(true);
            }
            sleep(pause).await;
            pause *= 2;
        }
    };
    timeout(HEAD_TIMEOUT, look).await.ok()?.ok()
}
