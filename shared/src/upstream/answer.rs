//! Bodies on their way through: never gathered, watched while they last.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::watch::Seat;

/// When something last moved.
pub(super) struct Progress(Mutex<Instant>);

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Instant::now())))
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until nothing has moved for so long.
    pub(super) async fn stalled(&self, limit: Duration) {
        loop {
            let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + limit;
            if Instant::now() >= until {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

/// A request's body as it goes to the upstream: without what follows it.
pub(super) struct Sent {
    body: Body,
    progress: Arc<Progress>,
}

impl Sent {
    pub(super) fn new(body: Body, progress: Arc<Progress>) -> Self {
        Self { body, progress }
    }
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.progress.note();
        // Fields after a body could pass for some that were checked before it.
        Poll::Ready(frame.filter(|frame| !frame.as_ref().is_ok_and(Frame::is_trailers)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why an answer was cut off. It ends the connection, so that nobody takes a part for
/// the whole (RFC 9112 §8).
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("the session has ended")]
    SessionEnded,
    #[error("the upstream fell silent")]
    Silent,
    #[error("the upstream broke off")]
    Broken(#[source] hyper::Error),
}

/// An answer's body on its way to the client.
pub(super) struct Answer {
    body: Incoming,
    silence: Pin<Box<Sleep>>,
    limit: Duration,
    /// The second is dropped with the body, and with it the watch over it.
    seat: Option<(Pin<Box<WaitForCancellationFutureOwned>>, Seat)>,
}

impl Answer {
    /// One that may be silent for `limit`, and lasts as long as the session of `seat`.
    pub(super) fn body(body: Incoming, limit: Duration, seat: Option<Seat>) -> Body {
        Body::new(Self {
            body,
            silence: Box::pin(tokio::time::sleep(limit)),
            limit,
            seat: seat.map(|seat| (Box::pin(seat.ended()), seat)),
        })
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let cut = |cut: Cut| Poll::Ready(Some(Err(axum::Error::new(cut))));
        if let Some((ended, _)) = &mut this.seat
            && ended.as_mut().poll(cx).is_ready()
        {
            return cut(Cut::SessionEnded);
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.silence.as_mut().reset(Instant::now() + this.limit);
            return Poll::Ready(frame.map(|frame| {
                frame.map_err(|error| {
                    tracing::warn!(event = "upstream_broke_off", %error);
                    axum::Error::new(Cut::Broken(error))
                })
            }));
        }
        if this.silence.as_mut().poll(cx).is_ready() {
            tracing::warn!(event = "upstream_fell_silent");
            return cut(Cut::Silent);
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
