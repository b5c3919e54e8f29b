//! How mail is sent, and when a verified address is asked for.

use std::path::Path;

use super::env::Reader;
use super::names;
use super::place::{Place, Platform};
use super::transport::SPACE_PORTS;
use crate::domain::origin::Origin;
use crate::templates::Templates;

mod mail_url;
mod sender;
#[cfg(test)]
mod tests;

pub use mail_url::{Credentials, HttpsMail, MailTo, Provider, SmtpServer, SmtpTls};
pub use sender::Sender;

/// How mails leave.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Where they go.
    pub to: MailTo,
    /// Who they are from.
    pub from: Sender,
}

/// When somebody must prove that they read mail at their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Signing in needs a verified address.
    pub required: bool,
    /// A link is mailed at sign-up.
    pub on_sign_up: bool,
}

/// Reads the settings; `None` where no mail can be sent, or after a fault.
///
/// A server behind a proxy of its own machine listens as one of a developer does;
/// its public URL tells that others use it, who would wait for mails in a log.
pub(super) fn settings(
    reader: &mut Reader<'_>,
    place: &Place,
    public_url: Option<&Origin>,
) -> Option<MailSettings> {
    let has_users = place.production || public_url.is_some_and(|url| !url.is_loopback());
    let to = reader.parsed(&names::MAIL_URL, MailTo::parse);
    let from = reader.parsed(&names::MAIL_FROM, Sender::parse);
    let to = match to {
        Some(to) => to,
        None if reader.is_set(&names::MAIL_URL) => return None,
        None if has_users => {
            reader.warn(
                names::MAIL_URL.name,
                "is not set: nobody can reset a password, verify an address, change it, or \
                 be told of a change",
            );
            return None;
        }
        None => MailTo::Log,
    };
    warn(reader, place, has_users, &to);
    if from.is_none() && to.leaves() && !reader.is_set(&names::MAIL_FROM) {
        reader.fault(&names::MAIL_FROM, "is not set: mails need a sender");
    }
    let from = from.unwrap_or_else(Sender::local);
    Some(MailSettings { to, from })
}

/// What works, and does not do what one may think.
fn warn(reader: &mut Reader<'_>, place: &Place, has_users: bool, to: &MailTo) {
    let text = match to {
        MailTo::Log if has_users => {
            "is log: whoever reads the log can open the links in mails, and nobody gets one"
        }
        MailTo::File(_) if place.platform.is_functions() => {
            "is a file, but a function's disk is neither kept nor shared"
        }
        MailTo::File(_) if has_users => "is a file: mails are kept there, and nobody gets one",
        MailTo::Smtp(server)
            if place.platform == Platform::Space && !SPACE_PORTS.contains(&server.port) =>
        {
            "is SMTP, and a Space reaches the outside on ports 80, 443 and 8080 only: use \
             resend:// or postmark://"
        }
        _ => return,
    };
    reader.warn(names::MAIL_URL.name, text);
}

/// Reads and tries out the templates.
pub(super) fn templates(reader: &mut Reader<'_>) -> Templates {
    let Some(folder) = reader.text(&names::TEMPLATES) else {
        return Templates::default();
    };
    Templates::read(Path::new(folder)).unwrap_or_else(|wrong| {
        for error in wrong {
            reader.fault(&names::TEMPLATES, format!("is wrong in {error}"));
        }
        Templates::default()
    })
}

pub(super) fn verification(reader: &mut Reader<'_>, has_mail: bool) -> Verification {
    let has_mail = has_mail || reader.is_set(&names::MAIL_URL);
    let required = reader.switch(&names::REQUIRE_EMAIL_VERIFICATION, false);
    let on_sign_up = reader.switch(&names::SEND_ON_SIGN_UP, has_mail);
    for (setting, on) in [
        (&names::REQUIRE_EMAIL_VERIFICATION, required),
        (&names::SEND_ON_SIGN_UP, on_sign_up),
    ] {
        if on && !has_mail {
            reader.fault(
                setting,
                "is on, and there is no MAIL_URL by which to send the link",
            );
        }
    }
    Verification {
        required,
        on_sign_up,
    }
}
