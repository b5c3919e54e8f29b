//! Mails that use cases send: in the background, so that no answer waits for a
//! mail server, or tells by its time whether a mail went out (CWE-208).

use std::time::Duration;

use crate::app::App;
use crate::config::Platform;
use crate::mail::{Mail, Message};

/// How long an answer takes at least where it waits for the mail.
const FLOOR: Duration = Duration::from_secs(2);

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

/// Makes an answer that may or may not have sent a mail take about as long in both
/// cases. For use cases that must not tell whether an account exists: called on every
/// path, beside [`post`] and without it. [`super::links::mail`] does it by itself.
///
/// Only Lambda needs it: there the answer waits for the background. A server's
/// answer, and Vercel's, are out before. What it cannot hide is a mail server that
/// takes longer than two seconds.
pub(super) fn level(app: &App) {
    if let Some(floor) = floor(app.config.platform, app.mailer.is_on()) {
        app.background.spawn(tokio::time::sleep(floor));
    }
}

fn floor(platform: Platform, mails: bool) -> Option<Duration> {
    (platform == Platform::Lambda && mails).then_some(FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_b2_an_answer_that_waits_for_mail_has_a_floor_and_no_other_has() {
        assert_eq!(floor(Platform::Lambda, true), Some(FLOOR));
        assert_eq!(floor(Platform::Lambda, false), None);
        for platform in [Platform::Plain, Platform::Vercel, Platform::Space] {
            assert_eq!(floor(platform, true), None);
        }
    }
}
