//! Endpoints that are for somebody with a session.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;

use super::api_error::ApiError;
use super::fields::Fields;
use super::session_cookie::SessionCookie;
use super::state::Web;
use crate::service::AuthError;
use crate::service::authenticate::{Authenticated, Credential, authenticate};

/// Somebody with a live session; 401 for everybody else, and cookies that have
/// become useless are cleared.
pub(super) struct SignedInUser {
    /// Who it is.
    pub(super) who: Authenticated,
    /// What they showed.
    pub(super) credential: Credential,
}

/// Somebody who signed in within a day; 403 for older sessions.
pub(super) struct FreshUser(pub(super) SignedInUser);

/// A body that can be read from its fields.
pub(super) trait Body: Sized + Send {
    fn read(fields: Fields) -> Result<Self, ApiError>;
}

/// Somebody with a live session, and what they ask for. The body is judged before
/// the session is looked up, as the protocol has it: nonsense costs no database
/// read, and is 400 for everybody.
pub(super) struct Asked<B> {
    pub(super) user: SignedInUser,
    pub(super) body: B,
}

impl<B: Body> FromRequest<Arc<Web>> for Asked<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let body = B::read(Fields::from_request(request, web).await?)?;
        let user = SignedInUser::from_request_parts(&mut parts, web).await?;
        Ok(Self { user, body })
    }
}

impl FromRequestParts<Arc<Web>> for SignedInUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        let credential = SessionCookie::find(web, &parts.headers)
            .credential(web)
            .await?
            .ok_or_else(ApiError::unauthorized)?;
        match authenticate(&web.app, &credential).await? {
            Some(who) => Ok(Self { who, credential }),
            None => Err(ApiError::unauthorized().with_cookies(web.cookies.clear())),
        }
    }
}

impl FromRequestParts<Arc<Web>> for FreshUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        let user = SignedInUser::from_request_parts(parts, web).await?;
        if user.who.session.is_fresh(web.app.now()) {
            return Ok(Self(user));
        }
        Err(AuthError::NotFresh.into())
    }
}
