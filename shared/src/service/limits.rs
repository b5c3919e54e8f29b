//! How often credentials may be tried: ten a minute per client and per account,
//! counted in the database, so that all instances count together (OWASP ASVS 5.0
//! §6.3.1; NIST SP 800-63B-4 §3.2.2).

use super::{AuthError, Client, housekeeping, known_device};
use crate::app::App;
use crate::domain::client_ip::ClientIp;
use crate::domain::email::CanonicalEmail;
use crate::store::StoreError;
use crate::store::rate_limits::{self, Try};

/// What is tried. Each has a count of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Signing in.
    SignIn,
    /// Making an account.
    SignUp,
    /// Showing the account's password once more.
    Password,
    /// Asking for a link that sets a new password.
    RequestReset,
    /// Asking for a link that verifies an address.
    SendVerification,
    /// Asking for another address.
    ChangeEmail,
    /// Asking for a link that deletes the account.
    DeleteLink,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignUp => "sign-up",
            Self::Password => "password",
            Self::RequestReset => "request-reset",
            Self::SendVerification => "send-verification",
            Self::ChangeEmail => "change-email",
            Self::DeleteLink => "delete-link",
        }
    }
}

/// Counts a try of `client` at the account `email`, whether there is such an
/// account or not. If the limiter's own store fails, nobody passes.
pub async fn admit(
    app: &App,
    action: Action,
    client: &Client,
    email: &CanonicalEmail,
) -> Result<(), AuthError> {
    if !app.config.rate_limit {
        return Ok(());
    }
    let address = client
        .ip
        .as_ref()
        .map_or_else(|| "unknown".to_owned(), ClientIp::rate_key);
    // Always in this order: two transactions that lock two keys crosswise would
    // wait for each other.
    take(app, action, "client", &address).await?;
    // A device that has signed in to the account has tries of its own, which
    // strangers cannot use up. It is still one client: whoever collects devices
    // gains nothing.
    if let Some(device) = known_device::recognise(app, client, email) {
        return take(app, action, "device", device.as_str()).await;
    }
    let account = app.keys.rate_limit_name(email.as_str());
    take(app, action, "account", &account).await
}

/// Counts a mail to the address `email`, by whichever account and client it was
/// asked for: nobody's mailbox is flooded through us.
pub async fn admit_mail(
    app: &App,
    action: Action,
    email: &CanonicalEmail,
) -> Result<(), AuthError> {
    if !app.config.rate_limit {
        return Ok(());
    }
    let address = app.keys.rate_limit_name(email.as_str());
    take(app, action, "mail", &address).await
}

async fn take(app: &App, action: Action, kind: &str, subject: &str) -> Result<(), AuthError> {
    let key = format!("{}:{kind}:{subject}", action.name());
    let outcome = rate_limits::take(&app.db, &key, app.now()).await;
    // Whatever is wrong with it: it is no fault of the request, and nobody passes.
    let outcome = outcome.map_err(StoreError::into_unavailable)?;
    // Here and not only after a success: tries that all fail leave rows, too.
    housekeeping::sweep_if_due(app);
    match outcome {
        Try::Taken => Ok(()),
        Try::Denied(wait) => {
            tracing::warn!(event = "rate_limited", action = action.name(), by = kind);
            Err(AuthError::RateLimited(wait))
        }
    }
}
