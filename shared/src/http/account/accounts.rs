//! `GET list-accounts`, `POST unlink-account`: the ways in to a user's account.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, Doc, Field, Need, Shape, Type};
use crate::http::fields::Fields;
use crate::http::signed_in::{FreshUser, SignedInUser};
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::http::wire::AccountBody;
use crate::service::accounts::credential;

pub(in crate::http) const LIST: Doc = Doc {
    summary: "The ways in to the user's account.",
    need: Need::Session,
    answers: &[Answer::ok(
        Shape::Accounts,
        "The password: there is no other way yet.",
    )],
    ..Doc::EMPTY
};

pub(in crate::http) const UNLINK: Doc = Doc {
    summary: "Take a way in away.",
    about: "The password is the only one, and stays.",
    need: Need::FreshSession,
    body: &[Field::required(
        "accountId",
        Type::Text,
        "The account's `id`, from the list.",
    )],
    answers: &[
        Answer::ok(Shape::Status, "It is gone."),
        Answer::refusal(400, "FAILED_TO_UNLINK_LAST_ACCOUNT", "it is the only one"),
    ],
    ..Doc::EMPTY
};

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
    visit: Visit,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    fields.string("accountId");
    fields.finish()?;
    FreshUser::find(&web, &visit).await?;
    Err(ApiError::bad_request(
        "FAILED_TO_UNLINK_LAST_ACCOUNT",
        "You can't unlink your last account",
    ))
}
