//! `GET delete-user/callback`: the mailed link that deletes an account.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use serde_json::json;

use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, CALLBACK, Doc, Field, Shape, Type};
use crate::http::query::{Query, redirect};
use crate::http::recovery::only_looks;
use crate::http::session_answer;
use crate::http::signed_in::SignedInUser;
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::service::{AuthError, delete_by_link as use_case};

pub(in crate::http) const CALLBACK_DOC: Doc = Doc {
    summary: "The mailed link: deletes the account of whoever is signed in.",
    about: "Wants the user's session, too: a mail scanner deletes nobody.",
    parameters: &[
        Field::required("token", Type::Text, "The token."),
        Field::optional(
            "callbackURL",
            Type::Text,
            "Where to go; else the answer is JSON.",
        ),
    ],
    answers: &[
        Answer::ok(Shape::SuccessMessage, "Deleted; the cookies are cleared."),
        Answer::redirect("Deleted, and on to `callbackURL`."),
        Answer::refusal(400, "VALIDATION_ERROR", "there is no token"),
        Answer::refusal(404, "FAILED_TO_GET_USER_INFO", "nobody is signed in"),
        Answer::refusal(404, "INVALID_TOKEN", "the link does not delete this user"),
    ],
    shared: &[CALLBACK],
    ..Doc::EMPTY
};

/// Deletes the user whose link and session it is; on to `callbackURL`, or a JSON
/// answer without one. Refusals are JSON either way, as the reference's.
pub(in crate::http) async fn callback(
    State(web): State<Arc<Web>>,
    method: Method,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::new(query.as_deref());
    let (token, callback) = query.token_and_callback(&web)?;
    let only_looks = only_looks(&method);
    let opener = if only_looks {
        SignedInUser::look(&web, &visit).await?
    } else {
        SignedInUser::find_anew_if_any(&web, &visit).await?
    };
    let who = opener.ok_or(AuthError::NobodySignedIn)?.who;
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
