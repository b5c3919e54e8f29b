//! Endpoints that are for somebody with a session.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

use super::api_error::ApiError;
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

/// Whoever asks: somebody with a live session, or nobody in particular.
pub(super) struct Anybody(pub(super) Option<SignedInUser>);

impl FromRequestParts<Arc<Web>> for Anybody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        let cookie = SessionCookie::find(web, &parts.headers);
        let Some(credential) = cookie.credential(web).await? else {
            return Ok(Self(None));
        };
        let found = authenticate(&web.app, &credential).await?;
        Ok(Self(found.map(|who| SignedInUser { who, credential })))
    }
}

impl SignedInUser {
    /// By the headers of a request, for handlers that look at the body first: what
    /// is wrong with it is told whoever asks.
    pub(super) async fn find(web: &Web, headers: &HeaderMap) -> Result<Self, ApiError> {
        let credential = SessionCookie::find(web, headers)
            .credential(web)
            .await?
            .ok_or_else(ApiError::unauthorized)?;
        match authenticate(&web.app, &credential).await? {
            Some(who) => Ok(Self { who, credential }),
            None => Err(ApiError::unauthorized().with_cookies(web.cookies.clear())),
        }
    }
}

impl FreshUser {
    /// The same for a session that must be fresh.
    pub(super) async fn find(web: &Web, headers: &HeaderMap) -> Result<Self, ApiError> {
        let user = SignedInUser::find(web, headers).await?;
        if user.who.session.is_fresh(web.app.now()) {
            return Ok(Self(user));
        }
        Err(AuthError::NotFresh.into())
    }
}

impl FromRequestParts<Arc<Web>> for SignedInUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        Self::find(web, &parts.headers).await
    }
}

impl FromRequestParts<Arc<Web>> for FreshUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        Self::find(web, &parts.headers).await
    }
}
