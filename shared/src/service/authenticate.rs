//! From a token to the session and user behind it: the hot path.

use super::{AuthError, housekeeping};
use crate::app::App;
use crate::domain::session::Session;
use crate::domain::token::{LegacyToken, SessionToken};
use crate::domain::user::User;
use crate::store::{session_lookups, sessions};

/// What somebody shows.
#[derive(Debug)]
pub enum Credential {
    /// A token under our signature.
    Own(SessionToken),
    /// A token alone, as a bearer may show it. It opens only sessions that began
    /// here: those taken over have had their tokens in cookies without a signature,
    /// and in the first system's database in clear.
    Unsigned(SessionToken),
    /// A token as the first system set it.
    Legacy(LegacyToken),
}

/// A live session.
#[derive(Clone)]
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
    credential: &Credential,
) -> Result<Option<Authenticated>, AuthError> {
    let now = app.now();
    let found = match credential {
        Credential::Own(token) => session_lookups::find_live(&app.db, token.hash(), now).await?,
        Credential::Unsigned(token) => {
            session_lookups::find_own(&app.db, token.hash(), now).await?
        }
        Credential::Legacy(_) if !legacy_lives(app).await? => None,
        Credential::Legacy(token) => {
            session_lookups::find_legacy(&app.db, token.hash(), now).await?
        }
    };
    Ok(found.map(|(session, user)| Authenticated {
        session,
        user,
        refreshed: false,
    }))
}

/// Whether any session that was taken over lives. Asked once by a process, at the first
/// unsigned cookie: where nothing that was
/// taken over lives, such a cookie costs no database read.
pub async fn legacy_lives(app: &App) -> Result<bool, AuthError> {
    let lives = app
        .legacy_lives
        .get_or_try_init(|| sessions::any_legacy(&app.db, app.now()));
    Ok(*lives.await?)
}

/// The same, and extends a session whose last refresh is a day old.
pub async fn authenticate_and_refresh(
    app: &App,
    credential: &Credential,
) -> Result<Option<Authenticated>, AuthError> {
    let Some(mut found) = authenticate(app, credential).await? else {
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
