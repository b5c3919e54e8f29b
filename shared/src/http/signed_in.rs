//! Endpoints that are for somebody with a session. As in the reference, a session
//! is extended wherever it is found, and its copy in a cookie is made again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::api_error::ApiError;
use super::session_cookie::SessionCookie;
use super::state::Web;
use super::visit::Visit;
use super::{session_answer, session_data};
use crate::service::AuthError;
use crate::service::authenticate::{
    Authenticated, Credential, authenticate, authenticate_and_refresh,
};

/// Somebody with a live session; 401 for everybody else, and cookies that have
/// become useless are cleared.
pub(crate) struct SignedInUser {
    /// Who it is.
    pub(crate) who: Authenticated,
    /// What they showed.
    pub(crate) credential: Credential,
}

/// Somebody who signed in within a day; 403 for older sessions.
pub(super) struct FreshUser(pub(super) SignedInUser);

/// What becomes of a copy that came in and still counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copy {
    /// It is left as it is.
    Kept,
    /// It is made again.
    Renewed,
}

impl SignedInUser {
    /// For handlers that look at the body first: what is wrong with it is told
    /// whoever asks.
    pub(super) async fn find(web: &Web, visit: &Visit) -> Result<Self, ApiError> {
        let found = somebody(web, visit, Copy::Kept).await?;
        found.ok_or_else(ApiError::unauthorized)
    }

    /// The same for what the reference asks the database about in any case.
    pub(super) async fn find_anew(web: &Web, visit: &Visit) -> Result<Self, ApiError> {
        let found = somebody(web, visit, Copy::Renewed).await?;
        found.ok_or_else(ApiError::unauthorized)
    }

    /// The same as [`Self::find`], or nobody.
    pub(crate) async fn find_if_any(web: &Web, visit: &Visit) -> Result<Option<Self>, ApiError> {
        somebody(web, visit, Copy::Kept).await
    }

    /// The same as [`Self::find_anew`], or nobody.
    pub(crate) async fn find_anew_if_any(
        web: &Web,
        visit: &Visit,
    ) -> Result<Option<Self>, ApiError> {
        somebody(web, visit, Copy::Renewed).await
    }

    /// The same, or nobody, and nothing is changed by it.
    pub(super) async fn look(web: &Web, visit: &Visit) -> Result<Option<Self>, ApiError> {
        let cookie = SessionCookie::find(web, &visit.headers);
        let Some(credential) = cookie.credential(web).await? else {
            return Ok(None);
        };
        let found = authenticate(&web.app, &credential).await?;
        Ok(found.map(|who| Self { who, credential }))
    }
}

async fn somebody(web: &Web, visit: &Visit, copy: Copy) -> Result<Option<SignedInUser>, ApiError> {
    let cookie = SessionCookie::find(web, &visit.headers);
    let stays = copy == Copy::Kept && session_data::find(web, &cookie, &visit.headers).is_some();
    let Some(credential) = cookie.credential(web).await? else {
        return Ok(None);
    };
    let Some(who) = authenticate_and_refresh(&web.app, &credential).await? else {
        visit.leave(|fields| session_answer::end(web, fields));
        return Ok(None);
    };
    visit.leave(|fields| {
        if who.refreshed {
            session_answer::renew(web, &visit.headers, &credential, &who, fields);
        } else if !stays {
            session_answer::copy(web, &credential, &who, fields);
        }
        if copy == Copy::Kept && !stays {
            session_answer::clear_stale_copy(web, &visit.headers, fields);
        }
    });
    Ok(Some(SignedInUser { who, credential }))
}

impl FreshUser {
    /// The same for a session that must be fresh.
    pub(super) async fn find(web: &Web, visit: &Visit) -> Result<Self, ApiError> {
        let user = SignedInUser::find(web, visit).await?;
        if user.who.session.is_fresh(web.app.now()) {
            return Ok(Self(user));
        }
        Err(AuthError::NotFresh.into())
    }
}

impl FromRequestParts<Arc<Web>> for SignedInUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        let Ok(visit) = Visit::from_request_parts(parts, web).await;
        Self::find(web, &visit).await
    }
}

impl FromRequestParts<Arc<Web>> for FreshUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, ApiError> {
        let Ok(visit) = Visit::from_request_parts(parts, web).await;
        Self::find(web, &visit).await
    }
}
