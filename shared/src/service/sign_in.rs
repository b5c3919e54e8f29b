//! Signing in with e-mail address and password.

use super::limits::{self, Action};
use super::start_session::start;
use super::{AuthError, Client, SignedIn, housekeeping};
use crate::app::App;
use crate::crypto::hasher::Verdict;
use crate::domain::email::LoginEmail;
use crate::domain::password::LoginPassword;
use crate::store::users::Account;
use crate::store::{sessions, user_changes, users};

/// What somebody signs in with.
pub struct SignIn {
    /// The address as typed.
    pub email: LoginEmail,
    /// The password as typed; `None` when it is longer than any can be.
    pub password: Option<LoginPassword>,
    /// Whether the session outlives the browser.
    pub remember: bool,
}

/// Tries of one sign-in: the password is changed by somebody else in between, or its
/// hash upgraded, but hardly more often.
const TRIES: usize = 3;

/// Checks the credentials and starts a session.
///
/// An unknown address, a wrong password and a disabled hash are one answer and
/// one cost: the limit is counted first, a hash is computed in each case.
///
/// The session begins only while what was checked is still so. Otherwise a password
/// that is changed at this moment would leave a session of the old one behind.
pub async fn sign_in(app: &App, request: SignIn, client: &Client) -> Result<SignedIn, AuthError> {
    limits::admit(app, Action::SignIn, client, request.email.canonical()).await?;
    for _ in 0..TRIES {
        let account = check(app, &request, client).await?;
        let signed_in = start(
            app,
            account.user.clone(),
            client,
            request.remember,
            request.email.canonical(),
        )?;
        let (token, session) = (signed_in.token.hash(), &signed_in.session);
        if sessions::insert_for(&app.db, &account, token, session).await? {
            tracing::info!(event = "sign_in", user_id = %signed_in.user.id, client = client.ip.as_ref().map(tracing::field::display));
            housekeeping::sweep_if_due(app);
            return Ok(signed_in);
        }
    }
    Err(AuthError::Busy)
}

/// The account that the request's password belongs to, with the hash that is stored
/// once an outdated one was replaced.
async fn check(app: &App, request: &SignIn, client: &Client) -> Result<Account, AuthError> {
    let account = users::find_for_sign_in(&app.db, &request.email).await?;
    let Some(password) = &request.password else {
        return Err(refused(account.as_ref(), client, "password_too_long"));
    };
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let verdict = app.hasher.verify(password, stored).await?;
    let (mut account, outdated) = match (account, verdict) {
        (Some(account), Verdict::Match { outdated }) => (account, outdated),
        (account, Verdict::Unusable) => {
            return Err(refused(account.as_ref(), client, "unusable_hash"));
        }
        (account, _) => return Err(refused(account.as_ref(), client, "mismatch")),
    };
    // Only now: who does not know the password learns nothing about the account.
    if app.config.verification.required && !account.user.email_verified {
        tracing::warn!(event = "sign_in_failed", reason = "unverified", user_id = %account.user.id);
        return Err(AuthError::EmailNotVerified);
    }
    if outdated && let Err(error) = upgrade(app, &mut account, password).await {
        // The old hash is still good: no reason to turn the user away.
        tracing::warn!(event = "password_rehash_failed", user_id = %account.user.id, %error);
    }
    Ok(account)
}

/// Replaces a hash of other costs by one of today's.
async fn upgrade(
    app: &App,
    account: &mut Account,
    password: &LoginPassword,
) -> Result<(), AuthError> {
    let (user, old) = (account.user.id, &account.password_hash);
    let hash = app
        .hasher
        .hash(password.normalised(), app.random()?)
        .await?;
    // Not replaced: it is another one by now, and the session will not begin with it.
    if user_changes::replace_hash(&app.db, user, old, &hash).await? {
        tracing::info!(event = "password_rehashed", user_id = %user);
        account.password_hash = hash;
    }
    Ok(())
}

/// The log may know which it was; the answer never does.
fn refused(account: Option<&Account>, client: &Client, reason: &'static str) -> AuthError {
    tracing::warn!(
        event = "sign_in_failed",
        reason = if account.is_some() {
            reason
        } else {
            "unknown_account"
        },
        user_id = account.map(|account| tracing::field::display(account.user.id)),
        client = client.ip.as_ref().map(tracing::field::display),
    );
    AuthError::InvalidCredentials
}
