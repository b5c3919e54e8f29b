//! `POST sign-out`, `GET list-sessions`, `POST revoke-session`,
//! `revoke-sessions`, `revoke-other-sessions`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::json;

use super::api_error::ApiError;
use super::doc::{Answer, Doc, Field, Need, Shape, Type};
use super::fields::Fields;
use super::session_answer;
use super::session_cookie::SessionCookie;
use super::signed_in::{FreshUser, SignedInUser};
use super::state::Web;
use super::visit::Visit;
use super::wire::SessionBody;
use crate::service::sessions as use_case;

pub(super) const SIGN_OUT: Doc = Doc {
    summary: "End the session, if there is one.",
    about: "Clears the cookies.",
    answers: &[Answer::ok(Shape::Success, "There is no session any more.")],
    ..Doc::EMPTY
};

pub(super) const LIST: Doc = Doc {
    summary: "The user's live sessions, oldest first.",
    need: Need::FreshSession,
    answers: &[Answer::ok(Shape::Sessions, "All of them, this one too.")],
    ..Doc::EMPTY
};

pub(super) const REVOKE: Doc = Doc {
    summary: "End one of the user's sessions.",
    need: Need::Session,
    body: &[Field::required(
        "token",
        Type::Text,
        "The session's handle, from the list.",
    )],
    answers: &[Answer::ok(
        Shape::Status,
        "It is gone, whether it was there or not.",
    )],
    ..Doc::EMPTY
};

pub(super) const REVOKE_ALL: Doc = Doc {
    summary: "End all of the user's sessions, this one too.",
    need: Need::Session,
    answers: &[Answer::ok(
        Shape::Status,
        "All are gone; the cookies are cleared.",
    )],
    ..Doc::EMPTY
};

pub(super) const REVOKE_OTHERS: Doc = Doc {
    summary: "End all of the user's sessions but this one.",
    need: Need::Session,
    answers: &[Answer::ok(Shape::Status, "The others are gone.")],
    ..Doc::EMPTY
};

/// `{success: true}` and cleared cookies, with or without a session.
pub(super) async fn sign_out(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut response = Json(json!({"success": true})).into_response();
    end_all(&web, &headers, response.headers_mut()).await?;
    Ok(response)
}

/// Ends every session that a request shows, and clears its cookies.
pub(crate) async fn end_all(
    web: &Web,
    came_in: &HeaderMap,
    headers: &mut HeaderMap,
) -> Result<(), ApiError> {
    session_answer::end(web, headers);
    for credential in SessionCookie::all(web, came_in) {
        use_case::sign_out(&web.app, &credential).await?;
        session_answer::forget_legacy(web, &credential, headers);
    }
    Ok(())
}

/// The user's live sessions, for somebody who signed in within a day.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    FreshUser(SignedInUser { who, .. }): FreshUser,
) -> Result<Response, ApiError> {
    let sessions = use_case::list(&web.app, &who).await?;
    let bodies: Vec<SessionBody<'_>> = sessions.iter().map(SessionBody::from).collect();
    Ok(Json(bodies).into_response())
}

/// `{token}`, a handle from the list (or the token that a bearer was given) →
/// `{status: true}`, whether it named a session or not.
pub(super) async fn revoke(
    State(web): State<Arc<Web>>,
    visit: Visit,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let handle = fields.string("token");
    fields.finish()?;
    let SignedInUser { who, .. } = SignedInUser::find_anew(&web, &visit).await?;
    let was_own = use_case::revoke(&web.app, &who, &handle).await?;
    let response = done();
    Ok(if was_own {
        cleared(&web, response)
    } else {
        response
    })
}

/// Ends all sessions, this one too.
pub(super) async fn revoke_all(
    State(web): State<Arc<Web>>,
    visit: Visit,
) -> Result<Response, ApiError> {
    let SignedInUser { who, .. } = SignedInUser::find_anew(&web, &visit).await?;
    use_case::revoke_all(&web.app, &who).await?;
    Ok(cleared(&web, done()))
}

/// Ends all sessions but this one.
pub(super) async fn revoke_others(
    State(web): State<Arc<Web>>,
    visit: Visit,
) -> Result<Response, ApiError> {
    let SignedInUser { who, .. } = SignedInUser::find_anew(&web, &visit).await?;
    use_case::revoke_others(&web.app, &who).await?;
    Ok(done())
}

fn done() -> Response {
    Json(json!({"status": true})).into_response()
}

fn cleared(web: &Web, mut response: Response) -> Response {
    session_answer::end(web, response.headers_mut());
    response
}
