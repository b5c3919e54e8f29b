//! A user's own sessions: listing and ending them.

use super::AuthError;
use super::authenticate::{Authenticated, Credential, authenticate};
use crate::app::App;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::store::sessions;

/// The user's live sessions, oldest first.
pub async fn list(app: &App, who: &Authenticated) -> Result<Vec<Session>, AuthError> {
    Ok(sessions::list_live(&app.db, who.user.id, app.now()).await?)
}

/// Ends the session that `handle` names, if it is the user's own; whether it was
/// the one they ask from. A foreign or made-up handle does nothing and tells
/// nothing (CWE-639). Clients that are given tokens may name it by its token.
pub async fn revoke(app: &App, who: &Authenticated, handle: &str) -> Result<bool, AuthError> {
    let Some(id) = SessionId::parse(handle) else {
        return revoke_by_token(app, who, handle).await;
    };
    if sessions::delete_one(&app.db, who.user.id, id).await? {
        tracing::info!(event = "session_revoked", user_id = %who.user.id, session_id = %id);
    }
    Ok(id == who.session.id)
}

async fn revoke_by_token(app: &App, who: &Authenticated, text: &str) -> Result<bool, AuthError> {
    let token = SessionToken::parse(text).filter(|_| app.config.carriers.bearer);
    let Some(token) = token else {
        return Ok(false);
    };
    let ended = sessions::delete_of_user(&app.db, who.user.id, token.hash()).await?;
    if let Some(id) = ended {
        tracing::info!(event = "session_revoked", user_id = %who.user.id, session_id = %id);
    }
    Ok(ended == Some(who.session.id))
}

/// Ends all of the user's sessions.
pub async fn revoke_all(app: &App, who: &Authenticated) -> Result<(), AuthError> {
    let count = sessions::delete_all(&app.db, who.user.id).await?;
    tracing::info!(event = "sessions_revoked", user_id = %who.user.id, count);
    Ok(())
}

/// Ends all but the one they ask from.
pub async fn revoke_others(app: &App, who: &Authenticated) -> Result<(), AuthError> {
    let count = sessions::delete_others(&app.db, who.user.id, who.session.id).await?;
    tracing::info!(event = "sessions_revoked", user_id = %who.user.id, count);
    Ok(())
}

/// Ends the session that is shown. Not finding it is success too.
pub async fn sign_out(app: &App, credential: &Credential) -> Result<(), AuthError> {
    let ended = match credential {
        Credential::Own(token) => sessions::delete_by_token(&app.db, token.hash()).await?,
        Credential::Unsigned(_) | Credential::Legacy(_) => {
            match authenticate(app, credential).await? {
                Some(who) => sessions::delete_one(&app.db, who.user.id, who.session.id).await?,
                None => false,
            }
        }
    };
    if ended {
        tracing::info!(event = "sign_out");
    }
    Ok(())
}
