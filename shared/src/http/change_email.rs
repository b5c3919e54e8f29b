//! `POST change-email`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::api_error::ApiError;
use super::fields::Fields;
use super::signed_in::SignedInUser;
use super::state::Web;
use super::verification::callback;
use crate::domain::email::Email;
use crate::service::{Client, change_email as use_case};

/// `{newEmail, callbackURL?}` → `{status: true}`, whether the address is taken or
/// not. The body is judged before the session, as the reference does.
pub(super) async fn change_email(
    State(web): State<Arc<Web>>,
    client: Client,
    user: Result<SignedInUser, ApiError>,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let callback = callback(&web, &mut fields)?;
    let new = new_email(fields)?;
    let who = user?.who;
    use_case::ask(&web.app, &who, &new, callback.as_ref(), &client).await?;
    Ok(Json(json!({"status": true})).into_response())
}

fn new_email(mut fields: Fields) -> Result<Email, ApiError> {
    let raw = fields.string("newEmail");
    let email = Email::parse(&raw);
    if email.is_err() && fields.has_no_issue_with("newEmail") {
        fields.refuse("newEmail", "Invalid email address");
    }
    fields.finish()?;
    email.map_err(|_| ApiError::validation("[body.newEmail] Invalid email address"))
}
