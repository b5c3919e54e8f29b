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

/// What a watch over a body waits longer than another one.
const MOMENT: Duration = Duration::from_secs(1);

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

/// A request's body as it goes to the upstream: without what follows it. It may last
/// longer than the answer, and is watched by itself.
pub(super) struct Sent {
    body: Body,
    progress: Arc<Progress>,
    /// None where there is no body: most requests need no clock.
    silence: Option<Pin<Box<Sleep>>>,
    limit: Duration,
    seat: Option<Sitting>,
}

/// Why a request's body broke off.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSent {
    #[error("the session has ended")]
    SessionEnded,
    #[error("the client fell silent")]
    Silent,
    #[error("the client sent no whole body")]
    Broken(#[source] axum::Error),
}

impl Sent {
    /// One that may be silent for `limit`, and a moment: where nothing has been answered
    /// yet, [`Progress::stalled`] says so first.
    pub(super) fn new(
        body: Body,
        progress: Arc<Progress>,
        limit: Duration,
        seat: Option<Seat>,
    ) -> Self {
        let limit = limit + MOMENT;
        let has_body = !hyper::body::Body::is_end_stream(&body);
        Self {
            body,
            progress,
            silence: has_body.then(|| Box::pin(tokio::time::sleep(limit))),
            limit,
            seat: seat.map(Sitting::new),
        }
    }
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = NotSent;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NotSent>>> {
        let this = &mut *self;
        if this.seat.as_mut().is_some_and(|seat| seat.has_ended(cx)) {
            return Poll::Ready(Some(Err(NotSent::SessionEnded)));
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.progress.note();
            if let Some(silence) = &mut this.silence {
                silence.as_mut().reset(Instant::now() + this.limit);
            }
            // Fields after a body could pass for some that were checked before it.
            let frame = frame.filter(|frame| !frame.as_ref().is_ok_and(Frame::is_trailers));
            return Poll::Ready(frame.map(|frame| frame.map_err(NotSent::Broken)));
        }
        let Some(silence) = &mut this.silence else {
            return Poll::Pending;
        };
        ready!(silence.as_mut().poll(cx));
        Poll::Ready(Some(Err(NotSent::Silent)))
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
    seat: Option<Sitting>,
}

/// A seat, and the wait for its end; dropped with the body, and with it the watch over it.
struct Sitting {
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    _seat: Seat,
}

impl Sitting {
    fn new(seat: Seat) -> Self {
        let ended = Box::pin(seat.ended());
        Self { ended, _seat: seat }
    }

    fn has_ended(&mut self, cx: &mut Context<'_>) -> bool {
        self.ended.as_mut().poll(cx).is_ready()
    }
}

impl Answer {
    /// One that may be silent for `limit`, and lasts as long as the session of `seat`.
    pub(super) fn body(body: Incoming, limit: Duration, seat: Option<Seat>) -> Body {
        Body::new(Self {
            body,
            silence: Box::pin(tokio::time::sleep(limit)),
            limit,
            seat: seat.map(Sitting::new),
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
        if this.seat.as_mut().is_some_and(|seat| seat.has_ended(cx)) {
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
