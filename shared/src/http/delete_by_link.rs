//! `GET delete-user/callback`: the mailed link that deletes an account.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use serde_json::json;

use super::api_error::ApiError;
use super::query::{Query, redirect};
use super::recovery::only_looks;
use super::session_answer;
use super::signed_in::Anybody;
use super::state::Web;
use crate::service::{AuthError, delete_by_link as use_case};

/// Deletes the user whose link and session it is; on to `callbackURL`, or a JSON
/// answer without one. Refusals are JSON either way, as the reference's.
pub(super) async fn callback(
    State(web): State<Arc<Web>>,
    method: Method,
    Anybody(opener): Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::new(query.as_deref());
    let callback = query.callback(&web)?;
    let token = query.string("token")?;
    let who = opener.ok_or(AuthError::NobodySignedIn)?.who;
    let only_looks = only_looks(&method);
    if !only_looks {
        use_case::confirm(&web.app, &who, &token).await?;
    } else if !use_case::is_good(&web.app, &who, &token).await? {
        return Err(AuthError::InvalidDeleteLink.into());
    }
    let mut response = match callback {
        Some(callback) => redirect(&callback),
        None => Json(json!({"success": true, "message": "User deleted"})).into_response(),
    };
    if !only_looks {
        session_answer::end(&web, response.headers_mut());
    }
    Ok(response)
}
