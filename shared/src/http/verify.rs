//! `GET /api/auth/get-session` and `GET /api/verify`: who is it?

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, PRAGMA};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::api_error::ApiError;
use super::doc::{Answer, Doc, Field, Need, Shape, Type};
use super::session_cookie::SessionCookie;
use super::state::Web;
use super::wire::{SessionAndUser, UserBody};
use super::{identity, session_answer, session_data, tokens};
use crate::service::authenticate::{
    Authenticated, Credential, authenticate, authenticate_and_refresh,
};

pub(super) const GET_SESSION: Doc = Doc {
    summary: "Who is it?",
    about: "Extends a session whose last refresh is a day old, and then sets its cookie again. With \
            BEARER=on the header `set-auth-jwt` has a token for other back ends, as \
            /api/auth/token gives it.",
    parameters: &[
        Field::optional("disableRefresh", Type::Text, "`true`: do not extend it."),
        Field::optional(
            "disableCookieCache",
            Type::Text,
            "`true`: ask the database (COOKIE_CACHE).",
        ),
    ],
    answers: &[Answer::ok(
        Shape::SessionAndUserOrNull,
        "Session and user, or `null` for nobody.",
    )],
    ..Doc::EMPTY
};

pub(super) const VERIFY: Doc = Doc {
    summary: "Who is it? For a proxy before another back end.",
    about: "Answers with the headers X-Auth-User-Id, X-Auth-Email, X-Auth-Email-Verified \
            (`true` or `false`), X-Auth-Name and X-Auth-Session-Expires. Extends nothing.",
    need: Need::Session,
    answers: &[Answer::ok(
        Shape::SessionAndUser,
        "Somebody with a session.",
    )],
    ..Doc::EMPTY
};

/// `{session, user}` or `null`; extends a session whose last refresh is a day
/// old, unless `disableRefresh` says not to.
pub(super) async fn get_session(
    State(web): State<Arc<Web>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let shown = SessionCookie::find(&web, &headers);
    let past_copies = is_on(query.as_deref(), "disableCookieCache");
    if let Some(copy) = session_data::find(&web, &shown, &headers)
        && !past_copies
    {
        return Ok(json(copy));
    }
    let is_dated = shown.is_dated();
    let Some(credential) = shown.credential(&web).await? else {
        return Ok(nobody());
    };
    let keep = is_on(query.as_deref(), "disableRefresh");
    let found = if keep {
        authenticate(&web.app, &credential).await?
    } else {
        authenticate_and_refresh(&web.app, &credential).await?
    };
    let Some(found) = found else {
        return Ok(nobody_with(&web, &credential));
    };
    let mut response = somebody(&web, &found);
    let fields = response.headers_mut();
    if found.refreshed || is_dated {
        session_answer::renew(&web, &headers, &credential, &found, fields);
    } else if !keep {
        session_answer::copy(&web, &credential, &found, fields);
    }
    // One that was not to be looked at is not judged either.
    if !past_copies || web.app.config.carriers.cache.is_none() {
        session_answer::clear_stale_copy(&web, &headers, fields);
    }
    if web.app.config.carriers.bearer {
        tokens::give(&web, &found.user, fields).await;
    }
    Ok(response)
}

/// A token of ours without a session clears the cookies; the first system's is just
/// nobody's.
fn nobody_with(web: &Web, credential: &Credential) -> Response {
    let mut response = nobody();
    if let Credential::Own(_) | Credential::Unsigned(_) = credential {
        session_answer::end(web, response.headers_mut());
    }
    response
}

/// The reference takes `POST` only with an option that we do not have.
pub(super) async fn post_session() -> Response {
    let error = ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    let mut response = error.into_response();
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    uncached(response)
}

/// For a proxy in front of another back end (nginx `auth_request`, Caddy
/// `forward_auth`): 200 and who it is in headers, or 401.
pub(super) async fn verify(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let credential = SessionCookie::find(&web, &headers)
        .credential(&web)
        .await?
        .ok_or_else(ApiError::unauthorized)?;
    let found = authenticate(&web.app, &credential)
        .await?
        .ok_or_else(ApiError::unauthorized)?;
    let mut response = somebody(&web, &found);
    identity::tell(&found, response.headers_mut());
    Ok(response)
}

fn somebody(web: &Web, found: &Authenticated) -> Response {
    let body = SessionAndUser {
        session: (&found.session).into(),
        user: UserBody::of(web, &found.user),
    };
    uncached(Json(body).into_response())
}

/// An answer that was written before.
fn json(body: String) -> Response {
    let json = HeaderValue::from_static("application/json");
    uncached(([(CONTENT_TYPE, json)], body).into_response())
}

fn nobody() -> Response {
    uncached(Json(()).into_response())
}

/// `Cache-Control` is on every answer; HTTP/1.0 caches know only this.
fn uncached(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Whether a query has `name` switched on. Unknown parameters are ignored.
pub(super) fn is_on(query: Option<&str>, name: &str) -> bool {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.any(|(key, value)| key == name && matches!(&*value, "true" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_on_only_when_it_says_so() {
        for (query, on) in [
            ("deep=1", true),
            ("a=b&deep=true", true),
            ("deep=0", false),
            ("deep", false),
            ("%ff=%00", false),
        ] {
            assert_eq!(is_on(Some(query), "deep"), on, "{query}");
        }
        assert!(!is_on(None, "deep"));
    }
}
