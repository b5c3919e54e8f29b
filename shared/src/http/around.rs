//! What happens around every request: an id, a deadline, a net under panics,
//! CORS and security headers, and a log line where one is due.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::api_error::ApiError;
use super::state::Web;
use super::{cors, headers};
use crate::domain::timestamp::Timestamp;
use crate::telemetry::REQUEST_ID;

/// The longest a request may take, waiting for a sleeping database included.
const DEADLINE: Duration = Duration::from_secs(20);
/// The same for a page, which tells people that it has passed: a moment is left for that.
pub(crate) const PAGE_DEADLINE: Duration = Duration::from_millis(19_500);
/// From here on a request is worth a line in the log.
pub(crate) const SLOW: Duration = Duration::from_secs(1);
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn around(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let id = web.next_request_id();
    let started = web.app.now();
    let origin = cors::trusted_origin(request.headers(), &web.app.config.trusted);
    let line = Line::of(&request);
    let answer = REQUEST_ID.scope(id.clone(), async {
        let response = in_time(DEADLINE, next.run(request)).await;
        line.log(&web, started, &response, SLOW);
        response
    });
    let mut response = answer.await;
    dress(&web, &id, origin, response.headers_mut());
    response
}

/// What every answer of ours carries, whatever it is: security headers, leave to read
/// it for a trusted page, the id.
pub(crate) fn dress(web: &Web, id: &str, origin: Option<HeaderValue>, fields: &mut HeaderMap) {
    secure(&web.headers, fields);
    if let Some(origin) = origin {
        cors::allow(fields, origin);
    }
    tag(id, fields);
}

/// Puts the security headers on.
pub(super) fn secure(headers: &HeaderMap, fields: &mut HeaderMap) {
    // A page has a policy of its own, with its nonce.
    let policy = fields.remove(CONTENT_SECURITY_POLICY);
    for (name, value) in headers {
        fields.insert(name.clone(), value.clone());
    }
    if let Some(policy) = policy {
        // One that may be framed says by whom, which the older field cannot.
        if headers::may_be_framed(&policy) {
            fields.remove(X_FRAME_OPTIONS);
        }
        fields.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Says under which id the log knows the request.
pub(crate) fn tag(id: &str, fields: &mut HeaderMap) {
    if let Ok(id) = HeaderValue::from_str(id) {
        fields.insert(X_REQUEST_ID, id);
    }
}

/// An answer, whatever happens on the way to it.
pub(crate) async fn in_time(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(response)) => response,
        // The panic hook has logged where; its text may hold anything.
        Ok(Err(_)) => ApiError::internal().into_response(),
        Err(_) => {
            tracing::error!(event = "deadline_passed");
            ApiError::unavailable("TIMEOUT", "The service took too long. Please try again.", 5)
                .into_response()
        }
    }
}

/// From so many characters on, a segment of a path that is none of ours may be a
/// token, mistyped or sent to the wrong place.
const TELLING: usize = 16;
/// Most characters of such a path.
const PATH_MAX: usize = 128;

/// What a log line says of a request. The query stays out, and of a path what
/// stands for a parameter: both may hold tokens.
pub(crate) struct Line {
    method: Method,
    path: String,
}

impl Line {
    /// Of a request that has not been answered yet.
    pub(crate) fn of(request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        Self {
            method: request.method().clone(),
            path: matched.map_or_else(
                || hushed(request.uri().path()),
                |matched| matched.as_str().to_owned(),
            ),
        }
    }

    /// Writes it, if one is due: always for an answer that took as long as `slow`.
    pub(crate) fn log(self, web: &Web, started: Timestamp, response: &Response, slow: Duration) {
        let took = web.app.now().since(started);
        let status = response.status().as_u16();
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (method, path) = (self.method.as_str(), self.path.as_str());
        if status >= 500 {
            tracing::error!(event = "request_failed", method, path, status, ms);
        } else if took >= slow {
            tracing::warn!(event = "request_slow", method, path, status, ms);
        } else if web.app.config.log.requests {
            tracing::info!(event = "request", method, path, status, ms);
        }
    }
}

/// A path that is none of ours, without what may be a secret.
fn hushed(path: &str) -> String {
    let start: String = path.chars().take(PATH_MAX).collect();
    let hush = |segment| match str::chars(segment).nth(TELLING - 1) {
        Some(_) => "…",
        None => segment,
    };
    start.split('/').map(hush).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::api_error::Refused;

    #[tokio::test]
    async fn an_answer_that_never_comes_is_a_refusal_that_a_page_can_tell() {
        let never = std::future::pending();
        let answer = in_time(Duration::from_millis(1), never).await;
        assert_eq!(answer.status(), 503);
        let code = answer
            .extensions()
            .get::<Refused>()
            .map(|refused| refused.0);
        assert_eq!(code, Some("TIMEOUT"));
        assert!(answer.headers().contains_key("retry-after"));
    }

    #[test]
    fn sec_a7_what_may_be_a_token_is_left_out_of_an_unknown_path() {
        for (path, expected) in [
            ("/", "/"),
            ("/api/auth/nope", "/api/auth/nope"),
            (
                "/api/auth/reset-passwort/0123456789abcdef",
                "/api/auth/reset-passwort/…",
            ),
            ("/0123456789abcde/0123456789abcdef/", "/0123456789abcde/…/"),
        ] {
            assert_eq!(hushed(path), expected);
        }
        let endless = format!("/a/{}", "x/".repeat(500));
        assert!(hushed(&endless).len() <= PATH_MAX);
    }
}
