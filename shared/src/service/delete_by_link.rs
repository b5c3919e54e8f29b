//! Deleting an account by a mailed link. The link alone deletes nothing: it wants
//! its user's session, too, so that no mail scanner deletes anybody.

use super::authenticate::Authenticated;
use super::limits::{self, Action};
use super::links::{self, Letter};
use super::{AuthError, while_signed_in};
use crate::app::App;
use crate::domain::email::CanonicalEmail;
use crate::domain::one_time::{OneTimeToken, Purpose};
use crate::domain::redirect::RedirectTarget;
use crate::store::{one_time_tokens, user_changes};

/// Mails the link to the user. For callers that have seen to it that mail can be
/// sent and that the user is who they say.
pub async fn send(
    app: &App,
    who: &Authenticated,
    callback: Option<&RedirectTarget>,
) -> Result<(), AuthError> {
    let user = &who.user;
    limits::admit_mail(app, Action::DeleteLink, &CanonicalEmail::of(&user.email)).await?;
    let letter = Letter::new(Purpose::DeleteUser, user, callback).asked_in(who.session.id);
    links::mail(app, vec![letter]);
    tracing::info!(event = "user_deletion_requested", user_id = %user.id);
    Ok(())
}

/// Whether the token of a link would delete this user now.
pub async fn is_good(app: &App, who: &Authenticated, token: &str) -> Result<bool, AuthError> {
    let Some(token) = OneTimeToken::parse(token) else {
        return Ok(false);
    };
    let purpose = Purpose::DeleteUser;
    let found = one_time_tokens::find(&app.db, token.hash(), purpose, app.now()).await?;
    Ok(found.is_some_and(|found| found.user_id == who.user.id))
}

/// Deletes the user with all their sessions and links. Somebody else's link is
/// left as it was.
///
/// # Errors
/// [`AuthError::InvalidDeleteLink`] when the token does not delete this user.
pub async fn confirm(app: &App, who: &Authenticated, token: &str) -> Result<(), AuthError> {
    if !is_good(app, who, token).await? {
        return Err(AuthError::InvalidDeleteLink);
    }
    let (hash, user) = (
        OneTimeToken::parse(token).map(|token| token.hash()),
        who.user.id,
    );
    let hash = hash.ok_or(AuthError::InvalidDeleteLink)?;
    let mut tx = match while_signed_in::begin(app, who).await {
        // Whoever was deleted by another use of it is told what they always were.
        Err(AuthError::UserGone) => return Err(AuthError::InvalidDeleteLink),
        begun => begun?,
    };
    let link = one_time_tokens::take(&mut tx, hash, Purpose::DeleteUser, app.now()).await?;
    if link.is_none_or(|link| link.user_id != user) {
        return Err(AuthError::InvalidDeleteLink);
    }
    user_changes::delete(&mut tx, user).await?;
    tx.commit().await?;
    tracing::info!(event = "user_deleted", user_id = %user, by = "link");
    Ok(())
}
