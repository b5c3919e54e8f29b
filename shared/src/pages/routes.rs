//! Where the pages are.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use http::Uri;

use super::{
    account, forgot_password, next, problem, reset_password, sign_in, sign_up, verify_email,
};
use crate::http::api_error::Refused;
use crate::http::around::{PAGE_DEADLINE, in_time};
use crate::http::page::see_other;
use crate::http::router::wrong_method;
use crate::http::{Web, visit};

/// The pages, where they are switched on.
pub fn routes(web: &Arc<Web>) -> Router<Arc<Web>> {
    if !web.app.config.pages.on {
        return Router::new();
    }
    let pages = [
        ("/sign-in", get(sign_in::show).post(sign_in::submit)),
        ("/sign-up", get(sign_up::show).post(sign_up::submit)),
        (
            "/forgot-password",
            get(forgot_password::show).post(forgot_password::submit),
        ),
        (
            "/reset-password",
            get(reset_password::show).post(reset_password::submit),
        ),
        (
            "/verify-email",
            get(verify_email::show).post(verify_email::submit),
        ),
        ("/account", get(account::show).post(account::submit)),
    ];
    let pages = pages.into_iter().fold(Router::new(), |router, page| {
        let (path, route): (_, MethodRouter<Arc<Web>>) = page;
        router.route(
            path,
            route.fallback(|| async { wrong_method("GET, HEAD, POST") }),
        )
    });
    // A guarded app has its own front page.
    let pages = if web.app.config.upstream.address.is_some() {
        pages
    } else {
        let home = next::home(web);
        let lead = get(move || async move { see_other(home) });
        pages.route("/", lead.fallback(|| async { wrong_method("GET, HEAD") }))
    };
    pages.route_layer(from_fn_with_state(Arc::clone(web), around))
}

/// What finding a session leaves on the answer goes out with it, and a refusal is told
/// as a page.
async fn around(State(web): State<Arc<Web>>, uri: Uri, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let answer = visit::answer(&web.cookies.session, request, next);
    let answer = in_time(PAGE_DEADLINE, answer).await;
    let Some(Refused(code)) = answer.extensions().get().copied() else {
        return answer;
    };
    if code == "METHOD_NOT_ALLOWED" {
        return answer;
    }
    problem::page(&web, &headers, &uri, code, answer)
        .unwrap_or_else(crate::http::api_error::ApiError::into_response)
}
