//! What every changing request must pass before a handler sees it: it comes from
//! a trusted page, it is JSON, it is small, and it leads nowhere foreign (OWASP CSRF Prevention; ASVS 5.0
//! §3.5).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::{COOKIE, ORIGIN, REFERER};

use super::api_error::ApiError;
use super::state::Web;
use super::{callbacks, json_body, visit};
use crate::domain::origin::{Origin, TrustedOrigins};

/// For changes to a session's or user's state: with a cookie, the request must
/// come from a trusted origin; without one it can do nothing in anybody's name, or
/// it shows a bearer's token, which no browser adds by itself.
pub(super) async fn change(
    State(web): State<Arc<Web>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    pass(&web, request, next, |headers| {
        if headers.contains_key(COOKIE) {
            return check_origin(headers, &web.app.config.trusted);
        }
        Ok(())
    })
    .await
}

/// For sign-in and sign-up: a foreign page must not sign its visitor in as
/// somebody else (login CSRF), so a page that says where it is from must be
/// trusted, cookie or not. Only a caller that is no browser may say nothing.
pub(super) async fn login(
    State(web): State<Arc<Web>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    pass(&web, request, next, |headers| {
        check_login(headers, &web.app.config.trusted)
    })
    .await
}

async fn pass(
    web: &Web,
    request: Request,
    next: Next,
    check: impl FnOnce(&HeaderMap) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    if request.method().is_safe() {
        return Ok(visit::answer(&web.cookies.session, request, next).await);
    }
    let (mut parts, body) = request.into_parts();
    check(&parts.headers)?;
    json_body::check_content_type(&parts.headers)?;
    let body = json_body::read(&parts.headers, body).await?;
    let body = json_body::parse(&parts.headers, &body)?;
    callbacks::check(&web.app.config.trusted, &body, parts.uri.query())?;
    parts.extensions.insert(body);
    let request = Request::from_parts(parts, Body::empty());
    Ok(visit::answer(&web.cookies.session, request, next).await)
}

fn check_login(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), ApiError> {
    if headers.contains_key(COOKIE) {
        return check_origin(headers, trusted);
    }
    let fetch = |name: &str| headers.get(name).map(http::HeaderValue::as_bytes);
    let (site, mode) = (fetch("sec-fetch-site"), fetch("sec-fetch-mode"));
    if site == Some(b"cross-site") && mode == Some(b"navigate") {
        return Err(ApiError::forbidden(
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
            "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
        ));
    }
    let from_browser = site.or(mode).or(fetch("sec-fetch-dest")).is_some();
    if from_browser || headers.contains_key(ORIGIN) || headers.contains_key(REFERER) {
        return check_origin(headers, trusted);
    }
    Ok(())
}

fn check_origin(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), ApiError> {
    check_page(headers, |origin| trusted.trusts(origin))
}

/// Whether the page that a request comes from is one that `is_good` takes.
pub(crate) fn check_page(
    headers: &HeaderMap,
    is_good: impl FnOnce(&Origin) -> bool,
) -> Result<(), ApiError> {
    let invalid = || ApiError::forbidden("INVALID_ORIGIN", "Invalid origin");
    let missing = || ApiError::forbidden("MISSING_OR_NULL_ORIGIN", "Missing or null Origin");
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => {
            let referer = headers.get(REFERER).ok_or_else(missing)?;
            referer.to_str().ok().and_then(Origin::of_url)
        }
        (Some(value), None) if value == "null" || value.is_empty() => return Err(missing()),
        (Some(value), None) => value.to_str().ok().and_then(Origin::parse),
        // Two of them: no browser does that.
        (Some(_), Some(_)) => None,
    };
    match origin {
        Some(origin) if is_good(&origin) => Ok(()),
        _ => Err(invalid()),
    }
}
