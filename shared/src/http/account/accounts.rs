//! `GET list-accounts`, `POST unlink-account`: the ways in to a user's account.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use crate::http::api_error::ApiError;
use crate::http::fields::Fields;
use crate::http::signed_in::{FreshUser, SignedInUser};
use crate::http::state::Web;
use crate::http::wire::AccountBody;
use crate::service::accounts::credential;

/// All of them: the password.
pub(in crate::http) async fn list(
    State(web): State<Arc<Web>>,
    SignedInUser { who, .. }: SignedInUser,
) -> Result<Response, ApiError> {
    let account = credential(&web.app, &who).await?;
    Ok(Json([AccountBody::from(&account)]).into_response())
}

/// `{accountId}`, for somebody who signed in within a day. Whichever it names: the
/// password is the only way in, and stays.
pub(in crate::http) async fn unlink(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    fields.string("accountId");
    fields.finish()?;
    FreshUser::find(&web, &headers).await?;
    Err(ApiError::bad_request(
        "FAILED_TO_UNLINK_LAST_ACCOUNT",
        "You can't unlink your last account",
    ))
}
