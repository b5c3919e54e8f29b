//! As a Vercel function: an adapter over the platform's tower service.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::uri::{PathAndQuery, Uri};
use http::{Request, Response};
use hyper::body::Incoming;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use vercel_runtime::{AppState, Error, ResponseBody};

use super::boot::BootError;
use super::collect::collect;
use super::stop::{GRACE, Stop};
use crate::app::Background;
use crate::http::functions::TOGETHER;
use crate::http::{Endpoint, Function, Web};

/// The query parameter by which a rewrite says where the browser asked, should
/// the platform hand the function its own path instead.
const PATH_HINT: &str = "doorkey_path";
/// What the hint of a path with a parameter may hold decoded and a path may not
/// (RFC 3986 §3.3). Other than ASCII is always encoded.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What the platform's runtime needs to write an answer, and that it is done.
const FLUSH: Duration = Duration::from_millis(100);

/// Speaks the platform's protocol until it says to stop.
pub(super) async fn run(
    web: &Arc<Web>,
    routes: Router,
    functions: &[Function],
) -> Result<(), BootError> {
    let mut stop = Stop::listen();
    // Functions never migrate: a schema that is too old shows by itself, as 503.
    web.app.db.open_gate();
    let under_way = TaskTracker::new();
    let adapter = Adapter {
        routes,
        own_path: own_path(functions),
        endpoints: functions.iter().map(|one| one.endpoints).collect(),
        background: web.app.background.clone(),
        under_way: under_way.clone(),
    };
    // The runtime's own stop may come too late for a signal that came early, and
    // then waits for background work without bound; so its future is dropped,
    // which closes the socket, and what is under way is waited for here.
    let stopped = tokio::select! {
        done = vercel_runtime::run(adapter) => done.map_err(|_| BootError::Platform),
        _ = stop.told() => Ok(()),
    };
    under_way.close();
    let finished = async {
        under_way.wait().await;
        web.app.background.idle().await;
        tokio::time::sleep(FLUSH).await;
    };
    // Whatever is not done by then is lost with the instance.
    let _ = tokio::time::timeout(GRACE, finished).await;
    stopped
}

#[derive(Clone)]
struct Adapter {
    routes: Router,
    own_path: String,
    endpoints: Arc<[&'static [Endpoint]]>,
    background: Background,
    under_way: TaskTracker,
}

impl tower::Service<(AppState, Request<Incoming>)> for Adapter {
    type Response = Response<ResponseBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (state, request): (AppState, Request<Incoming>)) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let _under_way = this.under_way.token();
            let mut request = request.map(Body::new);
            if let Some(uri) = browsers_uri(request.uri(), &this.own_path, &this.endpoints) {
                *request.uri_mut() = uri;
            }
            let Ok(response) = this.routes.oneshot(request).await;
            let response = collect(response).await.map(ResponseBody::from);
            if !this.background.is_idle() {
                // Frozen after the answer, unless something is still awaited.
                state.wait_until(async move { this.background.idle().await });
            }
            Ok(response)
        })
    }
}

/// Where the platform calls the binary: several functions are in one of a name of
/// its own.
fn own_path(functions: &[Function]) -> String {
    match functions {
        [function] => function.own_path(),
        _ => TOGETHER.to_owned(),
    }
}

/// Where the browser asked, if a rewrite put the function's own path in its
/// place. Only this function's endpoints can be named.
fn browsers_uri(uri: &Uri, own_path: &str, endpoints: &[&'static [Endpoint]]) -> Option<Uri> {
    if uri.path() != own_path {
        return None;
    }
    let query = uri.query()?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, hint) = pairs.find(|(name, _)| name == PATH_HINT)?;
    let mut endpoints = endpoints.iter().copied().flatten();
    endpoints.find(|endpoint| endpoint.matches(&hint))?;
    let path = utf8_percent_encode(&hint, NOT_IN_PATHS);
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}?{query}")).ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::functions::{FUNCTIONS, RECOVERY, VERIFY};

    #[test]
    fn a_rewritten_path_is_put_back_within_the_function_alone() {
        let back = |uri: &str| {
            browsers_uri(&uri.parse().unwrap(), "/api/verify", &[VERIFY.endpoints])
                .map(|uri| uri.to_string())
        };
        let hint = "doorkey_path=/api/auth/get-session";
        let expected = format!("/api/auth/get-session?{hint}&a=1");
        assert_eq!(back(&format!("/api/verify?{hint}&a=1")), Some(expected));
        for other in [
            "/api/verify".to_owned(),
            "/api/verify?doorkey_path=/api/auth/sign-out".to_owned(),
            "/api/verify?doorkey_path=//evil".to_owned(),
            format!("/api/auth/get-session?{hint}"),
        ] {
            assert_eq!(back(&other), None, "{other}");
        }
    }

    #[test]
    fn a_rewritten_path_keeps_its_parameter_and_nothing_more() {
        let back = |hint: &str| {
            let uri = format!("/api/recovery?doorkey_path={hint}&callbackURL=%2Fr");
            browsers_uri(
                &uri.parse().unwrap(),
                "/api/recovery",
                &[RECOVERY.endpoints],
            )
            .map(|uri| uri.path().to_owned())
        };
        let path = |token: &str| Some(format!("/api/auth/reset-password/{token}"));
        assert_eq!(back("/api/auth/reset-password/a-B_9"), path("a-B_9"));
        assert_eq!(
            back("/api/auth/reset-password/a%3Fb%23c"),
            path("a%3Fb%23c")
        );
        assert_eq!(back("/api/auth/reset-password/a%253F"), path("a%253F"));
        for other in [
            "/api/auth/reset-password/",
            "/api/auth/reset-password/a/b",
            "/api/auth/reset-password/a%2Fb",
            "/api/auth/sign-out",
        ] {
            assert_eq!(back(other), None, "{other}");
        }
    }

    #[test]
    fn all_in_one_has_every_endpoint_and_one_path() {
        assert_eq!(own_path(&[VERIFY]), "/api/verify");
        assert_eq!(own_path(FUNCTIONS), "/api/doorkey");
        let endpoints: Vec<_> = FUNCTIONS.iter().map(|one| one.endpoints).collect();
        let back = |uri: &str| {
            browsers_uri(&uri.parse().unwrap(), "/api/doorkey", &endpoints)
                .map(|uri| uri.path().to_owned())
        };
        for path in ["/api/auth/get-session", "/api/signin", "/health"] {
            let uri = format!("/api/doorkey?doorkey_path={path}");
            assert_eq!(back(&uri).as_deref(), Some(path));
        }
        assert_eq!(back("/api/doorkey?doorkey_path=/api/other"), None);
        assert_eq!(back("/api/verify?doorkey_path=/api/verify"), None);
    }
}
