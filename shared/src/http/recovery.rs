//! `POST request-password-reset`, `GET reset-password/{token}` and
//! `POST reset-password`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use serde_json::json;

use super::api_error::ApiError;
use super::fields::Fields;
use super::query::{Query, redirect};
use super::state::Web;
use crate::domain::email::LoginEmail;
use crate::domain::redirect::RedirectTarget;
use crate::service::{AuthError, Client, recovery as use_case};

/// `{email, redirectTo?}` → the same answer for everybody.
pub(super) async fn request_reset(
    State(web): State<Arc<Web>>,
    client: Client,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let callback = redirect_to(&web, &mut fields)?;
    let email = email(fields)?;
    use_case::request(&web.app, &email, callback.as_ref(), &client).await?;
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Json(json!({"status": true, "message": message})).into_response())
}

/// The body's `redirectTo`, if that is a trusted place (CWE-601).
fn redirect_to(web: &Web, fields: &mut Fields) -> Result<Option<RedirectTarget>, ApiError> {
    let raw = fields
        .try_optional_string("redirectTo")
        .map_err(|()| ApiError::validation("Invalid redirectURL: expected a string"))?;
    let invalid = || ApiError::forbidden("INVALID_REDIRECT_URL", "Invalid redirectURL");
    raw.filter(|raw| !raw.is_empty())
        .map(|raw| RedirectTarget::parse(&raw, &web.app.config.trusted).ok_or_else(invalid))
        .transpose()
}

/// The body's `email`, by the rules of signing in: accounts that were taken over
/// may have addresses that no new one could have.
pub(super) fn email(mut fields: Fields) -> Result<LoginEmail, ApiError> {
    let raw = fields.string("email");
    let email = LoginEmail::parse(&raw);
    if email.is_err() && fields.has_no_issue_with("email") {
        fields.refuse("email", "Invalid email address");
    }
    fields.finish()?;
    email.map_err(|_| ApiError::validation("[body.email] Invalid email address"))
}

/// The mailed link: sends its opener on to the page that asks for the password,
/// with the token or an error. It changes nothing, however often it is opened.
pub(super) async fn open_reset_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::new(query.as_deref());
    let callback = query.callback(&web)?;
    query.string("callbackURL")?;
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
