//! `POST request-password-reset`, `GET reset-password/{token}` and
//! `POST reset-password`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use serde_json::json;

use super::api_error::ApiError;
use super::doc::{Answer, CALLBACK, Doc, Field, HASHES, LIMITED, NEW_PASSWORD, Shape, Type};
use super::fields::Fields;
use super::query::{Query, redirect};
use super::state::Web;
use crate::domain::email::LoginEmail;
use crate::domain::redirect::RedirectTarget;
use crate::service::{AuthError, Client, recovery as use_case};

pub(super) const REQUEST_RESET: Doc = Doc {
    summary: "Mail a link that sets a new password.",
    about: "The same answer whether the address has an account or not. A newer link voids the older.",
    body: &[
        Field::required("email", Type::Email, "The account's address."),
        Field::optional(
            "redirectTo",
            Type::Text,
            "The page where a new password is chosen.",
        ),
    ],
    answers: &[
        Answer::ok(
            Shape::StatusMessage,
            "A mail is on its way, if there is such an account.",
        ),
        Answer::refusal(400, "RESET_PASSWORD_DISABLED", "no mail can be sent"),
        Answer::refusal(
            403,
            "INVALID_REDIRECT_URL",
            "`redirectTo` is no trusted place",
        ),
    ],
    shared: &[LIMITED],
    ..Doc::EMPTY
};

pub(super) const OPEN_RESET_LINK: Doc = Doc {
    summary: "The mailed link: on to the page where a new password is chosen.",
    about: "Uses nothing up: mail scanners open links first.",
    parameters: &[
        Field::required("token", Type::InPath, "The token."),
        Field::optional("callbackURL", Type::Text, "That page."),
    ],
    answers: &[
        Answer::refusal(400, "VALIDATION_ERROR", "there is no `callbackURL`"),
        Answer::redirect(
            "To the page, with `?token=`, or with `?error=INVALID_TOKEN` for a link that does not work.",
        ),
    ],
    shared: &[CALLBACK],
    ..Doc::EMPTY
};

pub(super) const RESET_PASSWORD: Doc = Doc {
    summary: "Set a new password with the token of a mailed link.",
    about: "Works once. Every session of the user ends.",
    parameters: &[Field::optional(
        "token",
        Type::Text,
        "The token, if the body has none.",
    )],
    body: &[
        Field::required(
            "newPassword",
            Type::Password,
            "8 to 128 characters of any kind.",
        ),
        Field::optional("token", Type::Text, "The token."),
    ],
    answers: &[
        Answer::ok(Shape::Status, "The password is set."),
        Answer::refusal(
            400,
            "INVALID_TOKEN",
            "the link is used up, voided, expired or made up",
        ),
    ],
    shared: &[NEW_PASSWORD, HASHES],
    ..Doc::EMPTY
};

/// `{email, redirectTo?}` → the same answer for everybody.
pub(super) async fn request_reset(
    State(web): State<Arc<Web>>,
    client: Client,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (email, callback) = email(fields, "redirectTo")?;
    let callback = redirect_to(&web, callback.as_deref())?;
    use_case::request(&web.app, &email, callback.as_ref(), &client).await?;
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Json(json!({"status": true, "message": message})).into_response())
}

/// The body's `redirectTo`, if that is a trusted place (CWE-601).
fn redirect_to(web: &Web, raw: Option<&str>) -> Result<Option<RedirectTarget>, ApiError> {
    let invalid = || ApiError::forbidden("INVALID_REDIRECT_URL", "Invalid redirectURL");
    raw.filter(|raw| !raw.is_empty())
        .map(|raw| RedirectTarget::parse(raw, &web.app.config.trusted).ok_or_else(invalid))
        .transpose()
}

/// The body's `email`, by the rules of signing in: accounts that were taken over
/// may have addresses that no new one could have. With it the text of the member
/// that says where the mailed link leads.
pub(super) fn email(
    mut fields: Fields,
    callback: &str,
) -> Result<(LoginEmail, Option<String>), ApiError> {
    let raw = fields.string("email");
    let email = LoginEmail::parse(&raw);
    if email.is_err() && fields.has_no_issue_with("email") {
        fields.refuse("email", "Invalid email address");
    }
    let callback = fields.optional_string(callback);
    fields.finish()?;
    let email = email.map_err(|_| ApiError::validation("[body.email] Invalid email address"))?;
    Ok((email, callback))
}

/// The mailed link: sends its opener on to the page that asks for the password,
/// with the token or an error. It changes nothing, however often it is opened.
pub(super) async fn open_reset_link(
    State(web): State<Arc<Web>>,
    token: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    // One that is no text is none that was mailed.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let query = Query::new(query.as_deref());
    query.string("callbackURL")?;
    let callback = query.callback(&web)?;
    let public = &web.app.config.public_url;
    let Some(callback) = callback else {
        return Ok(redirect(
            &RedirectTarget::error_page(public).with_param("error", "INVALID_TOKEN"),
        ));
    };
    let callback = callback.absolute(public);
    let target = if use_case::is_good(&web.app, &token).await? {
        callback.with_param("token", &token)
    } else {
        callback.with_param("error", "INVALID_TOKEN")
    };
    Ok(redirect(&target))
}

/// `{newPassword, token}`, the token from the query if not from the body →
/// `{status: true}`.
pub(super) async fn reset_password(
    State(web): State<Arc<Web>>,
    RawQuery(query): RawQuery,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let password = fields.string("newPassword");
    let token = fields.optional_string("token");
    fields.finish()?;
    let in_query = || Query::new(query.as_deref()).optional("token");
    let token = token.filter(|token| !token.is_empty()).or_else(in_query);
    let token = token.ok_or(AuthError::InvalidToken)?;
    use_case::reset(&web.app, &token, &password).await?;
    Ok(Json(json!({"status": true})).into_response())
}

/// Whether a request only looks: `HEAD` is for those who check links (RFC 9110
/// §9.3.2), and changes nothing.
pub(super) fn only_looks(method: &Method) -> bool {
    *method == Method::HEAD
}
