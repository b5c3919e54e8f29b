//! `POST /api/auth/sign-in/email` and the seed's short name for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};

use super::api_error::ApiError;
use super::doc::{Answer, CALLBACK, Doc, Field, HASHES, LIMITED, Shape, Type};
use super::fields::Fields;
use super::session_answer;
use super::state::Web;
use super::wire::{SignedInBody, UserBody};
use crate::domain::email::LoginEmail;
use crate::domain::password::LoginPassword;
use crate::domain::redirect::RedirectTarget;
use crate::service::sign_in::{SignIn, sign_in as use_case};
use crate::service::{Client, SignedIn};

pub(super) const SIGN_IN: Doc = Doc {
    summary: "Sign in with e-mail address and password.",
    about: "Sets the session's cookie.",
    body: &[
        Field::required("email", Type::Text, "The account's address."),
        Field::required("password", Type::Password, "Its password."),
        Field::optional(
            "rememberMe",
            Type::Bool,
            "false: the session ends with the browser, and after a day.",
        ),
        Field::optional(
            "callbackURL",
            Type::Text,
            "Where to go next; comes back as `url`.",
        ),
    ],
    answers: &[
        Answer::ok(Shape::SignedIn, "Signed in."),
        Answer::refusal(
            401,
            "INVALID_EMAIL_OR_PASSWORD",
            "no account has this address and password",
        ),
        Answer::refusal(
            403,
            "EMAIL_NOT_VERIFIED",
            "the address must be verified first (REQUIRE_EMAIL_VERIFICATION)",
        ),
        Answer::refusal(400, "INVALID_EMAIL", "the address cannot be one"),
    ],
    shared: &[CALLBACK, LIMITED, HASHES],
    ..Doc::EMPTY
};

/// `{email, password, rememberMe?, callbackURL?}` → `{redirect, token, url?, user}`
/// and the session's cookie.
pub(super) async fn sign_in(
    State(web): State<Arc<Web>>,
    client: Client,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (request, callback) = parse(fields)?;
    let next = Next {
        target: trusted(&web, callback.as_deref())?,
        is_named: callback.is_some(),
    };
    let done = use_case(&web.app, request, &client).await?;
    Ok(answer(&web, &headers, &done, &next))
}

/// What comes after the sign-in.
struct Next {
    target: Option<RedirectTarget>,
    /// An empty name comes back, too.
    is_named: bool,
}

/// What to do, and the `callbackURL`.
fn parse(mut fields: Fields) -> Result<(SignIn, Option<String>), ApiError> {
    let email = fields.string("email");
    let password = fields.string("password");
    let callback = fields.optional_string("callbackURL");
    let remember = fields.optional_bool("rememberMe").unwrap_or(true);
    fields.finish()?;
    let request = SignIn {
        email: LoginEmail::parse(&email)
            .map_err(|_| ApiError::bad_request("INVALID_EMAIL", "Invalid email"))?,
        password: LoginPassword::parse(&password),
        remember,
    };
    Ok((request, callback))
}

fn answer(web: &Web, came_in: &HeaderMap, done: &SignedIn, next: &Next) -> Response {
    let url = next.target.as_ref().map(RedirectTarget::as_str);
    let body = SignedInBody {
        redirect: url.is_some(),
        token: session_answer::token_in_body(web, done),
        url: url.or(next.is_named.then_some("")),
        user: UserBody::of(web, &done.user),
    };
    let mut response = Json(body).into_response();
    if let Some(location) = url.and_then(|url| HeaderValue::from_str(url).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    session_answer::begin(web, came_in, done, response.headers_mut());
    response
}

/// Where to go next, if that is a trusted place (CWE-601); an empty one is none.
pub(super) fn trusted(
    web: &Web,
    callback: Option<&str>,
) -> Result<Option<RedirectTarget>, ApiError> {
    let invalid = || ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL");
    callback
        .filter(|raw| !raw.is_empty())
        .map(|raw| RedirectTarget::parse(raw, &web.app.config.trusted).ok_or_else(invalid))
        .transpose()
}
