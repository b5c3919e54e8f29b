//! From a token to the session and user behind it: the hot path.

use super::{AuthError, housekeeping};
use crate::app::App;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::domain::user::User;
use crate::store::sessions;

/// A live session.
pub struct Authenticated {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
    /// Whether it was extended just now, so that the cookie must be set again.
    pub refreshed: bool,
}

/// Looks the session up: one round trip, no write.
pub async fn authenticate(
    app: &App,
    token: &SessionToken,
) -> Result<Option<Authenticated>, AuthError> {
    let found = sessions::find_live(&app.db, token.hash(), app.now()).await?;
    Ok(found.map(|(session, user)| Authenticated {
        session,
        user,
        refreshed: false,
    }))
}

/// The same, and extends a session whose last refresh is a day old.
pub async fn authenticate_and_refresh(
    app: &App,
    token: &SessionToken,
) -> Result<Option<Authenticated>, AuthError> {
    let Some(mut found) = authenticate(app, token).await? else {
        return Ok(None);
    };
    let now = app.now();
    if found.session.is_due(&app.config.session, now) {
        let expires_at = app.config.session.expiry(now, true);
        if !sessions::extend(&app.db, found.session.id, expires_at, now).await? {
            return Ok(None);
        }
        found.session.expires_at = expires_at;
        found.session.updated_at = now;
        found.refreshed = true;
        housekeeping::sweep_if_due(app);
    }
    Ok(Some(found))
}
