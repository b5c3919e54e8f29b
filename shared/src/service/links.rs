//! Links that are mailed. Each begins with `PUBLIC_URL`, whatever the request
//! called this service (reset poisoning; GHSA-9qq3-v9g3-cxhw). Token and mail are
//! made in the background, so that the time of an answer does not tell whether
//! there was anybody to write to (CWE-208).

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{AuthError, post};
use crate::app::{App, Random};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::one_time::{OneTimeToken, Purpose};
use crate::domain::origin::Origin;
use crate::domain::redirect::RedirectTarget;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::mail::{Mail, Mailer, Message};
use crate::store::Db;
use crate::store::one_time_tokens::{self, NewToken};

/// Where a link leads that says nothing else.
const DEFAULT_CALLBACK: &str = "/";
/// The same for a new password: the page that asks for it.
const DEFAULT_RESET_CALLBACK: &str = "/reset-password";
/// The same for an address, where this service has a page that says it is verified.
const VERIFIED_PAGE: &str = "/verify-email?done=verified";

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A link to be mailed.
pub(super) struct Letter {
    purpose: Purpose,
    user_id: UserId,
    name: String,
    /// Where it goes. `None`: nowhere; then only older links are voided.
    to: Option<String>,
    /// The address that the link is about.
    about: String,
    session_id: Option<SessionId>,
    callback: Option<String>,
}

impl Letter {
    /// A link about a user's present address, mailed there.
    pub(super) fn new(purpose: Purpose, user: &User, callback: Option<&RedirectTarget>) -> Self {
        Self {
            purpose,
            user_id: user.id,
            name: user.name.clone(),
            to: Some(user.email.clone()),
            about: user.email.clone(),
            session_id: None,
            callback: callback.map(|target| target.as_str().to_owned()),
        }
    }

    /// The same about another address, mailed there only if `deliver`.
    pub(super) fn about(self, address: &str, deliver: bool) -> Self {
        Self {
            to: deliver.then(|| address.to_owned()),
            about: address.to_owned(),
            ..self
        }
    }

    /// The same, asked for in this session.
    pub(super) fn asked_in(self, session: SessionId) -> Self {
        Self {
            session_id: Some(session),
            ..self
        }
    }
}

/// Makes the links and mails them, in the background. With no letters at all it
/// does as much before it returns, and an answer that waits for the mail as well
/// takes about as long.
pub(super) fn mail(app: &App, letters: Vec<Letter>) {
    post::level(app);
    let office = Arc::new(Office {
        db: app.db.clone(),
        random: Arc::clone(&app.random),
        mailer: app.mailer.clone(),
        public_url: app.config.public_url.clone(),
        has_pages: app.config.pages.on,
        at: app.now(),
    });
    // Each by itself: one after another would take longer the more there are.
    for letter in letters {
        let office = Arc::clone(&office);
        app.background.spawn(async move {
            let (purpose, user_id) = (letter.purpose.as_str(), letter.user_id);
            if let Err(error) = office.send(letter).await {
                tracing::error!(event = "link_failed", purpose, %user_id, %error);
            }
        });
    }
}

/// What is needed of the app once the answer is on its way.
struct Office {
    db: Db,
    random: Arc<dyn Random>,
    mailer: Mailer,
    public_url: Origin,
    has_pages: bool,
    at: Timestamp,
}

impl Office {
    async fn send(&self, letter: Letter) -> Result<(), AuthError> {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes)?;
        let token = OneTimeToken::from_random(bytes);
        let new = NewToken {
            hash: token.hash(),
            purpose: letter.purpose,
            user_id: letter.user_id,
            email: Some(&letter.about),
            session_id: letter.session_id,
            at: self.at,
        };
        if !one_time_tokens::put(&self.db, &new).await? {
            // A newer link is on its way already, and is the one that works.
            return Ok(());
        }
        let callback = letter.callback.as_deref();
        let callback = callback.unwrap_or_else(|| default_callback(letter.purpose, self.has_pages));
        let link = url(&self.public_url, letter.purpose, &token, callback);
        if let Some(to) = letter.to {
            let mail = Mail {
                to,
                name: letter.name,
                message: message(letter.purpose, link),
            };
            self.mailer.send(&mail).await;
        }
        Ok(())
    }
}

fn default_callback(purpose: Purpose, has_pages: bool) -> &'static str {
    match purpose {
        Purpose::ResetPassword => DEFAULT_RESET_CALLBACK,
        Purpose::VerifyEmail | Purpose::ChangeEmail if has_pages => VERIFIED_PAGE,
        Purpose::VerifyEmail | Purpose::ChangeEmail | Purpose::DeleteUser => DEFAULT_CALLBACK,
    }
}

fn message(purpose: Purpose, link: String) -> Message {
    match purpose {
        Purpose::VerifyEmail => Message::VerifyEmail { link },
        Purpose::ChangeEmail => Message::ChangeEmail { link },
        Purpose::ResetPassword => Message::ResetPassword { link },
        Purpose::DeleteUser => Message::DeleteUser { link },
    }
}

/// As Better Auth writes them.
fn url(public: &Origin, purpose: Purpose, token: &OneTimeToken, callback: &str) -> String {
    let token = token.expose();
    let callback = utf8_percent_encode(callback, COMPONENT);
    match purpose {
        Purpose::VerifyEmail | Purpose::ChangeEmail => {
            format!("{public}/api/auth/verify-email?token={token}&callbackURL={callback}")
        }
        Purpose::ResetPassword => {
            format!("{public}/api/auth/reset-password/{token}?callbackURL={callback}")
        }
        Purpose::DeleteUser => {
            format!("{public}/api/auth/delete-user/callback?token={token}&callbackURL={callback}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_written_as_the_reference_writes_them() {
        let public = Origin::parse("https://auth.example.com").unwrap();
        let token = OneTimeToken::from_random([0; 32]);
        let t = token.expose();
        for (purpose, callback, expected) in [
            (
                Purpose::VerifyEmail,
                "/",
                format!("verify-email?token={t}&callbackURL=%2F"),
            ),
            (
                Purpose::ChangeEmail,
                "/x?a=b c",
                format!("verify-email?token={t}&callbackURL=%2Fx%3Fa%3Db%20c"),
            ),
            (
                Purpose::ResetPassword,
                "http://localhost:3000/it's(ok)!*",
                format!(
                    "reset-password/{t}?callbackURL=http%3A%2F%2Flocalhost%3A3000%2Fit's(ok)!*"
                ),
            ),
            (
                Purpose::DeleteUser,
                "/bye",
                format!("delete-user/callback?token={t}&callbackURL=%2Fbye"),
            ),
        ] {
            let url = url(&public, purpose, &token, callback);
            assert_eq!(url, format!("https://auth.example.com/api/auth/{expected}"));
        }
    }
}
