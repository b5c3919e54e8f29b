//! A user's own sessions: listing and ending them.

use std::collections::HashSet;

use super::AuthError;
use super::authenticate::{Authenticated, Credential, authenticate};
use crate::app::App;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::store::{live_sessions, one_time_tokens, sessions};

/// The user's live sessions, oldest first.
pub async fn list(app: &App, who: &Authenticated) -> Result<Vec<Session>, AuthError> {
    Ok(sessions::list_live(&app.db, who.user.id, app.now()).await?)
}

/// Ends the session that `handle` names, if it is the user's own; whether it was
/// the one they ask from. A foreign or made-up handle does nothing and tells
/// nothing (CWE-639). Clients that are given tokens may name it by its token.
pub async fn revoke(app: &App, who: &Authenticated, handle: &str) -> Result<bool, AuthError> {
    let user = who.user.id;
    let named = SessionId::parse(handle);
    let ended = match named {
        Some(id) => sessions::delete_one(&app.db, user, id).await?.then_some(id),
        None => end_by_token(app, who, handle).await?,
    };
    if let Some(id) = ended {
        tracing::info!(event = "session_revoked", user_id = %user, session_id = %id);
    }
    void_links(app, who).await?;
    Ok(named.or(ended) == Some(who.session.id))
}

async fn end_by_token(
    app: &App,
    who: &Authenticated,
    text: &str,
) -> Result<Option<SessionId>, AuthError> {
    let token = SessionToken::parse(text).filter(|_| app.config.carriers.bearer);
    let Some(token) = token else {
        return Ok(None);
    };
    Ok(sessions::delete_of_user(&app.db, who.user.id, token.hash()).await?)
}

/// Voids the links that the sessions asked for which are gone. Without that a thief who
/// was thrown out would still change the account's address by a link in their mailbox.
/// (Signing out is no such wish: the link may be opened on another device.)
async fn void_links(app: &App, who: &Authenticated) -> Result<(), AuthError> {
    Ok(one_time_tokens::void_of_ended(&app.db, who.user.id).await?)
}

/// Ends all of the user's sessions.
pub async fn revoke_all(app: &App, who: &Authenticated) -> Result<(), AuthError> {
    let count = sessions::delete_all(&app.db, who.user.id).await?;
    tracing::info!(event = "sessions_revoked", user_id = %who.user.id, count);
    void_links(app, who).await
}

/// Ends all but the one they ask from.
pub async fn revoke_others(app: &App, who: &Authenticated) -> Result<(), AuthError> {
    let count = sessions::delete_others(&app.db, who.user.id, who.session.id).await?;
    tracing::info!(event = "sessions_revoked", user_id = %who.user.id, count);
    void_links(app, who).await
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

/// Those of `ids` that have ended, by whatever ended them.
pub async fn ended_of(app: &App, ids: &[SessionId]) -> Result<Vec<SessionId>, AuthError> {
    let live = live_sessions::live_among(&app.db, ids, app.now()).await?;
    let live: HashSet<SessionId> = live.into_iter().collect();
    let ended = ids.iter().filter(|id| !live.contains(id));
    Ok(ended.copied().collect())
}
