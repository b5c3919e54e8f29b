//! Mails that use cases send: in the background, so that no answer waits for a
//! mail server, or tells by its time whether a mail went out (CWE-208).

use crate::app::App;
use crate::mail::{Mail, Message};

/// Sends a mail once the answer is on its way; where the platform freezes after
/// the answer, its runtime waits for the background before it.
pub(super) fn post(app: &App, to: &str, name: &str, message: Message) {
    let mailer = app.mailer.clone();
    let mail = Mail {
        to: to.to_owned(),
        name: name.to_owned(),
        message,
    };
    app.background
        .spawn(async move { mailer.send(&mail).await });
}
