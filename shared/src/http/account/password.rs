//! `POST change-password`, `POST verify-password`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::domain::password::LoginPassword;
use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, Doc, Field, HASHES, LIMITED, NEW_PASSWORD, Need, Shape, Type};
use crate::http::fields::Fields;
use crate::http::session_answer;
use crate::http::signed_in::SignedInUser;
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::http::wire::{ChangedPasswordBody, UserBody};
use crate::service::Client;
use crate::service::change_password::{ChangePassword, change_password as change};
use crate::service::verify_password::verify_password as verify;

pub(in crate::http) const CHANGE_PASSWORD: Doc = Doc {
    summary: "Change the password.",
    about: "Every other session ends, and every mailed link is void but one that verifies the \
            address.",
    need: Need::Session,
    body: &[
        Field::required("currentPassword", Type::Password, "The password of today."),
        Field::required(
            "newPassword",
            Type::Password,
            "8 to 128 characters of any kind.",
        ),
        Field::optional(
            "revokeOtherSessions",
            Type::Bool,
            "true: a new session takes the place of this one, too.",
        ),
    ],
    answers: &[
        Answer::ok(
            Shape::SignedUp,
            "Changed. `token` is null where the session stayed.",
        ),
        Answer::refusal(400, "INVALID_PASSWORD", "it is not the password of today"),
    ],
    shared: &[NEW_PASSWORD, LIMITED, HASHES],
    ..Doc::EMPTY
};

pub(in crate::http) const VERIFY_PASSWORD: Doc = Doc {
    summary: "Is this the user's password?",
    need: Need::Session,
    body: &[Field::required(
        "password",
        Type::Password,
        "The password to check.",
    )],
    answers: &[
        Answer::ok(Shape::Status, "It is."),
        Answer::refusal(400, "INVALID_PASSWORD", "it is not"),
    ],
    shared: &[LIMITED, HASHES],
    ..Doc::EMPTY
};

/// `{currentPassword, newPassword, revokeOtherSessions?}` → `{token, user}`. With
/// `revokeOtherSessions: true` a new session takes the place of this one, and
/// `token` is as at sign-in; the others end in either case.
pub(in crate::http) async fn change_password(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    fields: Fields,
) -> Result<Response, ApiError> {
    let request = parse(fields)?;
    let SignedInUser { who, credential } = SignedInUser::find_anew(&web, &visit).await?;
    let begun = change(&web.app, &who, &client, request).await?;
    let body = ChangedPasswordBody {
        token: begun
            .as_ref()
            .map(|begun| session_answer::token_in_body(&web, begun)),
        user: UserBody::of(&web, &who.user),
    };
    let mut response = Json(body).into_response();
    if let Some(begun) = &begun {
        session_answer::begin(&web, &visit.headers, begun, response.headers_mut());
        session_answer::forget_legacy(&web, &credential, response.headers_mut());
    }
    Ok(response)
}

/// `{password}` → `{status: true}`, or 400 for a wrong one.
pub(in crate::http) async fn verify_password(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let password = LoginPassword::parse(&fields.string("password"));
    fields.finish()?;
    let SignedInUser { who, .. } = SignedInUser::find_anew(&web, &visit).await?;
    verify(&web.app, &who, &client, password.as_ref()).await?;
    Ok(Json(json!({"status": true})).into_response())
}

fn parse(mut fields: Fields) -> Result<ChangePassword, ApiError> {
    let new = fields.string("newPassword");
    let current = LoginPassword::parse(&fields.string("currentPassword"));
    let renew_session = fields.optional_bool("revokeOtherSessions").unwrap_or(false);
    fields.finish()?;
    Ok(ChangePassword {
        current,
        new,
        renew_session,
    })
}
