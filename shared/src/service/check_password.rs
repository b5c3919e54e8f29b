//! The password once more, from somebody who is signed in: before what a session
//! alone must not do.

use super::authenticate::Authenticated;
use super::limits::{self, Action};
use super::{AuthError, Client};
use crate::app::App;
use crate::crypto::hasher::Verdict;
use crate::domain::email::CanonicalEmail;
use crate::domain::password::LoginPassword;
use crate::store::users;

/// The stored hash that `typed` belongs to; `InvalidPassword` for any other, for
/// one that is too long to be any (`None`), and where no password is set.
///
/// A session may be a thief's, who has all the time to guess: every check counts,
/// whatever it is for, per client and per account.
pub(super) async fn check_password(
    app: &App,
    who: &Authenticated,
    client: &Client,
    typed: Option<&LoginPassword>,
) -> Result<String, AuthError> {
    let account = CanonicalEmail::of(&who.user.email);
    limits::admit(app, Action::Password, client, &account).await?;
    let typed = typed.ok_or_else(|| refused(who, client, "password_too_long"))?;
    let stored = users::find_password(&app.db, who.user.id).await?;
    let stored = stored.ok_or(AuthError::UserGone)?.password_hash;
    match app.hasher.verify(typed, Some(&stored)).await? {
        Verdict::Match { .. } => Ok(stored),
        Verdict::NoMatch => Err(refused(who, client, "mismatch")),
        Verdict::Unusable => Err(refused(who, client, "unusable_hash")),
    }
}

fn refused(who: &Authenticated, client: &Client, reason: &'static str) -> AuthError {
    tracing::warn!(
        event = "password_check_failed",
        reason,
        user_id = %who.user.id,
        client = client.ip.as_ref().map(tracing::field::display),
    );
    AuthError::InvalidPassword
}
