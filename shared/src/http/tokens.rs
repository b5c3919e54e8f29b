//! `GET token`, `GET jwks`: for back ends that verify a user by themselves, as the
//! reference's `jwt` plugin has them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ACCESS_CONTROL_EXPOSE_HEADERS;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::doc::{Answer, Doc, Need, Shape};
use super::signed_in::SignedInUser;
use super::state::Web;
use super::wire::UserBody;
use crate::domain::user::User;
use crate::service::tokens;

const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

pub(super) const TOKEN: Doc = Doc {
    summary: "A token about the user, for other back ends.",
    about: "A JSON Web Token of 15 minutes that `/api/auth/jwks` verifies.",
    need: Need::Session,
    answers: &[Answer::ok(Shape::Token, "The token.")],
    ..Doc::EMPTY
};

pub(super) const JWKS: Doc = Doc {
    summary: "The keys that verify such tokens.",
    answers: &[Answer::ok(Shape::Keys, "A JSON Web Key Set.")],
    ..Doc::EMPTY
};

/// `{token}`, for 15 minutes.
pub(super) async fn token(
    State(web): State<Arc<Web>>,
    SignedInUser { who, .. }: SignedInUser,
) -> Result<Response, ApiError> {
    let token = issue(&web, &who.user).await?;
    Ok(Json(json!({"token": token})).into_response())
}

/// A token for the user of a live session, who is in it as every answer shows them.
pub(crate) async fn issue(web: &Web, user: &User) -> Result<String, ApiError> {
    let Ok(Value::Object(members)) = serde_json::to_value(UserBody::of(web, user)) else {
        return Err(ApiError::internal());
    };
    Ok(tokens::issue(&web.app, user.id, members).await?)
}

/// Gives the token to whoever reads a live session, so that they need not ask for it.
/// An answer that cannot have one is good without it.
pub(super) async fn give(web: &Web, user: &User, headers: &mut HeaderMap) {
    // What went wrong is in the log.
    let Ok(token) = issue(web, user).await else {
        return;
    };
    if let Ok(mut value) = HeaderValue::from_str(&token) {
        value.set_sensitive(true);
        headers.insert(SET_AUTH_JWT, value);
        let name = HeaderValue::from(SET_AUTH_JWT);
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, name);
    }
}

/// `{keys}`: the JSON Web Key Set (RFC 7517 §5), for anybody.
pub(super) async fn jwks(State(web): State<Arc<Web>>) -> Result<Response, ApiError> {
    let keys = tokens::published(&web.app).await?;
    Ok(Json(json!({"keys": keys})).into_response())
}
