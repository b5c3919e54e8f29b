//! How mail is sent, and when a verified address is asked for.

use std::path::PathBuf;

use super::env::Reader;
use super::names;
use super::place::Place;

/// How mails leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// Where they go.
    pub to: MailTo,
    /// The sender, as it stands in `From`.
    pub from: String,
}

/// Where mails go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailTo {
    /// Into the log, links and all: for one's own machine.
    Log,
    /// Into a file, one JSON object a line.
    File(PathBuf),
}

/// When somebody must prove that they read mail at their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Signing in needs a verified address.
    pub required: bool,
    /// A link is mailed at sign-up.
    pub on_sign_up: bool,
}

pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> Option<MailSettings> {
    let to = reader.parsed(&names::MAIL_URL, |text| {
        if text == "log:" {
            return Ok(MailTo::Log);
        }
        text.strip_prefix("file:")
            .map(|path| MailTo::File(path.into()))
            .ok_or_else(|| "must begin with file: or be log:".to_owned())
    });
    let to = to.or((!place.production).then_some(MailTo::Log))?;
    let from = reader
        .text(&names::MAIL_FROM)
        .unwrap_or("no-reply@localhost");
    Some(MailSettings {
        to,
        from: from.to_owned(),
    })
}

pub(super) fn verification(reader: &mut Reader<'_>, has_mail: bool) -> Verification {
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
