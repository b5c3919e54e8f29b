//! `POST /api/auth/sign-in/email` and the seed's short name for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::LOCATION;

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
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let callback = callback(&mut fields)?;
    let request = parse(fields)?;
    let target = trusted(&web, callback.as_deref())?;
    let done = use_case(&web.app, request, &client).await?;
    Ok(answer(&web, &done, target.as_ref()))
}

fn parse(mut fields: Fields) -> Result<SignIn, ApiError> {
    let email = fields.string("email");
    let password = fields.string("password");
    let remember = fields.optional_bool("rememberMe").unwrap_or(true);
    fields.finish()?;
    Ok(SignIn {
        email: LoginEmail::parse(&email)
            .map_err(|_| ApiError::bad_request("INVALID_EMAIL", "Invalid email"))?,
        password: LoginPassword::parse(&password),
        remember,
    })
}

fn answer(web: &Web, done: &SignedIn, target: Option<&RedirectTarget>) -> Response {
    let body = SignedInBody {
        redirect: target.is_some(),
        token: session_answer::token_in_body(web, done),
        url: target.map(RedirectTarget::as_str),
        user: UserBody::of(web, &done.user),
    };
    let mut response = Json(body).into_response();
    let location = target.and_then(|target| HeaderValue::from_str(target.as_str()).ok());
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    session_answer::begin(web, done, response.headers_mut());
    response
}

/// The body's `callbackURL`, which must be a text if it is there.
pub(super) fn callback(fields: &mut Fields) -> Result<Option<String>, ApiError> {
    fields
        .try_optional_string("callbackURL")
        .map_err(|()| ApiError::validation("Invalid callbackURL: expected a string"))
}

/// Where to go next, if that is a trusted place (CWE-601).
pub(super) fn trusted(
    web: &Web,
    callback: Option<&str>,
) -> Result<Option<RedirectTarget>, ApiError> {
    let invalid = || ApiError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL");
    callback
        .map(|raw| RedirectTarget::parse(raw, &web.app.config.trusted).ok_or_else(invalid))
        .transpose()
}
