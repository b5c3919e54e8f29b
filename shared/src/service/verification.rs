//! Proof that somebody reads mail at their address: links that are mailed, and
//! what opening them does. It signs nobody in, since scanners open links first.

use super::authenticate::Authenticated;
use super::limits::{self, Action};
use super::links::{self, Letter};
use super::{AuthError, Client, change_email};
use crate::app::App;
use crate::domain::email::{CanonicalEmail, LoginEmail};
use crate::domain::ids::SessionId;
use crate::domain::one_time::{OneTimeToken, Purpose};
use crate::domain::redirect::RedirectTarget;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::store::db::Tx;
use crate::store::one_time_tokens::{self, Found};
use crate::store::{user_changes, users};

/// Mails a link to an address. Somebody with a session is told what is wrong;
/// nothing tells anybody else whether there is such an account.
pub async fn send(
    app: &App,
    email: &LoginEmail,
    callback: Option<&RedirectTarget>,
    asker: Option<&Authenticated>,
    client: &Client,
) -> Result<(), AuthError> {
    if !app.mailer.is_on() {
        return Err(AuthError::VerificationDisabled);
    }
    limits::admit(app, Action::SendVerification, client, email.canonical()).await?;
    let owners = match asker {
        Some(asker) => vec![own(&asker.user, email)?.clone()],
        None => users::find_owners(&app.db, email).await?,
    };
    let unverified = owners.iter().filter(|user| !user.email_verified);
    let letter = |user| Letter::new(Purpose::VerifyEmail, user, callback);
    links::mail(app, unverified.map(letter).collect());
    Ok(())
}

/// The user, if the address is theirs and still to be verified.
fn own<'a>(user: &'a User, email: &LoginEmail) -> Result<&'a User, AuthError> {
    if CanonicalEmail::of(&user.email) != *email.canonical() {
        return Err(AuthError::EmailMismatch);
    }
    if user.email_verified {
        return Err(AuthError::EmailAlreadyVerified);
    }
    Ok(user)
}

/// What a link was for.
pub enum Opened {
    /// The address is verified.
    Verified,
    /// The address is another one, and verified.
    Changed {
        /// The user as they are now.
        user: User,
        /// The session that asked for it: the only one that was not ended.
        session: Option<SessionId>,
    },
}

/// Opens a link. The same one opened again within its life is success again. With
/// `peek` nothing is changed.
pub async fn open(
    app: &App,
    token: &str,
    opener: Option<&Authenticated>,
    peek: bool,
) -> Result<Opened, AuthError> {
    let token = OneTimeToken::parse(token).ok_or(AuthError::InvalidVerifyLink)?;
    let known = one_time_tokens::look_up(&app.db, token.hash()).await?;
    match known {
        Some((Purpose::VerifyEmail | Purpose::ChangeEmail, expires_at))
            if expires_at <= app.now() =>
        {
            Err(AuthError::ExpiredVerifyLink)
        }
        Some((Purpose::VerifyEmail, _)) => verify(app, &token, peek).await,
        Some((Purpose::ChangeEmail, _)) => change_email::open(app, &token, opener, peek).await,
        Some((Purpose::ResetPassword | Purpose::DeleteUser, _)) | None => {
            Err(AuthError::InvalidVerifyLink)
        }
    }
}

async fn verify(app: &App, token: &OneTimeToken, peek: bool) -> Result<Opened, AuthError> {
    let (user, found) = find(app, token, Purpose::VerifyEmail).await?;
    if found.email.as_ref() != Some(&user.email) {
        return Err(AuthError::InvalidVerifyLink);
    }
    if peek || found.used_at.is_some() {
        return Ok(Opened::Verified);
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !user_changes::set_verified(&mut tx, (user.id, &user.email), now).await? {
        return Err(AuthError::InvalidVerifyLink);
    }
    if is_first_use(&mut tx, token, Purpose::VerifyEmail, now).await? {
        tx.commit().await?;
        tracing::info!(event = "email_verified", user_id = %user.id);
    }
    Ok(Opened::Verified)
}

/// A link that works, and its user.
pub(super) async fn find(
    app: &App,
    token: &OneTimeToken,
    purpose: Purpose,
) -> Result<(User, Found), AuthError> {
    let found = one_time_tokens::find(&app.db, token.hash(), purpose, app.now()).await?;
    let found = found.ok_or(AuthError::InvalidVerifyLink)?;
    let user = users::find(&app.db, found.user_id).await?;
    Ok((user.ok_or(AuthError::InvalidVerifyLink)?, found))
}

/// Marks a link as used. `false`: somebody else opened it at the same moment and
/// does all that is to be done. An error: a newer one took its place meanwhile.
pub(super) async fn is_first_use(
    tx: &mut Tx,
    token: &OneTimeToken,
    purpose: Purpose,
    now: Timestamp,
) -> Result<bool, AuthError> {
    let hash = token.hash();
    if let Some(_marked) = one_time_tokens::mark_used(tx, hash, purpose, now).await? {
        return Ok(true);
    }
    match one_time_tokens::find_within(tx, hash, purpose, now).await? {
        Some(_used) => Ok(false),
        None => Err(AuthError::InvalidVerifyLink),
    }
}
