//! Cross-origin reads for the front ends named in `FRONTEND_URL` and for nobody
//! else (Fetch standard §3.2). An origin is only ever echoed once it is known to
//! be trusted; there is no `*`.

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW,
    ORIGIN,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::api_error::ApiError;
use crate::domain::origin::TrustedOrigins;

/// The request's origin, if it is trusted.
pub(crate) fn trusted_origin(headers: &HeaderMap, trusted: &TrustedOrigins) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (first, second) = (origins.next()?, origins.next());
    let is_trusted = second.is_none() && trusted.trusts_raw(first.to_str().ok()?);
    is_trusted.then(|| first.clone())
}

/// Names that every answer lets pages read, beside those of its own.
const EXPOSED: &str = "Retry-After, X-Retry-After, X-Request-Id, RateLimit, RateLimit-Policy";

/// Lets `origin` read an answer, with credentials.
pub(crate) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    let exposed = exposed(headers);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

/// One field with all names: a browser joins several, other clients may not.
fn exposed(headers: &HeaderMap) -> HeaderValue {
    let more = headers.get_all(ACCESS_CONTROL_EXPOSE_HEADERS).iter();
    let mut more = more.filter_map(|field| field.to_str().ok()).peekable();
    if more.peek().is_none() {
        return HeaderValue::from_static(EXPOSED);
    }
    let all: Vec<&str> = std::iter::once(EXPOSED).chain(more).collect();
    HeaderValue::from_str(&all.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(EXPOSED))
}

/// The answer to `OPTIONS`: to a preflight of a trusted origin what it may do;
/// to any other origin a refusal; to everybody else the methods.
pub(crate) fn options(
    headers: &HeaderMap,
    trusted: &TrustedOrigins,
    methods: &'static str,
) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let fields = response.headers_mut();
    fields.insert(ALLOW, HeaderValue::from_static(methods));
    if !headers.contains_key(ORIGIN) {
        return response;
    }
    if trusted_origin(headers, trusted).is_none() {
        return ApiError::forbidden("INVALID_ORIGIN", "Invalid origin").into_response();
    }
    fields.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(methods),
    );
    let allowed = HeaderValue::from_static("Content-Type, Authorization");
    fields.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    fields.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}
