//! Who a guarded request is from, and what its answer says about their session.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};

use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::session_answer;
use crate::http::session_cookie::SessionCookie;
use crate::service::authenticate::{Authenticated, Credential, authenticate_and_refresh};

pub(super) const X_AUTH_JWT: HeaderName = HeaderName::from_static("x-auth-jwt");

/// What a request shows, looked up.
#[derive(Default)]
pub(super) struct Visitor {
    /// Whoever it is, if it is anybody.
    pub(super) who: Option<Authenticated>,
    /// Cookies for the answer: of a session that was extended, or cleared ones.
    pub(super) cookies: HeaderMap,
}

/// Looks up what a request shows: one read, and a write when its session is extended.
pub(super) async fn find(web: &Web, headers: &HeaderMap) -> Result<Visitor, ApiError> {
    let shown = SessionCookie::find(web, headers);
    let is_dated = shown.is_dated();
    let Some(credential) = shown.credential(web).await? else {
        return Ok(Visitor::default());
    };
    let mut cookies = HeaderMap::new();
    let who = authenticate_and_refresh(&web.app, &credential).await?;
    match &who {
        Some(found) if found.refreshed || is_dated => {
            session_answer::renew(web, headers, &credential, found, &mut cookies);
        }
        Some(_) => {}
        None if matches!(credential, Credential::Legacy(_)) => {}
        None => session_answer::end(web, &mut cookies),
    }
    Ok(Visitor { who, cookies })
}

/// Takes what opens a session out of `Authorization`; another's credential stays.
pub(super) fn take_bearer(web: &Web, headers: &mut HeaderMap) {
    if SessionCookie::shows_bearer(web, headers) {
        headers.remove(AUTHORIZATION);
    }
}
