//! `POST send-verification-email` and `GET verify-email`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};
use serde_json::json;

use super::api_error::ApiError;
use super::fields::Fields;
use super::query::{Query, redirect, refuse};
use super::recovery::{email, only_looks};
use super::session_answer;
use super::signed_in::{Anybody, SignedInUser};
use super::signin;
use super::state::Web;
use super::wire::UserBody;
use crate::domain::redirect::RedirectTarget;
use crate::service::Client;
use crate::service::verification::{self as use_case, Opened};

/// `{email, callbackURL?}` → `{status: true}`; told more only about one's own
/// address.
pub(super) async fn send(
    State(web): State<Arc<Web>>,
    client: Client,
    Anybody(asker): Anybody,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let callback = callback(&web, &mut fields)?;
    let email = email(fields)?;
    let asker = asker.as_ref().map(|asker| &asker.who);
    use_case::send(&web.app, &email, callback.as_ref(), asker, &client).await?;
    Ok(Json(json!({"status": true})).into_response())
}

/// The body's `callbackURL`, for a link: empty is none.
pub(super) fn callback(web: &Web, fields: &mut Fields) -> Result<Option<RedirectTarget>, ApiError> {
    let raw = signin::callback(fields)?.filter(|raw| !raw.is_empty());
    signin::trusted(web, raw.as_deref())
}

/// The mailed link, for a new account's address and for another one: on to
/// `callbackURL`, or a JSON answer without one.
pub(super) async fn verify_email(
    State(web): State<Arc<Web>>,
    method: Method,
    headers: HeaderMap,
    Anybody(visitor): Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::new(query.as_deref());
    let callback = query.callback(&web)?;
    let token = query.string("token")?;
    let who = visitor.as_ref().map(|visitor| &visitor.who);
    let opened = match use_case::open(&web.app, &token, who, only_looks(&method)).await {
        Ok(opened) => opened,
        Err(error) => return refuse(error, callback.as_ref()),
    };
    let mut response = match (&callback, &opened) {
        (Some(callback), _) => redirect(callback),
        (None, Opened::Verified) => Json(json!({"status": true, "user": null})).into_response(),
        (None, Opened::Changed { user, .. }) => {
            Json(json!({"status": true, "user": UserBody::of(&web, user)})).into_response()
        }
    };
    renew(&web, visitor, opened, &mut response);
    session_answer::clear_stale_copy(&web, &headers, response.headers_mut());
    Ok(response)
}

/// Sets the cookie of the session that asked for another address again, if it is
/// there that the link was opened.
fn renew(web: &Web, visitor: Option<SignedInUser>, opened: Opened, response: &mut Response) {
    let (Some(mut visitor), Opened::Changed { session, user }) = (visitor, opened) else {
        return;
    };
    if session == Some(visitor.who.session.id) {
        // A cached copy must show the new address.
        visitor.who.user = user;
        let headers = response.headers_mut();
        session_answer::renew(web, &visitor.credential, &visitor.who, headers);
    }
}
