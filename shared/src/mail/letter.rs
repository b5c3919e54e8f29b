//! A mail that is written and addressed, ready for any transport.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mime, MultiPart};

use super::failure::Failure;
use super::{Mail, Stamp};
use crate::config::Sender;
use crate::domain::email::CanonicalEmail;
use crate::templates::{Renderer, Texts, Values};

/// RFC 3834 §5: so that holiday notices are not sent back.
pub(super) const AUTO_SUBMITTED: (&str, &str) = ("Auto-Submitted", "auto-generated");

/// A mail with its texts.
pub(super) struct Letter {
    /// The recipient as the account has it, for outboxes.
    pub(super) to: String,
    /// The recipient, if mail can go there.
    pub(super) recipient: Option<Address>,
    /// The sender with a name.
    pub(super) from: Mailbox,
    /// What it says.
    pub(super) texts: Texts,
    /// Tells it from all other mails: 32 hex digits.
    pub(super) id: String,
    since_epoch: Duration,
}

impl Letter {
    /// Writes a mail.
    pub(super) fn write(
        mail: &Mail,
        stamp: Stamp,
        renderer: &Renderer,
        service: &str,
        from: &Sender,
    ) -> Result<Self, Failure> {
        let values = Values {
            service,
            name: &mail.name,
            email: &mail.to,
            link: mail.message.link(),
            valid: mail.message.valid(),
            new_email: mail.message.new_email(),
        };
        let address = from.address.parse();
        let address = address.map_err(|_| Failure::permanent("MAIL_FROM is no address"))?;
        let name = from.name.clone().unwrap_or_else(|| service.to_owned());
        Ok(Self {
            to: mail.to.clone(),
            recipient: recipient(&mail.to),
            from: Mailbox::new(Some(name), address),
            texts: renderer.render(mail.message.kind(), &values)?,
            id: format!("{:032x}", u128::from_be_bytes(stamp.id)),
            since_epoch: Duration::from_millis(stamp.at.millis().try_into().unwrap_or_default()),
        })
    }

    /// The recipient.
    ///
    /// # Errors
    /// The address is one that no mail can go to: accounts that were taken over may
    /// have anything.
    pub(super) fn recipient(&self) -> Result<&Address, Failure> {
        let none = || Failure::permanent("the recipient's address is none that mail can go to");
        self.recipient.as_ref().ok_or_else(none)
    }

    /// As a MIME message. The library encodes whatever is not plain in a header.
    pub(super) fn mime(&self) -> Result<Mime, Failure> {
        let (name, value) = AUTO_SUBMITTED;
        let auto = HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let domain = self.from.email.domain();
        Mime::builder()
            .from(self.from.clone())
            .to(self.recipient()?.clone().into())
            .subject(self.texts.subject.clone())
            .date(UNIX_EPOCH + self.since_epoch)
            .message_id(Some(format!("<{}@{domain}>", self.id)))
            .raw_header(auto)
            .multipart(MultiPart::alternative_plain_html(
                self.texts.text.clone(),
                self.texts.html.clone(),
            ))
            .map_err(|_| Failure::permanent("it cannot be put into a message"))
    }
}

/// The address with its domain as A-labels, its local part as it is. White space,
/// quotes and brackets would be something else to the server than to us.
fn recipient(to: &str) -> Option<Address> {
    let (local, _) = to.trim().rsplit_once('@')?;
    let canonical = CanonicalEmail::of(to);
    let (_, domain) = canonical.as_str().rsplit_once('@')?;
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"<>()[]\\,;:@".contains(c);
    if !local.chars().all(is_plain) || !domain.is_ascii() {
        return None;
    }
    Address::new(local, domain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_addresses_are_written_to_where_that_can_be_done() {
        let to = |text: &str| recipient(text).map(|address| address.to_string());
        for (typed, expected) in [
            ("Ann@Example.com", Some("Ann@example.com")),
            (" ann@example.com ", Some("ann@example.com")),
            ("ann@bücher.example", Some("ann@xn--bcher-kva.example")),
            ("ann@localhost", Some("ann@localhost")),
            ("ann", None),
            ("@example.com", None),
            ("ann@", None),
            ("a b@example.com", None),
            ("a@b@example.com", None),
            ("\"a b\"@example.com", None),
            ("<ann>@example.com", None),
            ("ann@exa mple.com", None),
            ("ann@example..com", None),
        ] {
            assert_eq!(to(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn sec_f4_no_address_ends_a_command_or_a_header() {
        for address in [
            "ann@example.com\r\nRCPT TO:<bob@example.com>",
            "ann\r\nBcc: bob@example.com",
            "ann\n@example.com",
            "ann\u{0}@example.com",
            "ann>,<bob@example.com",
            "ann,bob@example.com",
        ] {
            assert!(recipient(address).is_none(), "{address:?}");
        }
    }
}
