//! `POST send-verification-email` and `GET verify-email`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};
use serde_json::json;

use super::api_error::ApiError;
use super::doc::{Answer, CALLBACK, Doc, Field, LIMITED, Shape, Type};
use super::fields::Fields;
use super::query::{Query, redirect, refuse};
use super::recovery::{email, only_looks};
use super::session_answer;
use super::signed_in::SignedInUser;
use super::signin;
use super::state::Web;
use super::visit::Visit;
use super::wire::UserBody;
use crate::service::Client;
use crate::service::verification::{self as use_case, Opened};

pub(super) const SEND: Doc = Doc {
    summary: "Mail a link that verifies an address.",
    about: "Signed out, the same answer whether the address has an account or not.",
    body: &[
        Field::required(
            "email",
            Type::Email,
            "The address; with a session, the user's own.",
        ),
        Field::optional("callbackURL", Type::Text, "Where the link leads."),
    ],
    answers: &[
        Answer::ok(
            Shape::Status,
            "A mail is on its way, if there is something to verify.",
        ),
        Answer::refusal(
            400,
            "EMAIL_MISMATCH",
            "it is not the signed-in user's address",
        ),
        Answer::refusal(400, "EMAIL_ALREADY_VERIFIED", "it is verified"),
        Answer::refusal(400, "VERIFICATION_EMAIL_NOT_ENABLED", "no mail can be sent"),
    ],
    shared: &[CALLBACK, LIMITED],
    ..Doc::EMPTY
};

pub(super) const VERIFY_EMAIL: Doc = Doc {
    summary: "The mailed link: verifies an address, or changes to it.",
    about: "Opened again within its hour it is success again. Signs nobody in.",
    parameters: &[
        Field::required("token", Type::Text, "The token."),
        Field::optional(
            "callbackURL",
            Type::Text,
            "Where to go; else the answer is JSON.",
        ),
    ],
    answers: &[
        Answer::ok(
            Shape::StatusUser,
            "Verified. `user` is there after a change of address.",
        ),
        Answer::redirect("On to `callbackURL`, with `?error=` and a code if it failed."),
        Answer::refusal(400, "VALIDATION_ERROR", "there is no token"),
        Answer::refusal(
            401,
            "INVALID_TOKEN",
            "the link is voided, used up or made up",
        ),
        Answer::refusal(
            422,
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "somebody took the new address meanwhile",
        ),
        Answer::refusal(401, "TOKEN_EXPIRED", "the link is older than an hour"),
        Answer::refusal(401, "INVALID_USER", "a change of address of somebody else"),
    ],
    shared: &[CALLBACK],
    ..Doc::EMPTY
};

/// `{email, callbackURL?}` → `{status: true}`; told more only about one's own
/// address.
pub(super) async fn send(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (email, callback) = email(fields, "callbackURL")?;
    let callback = signin::trusted(&web, callback.as_deref())?;
    let asker = SignedInUser::find_if_any(&web, &visit).await?;
    let asker = asker.as_ref().map(|asker| &asker.who);
    use_case::send(&web.app, &email, callback.as_ref(), asker, &client).await?;
    Ok(Json(json!({"status": true})).into_response())
}

/// The mailed link, for a new account's address and for another one: on to
/// `callbackURL`, or a JSON answer without one.
pub(super) async fn verify_email(
    State(web): State<Arc<Web>>,
    method: Method,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::new(query.as_deref());
    let (token, callback) = query.token_and_callback(&web)?;
    let visitor = SignedInUser::look(&web, &visit).await?;
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
    renew(&web, &visit.headers, visitor, opened, &mut response);
    session_answer::clear_stale_copy(&web, &visit.headers, response.headers_mut());
    Ok(response)
}

/// Sets the cookie of the session that asked for another address again, if it is
/// there that the link was opened.
fn renew(
    web: &Web,
    came_in: &HeaderMap,
    visitor: Option<SignedInUser>,
    opened: Opened,
    response: &mut Response,
) {
    let (Some(mut visitor), Opened::Changed { session, user }) = (visitor, opened) else {
        return;
    };
    if session == Some(visitor.who.session.id) {
        // A cached copy must show the new address.
        visitor.who.user = user;
        let headers = response.headers_mut();
        session_answer::renew(web, came_in, &visitor.credential, &visitor.who, headers);
    }
}
