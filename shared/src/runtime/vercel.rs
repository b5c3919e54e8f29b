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
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use vercel_runtime::{AppState, Error, ResponseBody};

use super::boot::BootError;
use super::collect::collect;
use super::stop::{GRACE, Stop};
use crate::app::Background;
use crate::http::{Function, Web};

/// The query parameter by which a rewrite says where the browser asked, should
/// the platform hand the function its own path instead.
const PATH_HINT: &str = "doorkey_path";
/// What the platform's runtime needs to write an answer, and that it is done.
const FLUSH: Duration = Duration::from_millis(100);

/// Speaks the platform's protocol until it says to stop.
pub(super) async fn run(
    web: &Arc<Web>,
    routes: Router,
    function: &Function,
) -> Result<(), BootError> {
    let mut stop = Stop::listen();
    // Functions never migrate: a schema that is too old shows by itself, as 503.
    web.app.db.open_gate();
    let under_way = TaskTracker::new();
    let adapter = Adapter {
        routes,
        own_path: function.own_path(),
        paths: function
            .endpoints
            .iter()
            .map(|endpoint| endpoint.path)
            .collect(),
        background: web.app.background.clone(),
        under_way: under_way.clone(),
    };
    // The runtime's own stop may come too late for a signal that came early, and
    // then waits for background work without bound; so its future is dropped,
    // which closes the socket, and what is under way is waited for here.
    let stopped = tokio::select! {
        done = vercel_runtime::run(adapter) => done.map_err(|_| BootError::Platform),
        () = stop.told() => Ok(()),
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
    paths: Vec<&'static str>,
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
            if let Some(uri) = browsers_uri(request.uri(), &this.own_path, &this.paths) {
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

/// Where the browser asked, if a rewrite put the function's own path in its
/// place. Only this function's endpoints can be named.
fn browsers_uri(uri: &Uri, own_path: &str, paths: &[&str]) -> Option<Uri> {
    if uri.path() != own_path {
        return None;
    }
    let query = uri.query()?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, hint) = pairs.find(|(name, _)| name == PATH_HINT)?;
    let path = paths.iter().find(|path| **path == hint)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}?{query}")).ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::FUNCTIONS;

    #[test]
    fn a_rewritten_path_is_put_back_within_the_function_alone() {
        let verify = FUNCTIONS
            .iter()
            .find(|function| function.name == "verify")
            .unwrap();
        let paths: Vec<&str> = verify
            .endpoints
            .iter()
            .map(|endpoint| endpoint.path)
            .collect();
        let back = |uri: &str| {
            browsers_uri(&uri.parse().unwrap(), "/api/verify", &paths).map(|uri| uri.to_string())
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
}
