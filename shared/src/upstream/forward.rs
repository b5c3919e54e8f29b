//! Asking the upstream, and passing its answer on as it comes.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{Method, Request, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::answer::{Answer, NotSent, Progress, Sent};
use super::ask::is_websocket;
use super::headers::{Secrets, pass_on_answer};
use super::refuse::Fault;
use super::watch::Seat;
use super::websocket;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: less than any server keeps its side, so that
/// none is used that is just being closed.
const IDLE: Duration = Duration::from_secs(1);
/// How many of them.
const IDLE_MOST: usize = 32;
/// How much of an answer is read before it is taken.
const BUFFER_MAX: usize = 64 * 1024;

/// The way to the upstream.
pub(super) struct Forwarder {
    client: Client<HttpConnector, Sent>,
    authority: Option<Authority>,
    timeout: Duration,
}

/// How asking ended, if not with an answer.
pub(super) enum Failed {
    /// The upstream is to blame.
    Fault(Fault),
    /// The session ended meanwhile.
    SessionEnded,
    /// The client sent no whole body.
    NotSent,
}

/// What is watched for the session's end: the answer, and the request's body, if it has
/// one, which may outlast it.
#[derive(Default)]
pub(super) struct Seats {
    pub(super) answer: Option<Seat>,
    pub(super) body: Option<Seat>,
}

impl Forwarder {
    /// To `authority`, which may be silent for `timeout`.
    pub(super) fn new(authority: &str, timeout: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_MOST)
                .http1_max_buf_size(BUFFER_MAX)
                .build(connector),
            authority: authority.parse().ok(),
            timeout,
        }
    }

    /// Passes a request on, and the answer back. If whoever asked goes away, this is
    /// dropped, and the upstream's connection with it.
    pub(super) async fn ask(
        &self,
        mut parts: Parts,
        body: Body,
        is_handshake: bool,
        seats: Seats,
        secrets: Secrets<'_>,
    ) -> Result<Response, Failed> {
        let seat = seats.answer;
        let progress = Progress::new();
        let switching = parts
            .extensions
            .remove::<OnUpgrade>()
            .filter(|_| is_handshake);
        let method = parts.method.clone();
        let body = Sent::new(body, Arc::clone(&progress), self.timeout, seats.body);
        let request = self.request(parts, body, switching.is_some())?;
        let ended = async {
            match &seat {
                Some(seat) => seat.ended().await,
                None => std::future::pending().await,
            }
        };
        let answer = tokio::select! {
            answer = self.client.request(request) => answer.map_err(|error| failed(&error))?,
            () = progress.stalled(self.timeout) => return Err(Failed::Fault(Fault::Silent)),
            () = ended => return Err(Failed::SessionEnded),
        };
        let mut answer = check(answer)?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            pass_on_answer(answer.headers_mut(), secrets);
            let (mut parts, body) = answer.into_parts();
            parts.version = Version::HTTP_11;
            parts.extensions.clear();
            // Nothing is left to come, and nothing to watch.
            let body = if method == Method::HEAD || hyper::body::Body::is_end_stream(&body) {
                Body::new(body)
            } else {
                Answer::body(body, self.timeout, seat)
            };
            return Ok(Response::from_parts(parts, body));
        }
        let Some(client) = switching.filter(|_| is_websocket(answer.headers())) else {
            return Err(Failed::Fault(Fault::Invalid));
        };
        let upstream = hyper::upgrade::on(&mut answer);
        tokio::spawn(websocket::tunnel(client, upstream, seat));
        pass_on_answer(answer.headers_mut(), secrets);
        websocket::switch(answer.headers_mut());
        let (mut parts, _) = answer.into_parts();
        parts.extensions.clear();
        Ok(Response::from_parts(parts, Body::empty()))
    }

    fn request(
        &self,
        mut parts: Parts,
        body: Sent,
        is_handshake: bool,
    ) -> Result<Request<Sent>, Failed> {
        let mut target = parts.uri.into_parts();
        target.scheme = Some(Scheme::HTTP);
        target.authority.clone_from(&self.authority);
        let uri = Uri::from_parts(target).map_err(|_| Failed::Fault(Fault::Invalid))?;
        parts.uri = uri;
        parts.version = Version::HTTP_11;
        parts.extensions.clear();
        if is_handshake {
            websocket::switch(&mut parts.headers);
        }
        Ok(Request::from_parts(parts, body))
    }
}

/// Refuses an answer that two readers may end in different places.
fn check(answer: hyper::Response<Incoming>) -> Result<hyper::Response<Incoming>, Failed> {
    let headers = answer.headers();
    let is_doubtful =
        headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH);
    let is_odd =
        answer.status().is_informational() && answer.status() != StatusCode::SWITCHING_PROTOCOLS;
    if is_doubtful || is_odd {
        return Err(Failed::Fault(Fault::Invalid));
    }
    Ok(answer)
}

/// Whom to blame. The text says what went wrong on the wire, and nothing of the request.
fn failed(error: &Error) -> Failed {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    match causes.find_map(|cause| cause.downcast_ref()) {
        Some(NotSent::Broken(_)) => return Failed::NotSent,
        Some(NotSent::SessionEnded) => return Failed::SessionEnded,
        Some(NotSent::Silent) => return Failed::Fault(Fault::Silent),
        None => {}
    }
    let reason = error.source().map(ToString::to_string);
    tracing::warn!(
        event = "upstream_error",
        reason = reason.as_deref().unwrap_or("unknown")
    );
    Failed::Fault(if error.is_connect() {
        Fault::Unreachable
    } else {
        Fault::Invalid
    })
}
