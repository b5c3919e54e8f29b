//! The guard in front of another back end (`UPSTREAM_URL`): it lets signed-in people
//! through, tells the back end who they are, and stays out of the way of what they
//! send and get.
//!
//! A target is decided on once, as it is written ([`decide`]); what is ambiguous is
//! refused, since the back end may read it differently. The rest is Doorkey's own, or
//! it is passed on ([`forward`]) without anything in it that could be mistaken for
//! what we say ([`headers`]).

mod answer;
mod ask;
mod decide;
mod forward;
mod gate;
mod headers;
mod ready;
mod refuse;
mod throttle;
mod token_cache;
mod visitor;
mod watch;
mod websocket;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use self::decide::Target;
use self::gate::Gate;
pub use self::ready::Readiness;
use crate::config::UpstreamAddress;
use crate::http::Web;

/// How often the sessions of open streams are looked up. Twice that, and some, is
/// how long a session that ended keeps one at the longest.
pub const RECHECK: Duration = Duration::from_secs(10);

/// Our own routes, and behind them everything else.
#[derive(Clone)]
pub struct Guarded {
    own: Router,
    gate: Arc<Gate>,
}

impl Guarded {
    /// In front of the back end at `address`, which can be asked once `readiness` says
    /// so.
    pub fn new(
        web: Arc<Web>,
        own: Router,
        address: &UpstreamAddress,
        readiness: Readiness,
    ) -> Self {
        Self {
            own,
            gate: Arc::new(Gate::new(web, address, readiness)),
        }
    }

    /// Ends the open streams of sessions that have ended, looking each `period`. Never
    /// done; the guard holds without it, but for those.
    pub fn watch(&self, period: Duration) -> impl Future<Output = ()> + Send + use<> {
        let gate = Arc::clone(&self.gate);
        async move { gate.watch_streams(period).await }
    }

    async fn answer(self, request: Request<Body>) -> Response {
        match decide::target(
            request.uri(),
            self.gate.public_paths(),
            self.gate.has_pages(),
        ) {
            Target::Own => {
                let Ok(response) = self.own.oneshot(request).await;
                response
            }
            target => self.gate.answer(request, target).await,
        }
    }
}

impl tower::Service<Request<Incoming>> for Guarded {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request.map(Body::new)).await) })
    }
}
