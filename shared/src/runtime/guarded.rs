//! The server: our own routes, and in front of another back end where there is one.

use std::convert::Infallible;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::boot::{BootError, boot};
use super::child::{App, Ending};
use super::connections::Connections;
use super::routes::Routes;
use super::{descriptors, plain};
use crate::config::{Config, PublicPaths, UpstreamSettings};
use crate::http::{FUNCTIONS, Web, router_with};
use crate::pages;
use crate::upstream::{Guarded, RECHECK, Readiness};

impl Routes for Guarded {
    const HTTP2: bool = true;
    /// An upstream's answer may be read as slowly as it may be made: a browser stops
    /// reading a video that is paused.
    const UNREAD: Duration = Duration::from_mins(5);
}

/// Our own routes alone, of the server.
#[derive(Clone)]
struct Whole(Router);

impl Routes for Whole {
    const HTTP2: bool = true;
}

impl Service<Request<Incoming>> for Whole {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request<Incoming>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Router as Service<Request<Incoming>>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        self.0.call(request)
    }
}

/// Serves until it is told to stop, or until what `command` started has ended for good;
/// then with its exit code.
pub(super) async fn start(mut config: Config, command: &[OsString]) -> Result<ExitCode, BootError> {
    if !command.is_empty() {
        config.upstream.address.get_or_insert_default();
    }
    let descriptors = descriptors::take();
    let web = Arc::new(Web::new(boot(config)?)?);
    let routes = router_with(Arc::clone(&web), FUNCTIONS, pages::routes(&web));
    let settings = &web.app.config.upstream;
    let Some(address) = settings.address.clone() else {
        warn_that_nothing_is_guarded(settings);
        plain::run(&web, Whole(routes), std::future::pending()).await?;
        return Ok(ExitCode::SUCCESS);
    };
    if address.is_at(web.app.config.listen) {
        return Err(BootError::Itself);
    }
    let readiness = match command {
        [] => Readiness::assumed(),
        _ => Readiness::awaited(),
    };
    let guarded = Guarded::new(Arc::clone(&web), routes, &address, readiness.clone());
    tracing::info!(event = "guarding", upstream = address.authority());
    tokio::spawn(guarded.watch(RECHECK));
    let Some(app) = App::of(command, address, readiness, descriptors) else {
        plain::run(&web, guarded, std::future::pending()).await?;
        return Ok(ExitCode::SUCCESS);
    };
    let (stop, over) = (CancellationToken::new(), CancellationToken::new());
    let ending = tokio::spawn({
        let (stop, over) = (stop.clone(), over.clone());
        async move {
            let ending = app.supervise(stop).await;
            over.cancel();
            ending
        }
    });
    let served = plain::run(&web, guarded, over.cancelled()).await;
    // Whyever it is that nothing is served any more, nobody reaches the app now.
    stop.cancel();
    let ending = ending.await.unwrap_or(Ending::LOST);
    served?;
    Ok(ending.exit_code())
}

/// Nobody shall trust in a setting that does nothing.
fn warn_that_nothing_is_guarded(settings: &UpstreamSettings) {
    if settings.jwt || settings.rate.is_some() || settings.public != PublicPaths::default() {
        tracing::warn!(
            event = "setting",
            name = "UPSTREAM_URL",
            message = "is not set: nothing is guarded, and the settings about it do nothing"
        );
    }
}

/// Serves on a socket that is there already, until this is dropped.
pub async fn serve_on(listener: TcpListener, guarded: Guarded) {
    let connections = Connections::default();
    let _ = plain::accept_all(&listener, &guarded, &connections).await;
}
