//! A new password for somebody who forgot theirs, by a mailed link (OWASP Forgot
//! Password Cheat Sheet; ASVS 5.0 §6.4.3).

use super::limits::{self, Action};
use super::links::{self, Letter};
use super::new_password;
use super::{AuthError, Client, post};
use crate::app::App;
use crate::domain::email::LoginEmail;
use crate::domain::one_time::{OneTimeToken, Purpose};
use crate::domain::redirect::RedirectTarget;
use crate::mail::Message;
use crate::store::{one_time_tokens, sessions, user_changes, users};

/// Mails a link to whoever has that address, each at the spelling that their
/// account has. Nothing tells the caller whether there was anybody.
pub async fn request(
    app: &App,
    email: &LoginEmail,
    callback: Option<&RedirectTarget>,
    client: &Client,
) -> Result<(), AuthError> {
    if !app.mailer.is_on() {
        return Err(AuthError::ResetDisabled);
    }
    limits::admit(app, Action::RequestReset, client, email.canonical()).await?;
    let owners = users::find_owners(&app.db, email).await?;
    tracing::info!(
        event = "password_reset_requested",
        accounts = owners.len(),
        client = client.ip.as_ref().map(tracing::field::display)
    );
    let letter = |user| Letter::new(Purpose::ResetPassword, user, callback);
    links::mail(app, owners.iter().map(letter).collect());
    Ok(())
}

/// Whether the token of a link would set a password now. It stays as it is: mail
/// scanners open links before people do.
pub async fn is_good(app: &App, token: &str) -> Result<bool, AuthError> {
    Ok(mailed_to(app, token).await?.is_some())
}

/// The address that such a link was mailed to; `None` for any other. Whoever has the
/// link reads mail there.
pub async fn mailed_to(app: &App, token: &str) -> Result<Option<String>, AuthError> {
    let Some(token) = OneTimeToken::parse(token) else {
        return Ok(None);
    };
    let purpose = Purpose::ResetPassword;
    let found = one_time_tokens::find(&app.db, token.hash(), purpose, app.now()).await?;
    Ok(found.and_then(|found| found.email))
}

/// Sets a new password, uses the link up, and ends every session of the user and
/// every other link: whoever got in with the old password is out.
///
/// A password that the policy refuses leaves the link as it was, and a token that
/// is none costs no hashing. A wrong length is told first, as the protocol has it.
pub async fn reset(app: &App, token: &str, password: &str) -> Result<(), AuthError> {
    new_password::check_length(app, password)?;
    let token = OneTimeToken::parse(token).ok_or(AuthError::InvalidToken)?;
    let (hash, purpose, now) = (token.hash(), Purpose::ResetPassword, app.now());
    let found = one_time_tokens::find(&app.db, hash, purpose, now).await?;
    let found = found.ok_or(AuthError::InvalidToken)?;
    let user = users::find(&app.db, found.user_id).await?;
    let user = user.ok_or(AuthError::InvalidToken)?;
    let password = new_password::check(app, password, &user.email, &user.name)?;
    let password_hash = app.hasher.hash(password.expose(), app.random()?).await?;

    let mut tx = app.db.begin().await?;
    let is_same =
        user_changes::set_password(&mut tx, (user.id, &user.email), &password_hash, now).await?;
    let link = one_time_tokens::take(&mut tx, hash, purpose, now).await?;
    // Bound to the address it was mailed to: whoever read mail there a moment ago
    // may have lost it since.
    let is_bound = link.is_some_and(|link| link.email.as_ref() == Some(&user.email));
    if !is_same || !is_bound {
        return Err(AuthError::InvalidToken);
    }
    sessions::delete_within(&mut tx, user.id, None).await?;
    one_time_tokens::void(&mut tx, user.id).await?;
    tx.commit().await?;

    tracing::info!(event = "password_reset", user_id = %user.id);
    post::post(app, &user.email, &user.name, Message::PasswordChanged);
    Ok(())
}
