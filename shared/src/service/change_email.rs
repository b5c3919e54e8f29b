//! Another address for an account: asked for in a session, told to the old
//! address, done by a link mailed to the new one (OWASP ASVS 5.0 §6.3.7).

use super::authenticate::Authenticated;
use super::limits::{self, Action};
use super::links::{self, Letter};
use super::verification::{Opened, find, is_first_use};
use super::{AuthError, Client, post};
use crate::app::App;
use crate::domain::email::{CanonicalEmail, Email};
use crate::domain::one_time::{OneTimeToken, Purpose};
use crate::domain::redirect::RedirectTarget;
use crate::domain::user::User;
use crate::mail::Message;
use crate::store::one_time_tokens::{self, Found};
use crate::store::{sessions, user_changes, users};

/// Mails a link to the new address and a warning to the old one; nothing changes
/// before the link is opened. A taken address gets no link, and nothing else
/// tells that it is taken: the warning goes out, and older links are void, either
/// way.
pub async fn ask(
    app: &App,
    who: &Authenticated,
    new: &Email,
    callback: Option<&RedirectTarget>,
    client: &Client,
) -> Result<(), AuthError> {
    let user = &who.user;
    if new.as_str() == user.email {
        return Err(AuthError::EmailIsTheSame);
    }
    if !app.mailer.is_on() {
        return Err(AuthError::VerificationDisabled);
    }
    let (old, wanted) = (&user.email, CanonicalEmail::of(new.as_str()));
    limits::admit(app, Action::ChangeEmail, client, &CanonicalEmail::of(old)).await?;
    limits::admit_mail(app, Action::ChangeEmail, &wanted).await?;
    let is_free = !users::is_taken(&app.db, new, Some(user.id)).await?;
    let letter = Letter::new(Purpose::ChangeEmail, user, callback)
        .about(new.as_str(), is_free)
        .asked_in(who.session.id);
    links::mail(app, vec![letter]);
    let new_email = new.as_str().to_owned();
    post::post(
        app,
        old,
        &user.name,
        Message::EmailChangeRequested { new_email },
    );
    tracing::info!(event = "email_change_requested", user_id = %user.id);
    Ok(())
}

/// Opens the link: the address is changed, and every session ends but the one that
/// asked.
pub(super) async fn open(
    app: &App,
    token: &OneTimeToken,
    opener: Option<&Authenticated>,
    peek: bool,
) -> Result<Opened, AuthError> {
    let (user, found) = find(app, token, Purpose::ChangeEmail).await?;
    if opener.is_some_and(|opener| opener.user.id != user.id) {
        return Err(AuthError::InvalidUser);
    }
    let new = found.email.as_deref().map(Email::parse);
    let Some(Ok(new)) = new else {
        return Err(AuthError::Internal("a link to an address that is none"));
    };
    if found.used_at.is_some() {
        // Used, and the address was changed once more since.
        let is_still_it = user.email == new.as_str();
        return is_still_it
            .then(|| changed(user, &found))
            .ok_or(AuthError::InvalidVerifyLink);
    }
    if !peek {
        change(app, token, &user, &new, &found).await?;
    }
    let user = users::find(&app.db, user.id).await?;
    Ok(changed(user.ok_or(AuthError::InvalidVerifyLink)?, &found))
}

fn changed(user: User, found: &Found) -> Opened {
    Opened::Changed {
        user,
        session: found.session_id,
    }
}

async fn change(
    app: &App,
    token: &OneTimeToken,
    user: &User,
    new: &Email,
    found: &Found,
) -> Result<(), AuthError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !user_changes::set_email(&mut tx, user.id, new, now).await? {
        return Err(AuthError::EmailTaken);
    }
    if !is_first_use(&mut tx, token, Purpose::ChangeEmail, now).await? {
        return Ok(());
    }
    sessions::delete_within(&mut tx, user.id, found.session_id).await?;
    one_time_tokens::void(&mut tx, user.id).await?;
    tx.commit().await?;

    tracing::info!(event = "email_changed", user_id = %user.id);
    let new_email = new.as_str().to_owned();
    post::post(
        app,
        &user.email,
        &user.name,
        Message::EmailChanged { new_email },
    );
    Ok(())
}
