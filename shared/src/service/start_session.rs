//! Making a session for somebody who has just proved who they are.

use super::{AuthError, Client, SignedIn, known_device};
use crate::app::App;
use crate::domain::email::CanonicalEmail;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::domain::user::User;

/// Longest `User-Agent` that is kept, in characters.
const USER_AGENT_MAX: usize = 512;

/// A session that is not stored yet. Its token is always new: one that the
/// client brought along is never adopted (session fixation, CWE-384).
pub(super) fn start(
    app: &App,
    user: User,
    client: &Client,
    remember: bool,
    account: &CanonicalEmail,
) -> Result<SignedIn, AuthError> {
    let now = app.now();
    let session = Session {
        id: SessionId::from_random(app.random()?),
        user_id: user.id,
        expires_at: app.config.session.expiry(now, remember),
        created_at: now,
        updated_at: now,
        remember,
        ip_address: client.ip.as_ref().map(ToString::to_string),
        user_agent: client
            .user_agent
            .as_ref()
            .map(|ua| ua.chars().take(USER_AGENT_MAX).collect()),
    };
    let token = SessionToken::from_random(app.random()?);
    Ok(SignedIn {
        known_device: known_device::remember(app, client, account)?,
        token,
        session,
        user,
    })
}
