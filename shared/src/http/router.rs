//! From the table of functions to a router.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use http::header::ALLOW;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::api_error::ApiError;
use super::around::around;
use super::endpoint::{Endpoint, Kind};
use super::functions::Function;
use super::state::Web;
use super::{cors, guard};

/// A router of these functions' endpoints. An unknown path is 404 without a body
/// and a wrong method 405 with `Allow`; a path matches to the letter or not at
/// all (no case folding, dot segments or doubled slashes: CVE-2025-71399).
pub fn router(web: Arc<Web>, functions: &[Function]) -> Router {
    router_with(web, functions, Router::new())
}

/// The same, with routes of a layer above beside them.
pub fn router_with(web: Arc<Web>, functions: &[Function], further: Router<Arc<Web>>) -> Router {
    let endpoints = functions.iter().flat_map(|function| function.endpoints);
    endpoints
        .fold(further, |router, endpoint| add(router, &web, endpoint))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(Arc::clone(&web), around))
        .with_state(web)
}

fn add(router: Router<Arc<Web>>, web: &Arc<Web>, endpoint: &Endpoint) -> Router<Arc<Web>> {
    let route = (endpoint.route)();
    // On the route, not around it: a wrong method is 405 before anything else.
    let guarded = match endpoint.kind {
        Kind::Read | Kind::Change => {
            route.route_layer(from_fn_with_state(Arc::clone(web), guard::change))
        }
        Kind::Login => route.route_layer(from_fn_with_state(Arc::clone(web), guard::login)),
    };
    let methods = match endpoint.kind {
        Kind::Read => "GET, HEAD, OPTIONS",
        Kind::Change | Kind::Login => "POST, OPTIONS",
    };
    let options = move |State(web): State<Arc<Web>>, headers: HeaderMap| async move {
        cors::options(&headers, &web.app.config.trusted, methods)
    };
    let refuse = move || async move { wrong_method(methods) };
    router.route(endpoint.path, guarded.options(options).fallback(refuse))
}

/// `Allow` from the table: axum's own would name a method that a handler takes
/// only to refuse it.
pub(crate) fn wrong_method(methods: &'static str) -> Response {
    let error = ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "Method not allowed",
    );
    let mut response = error.into_response();
    let allow = HeaderValue::from_static(methods);
    response.headers_mut().insert(ALLOW, allow);
    response
}
