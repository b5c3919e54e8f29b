//! A sign-up with an address that has an account, where nobody but its owner may
//! learn that (OWASP ASVS 5.0 §6.3.8).

use crate::app::App;
use crate::domain::email::{Email, LoginEmail};
use crate::mail::{Mail, Message};
use crate::store::users::find_owners;

/// Writes to whoever has the address, all of it in the background. Callers see to it
/// that the answer takes as long where nobody has it ([`super::post::level`]).
pub(super) fn tell_owner(app: &App, email: &Email) {
    let Ok(email) = LoginEmail::parse(email.as_str()) else {
        return;
    };
    let (db, mailer) = (app.db.clone(), app.mailer.clone());
    let background = app.background.clone();
    app.background.spawn(async move {
        let owners = match find_owners(&db, &email).await {
            Ok(owners) => owners,
            Err(error) => return tracing::error!(event = "mail_failed", %error),
        };
        // Each by itself: where the answer waits for them, one after another would tell
        // how many they are.
        for owner in owners {
            let mail = Mail {
                to: owner.email,
                name: owner.name,
                message: Message::SignUpAttempt,
            };
            let mailer = mailer.clone();
            background.spawn(async move { mailer.send(&mail).await });
        }
    });
}
