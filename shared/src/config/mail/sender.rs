//! `MAIL_FROM`: who mails are from.

use lettre::Address;

/// The longest name of a sender, in characters: as `SERVICE_NAME`'s.
const LONGEST_NAME: usize = 60;

/// Who mails are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name that mail programs show; the service's where there is none.
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

impl Sender {
    /// Where nothing leaves the machine.
    pub(super) fn local() -> Self {
        Self {
            name: None,
            address: "no-reply@localhost".to_owned(),
        }
    }

    /// An address, or a name and an address in angle brackets.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let bracketed = text
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'));
        let (name, address) = bracketed.unwrap_or(("", text));
        let name = name.trim().trim_matches('"').trim();
        if name.contains(|c: char| c.is_control() || "<>".contains(c)) {
            return Err("has a name that holds < or > or a control character".to_owned());
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(format!("has a name of more than {LONGEST_NAME} characters"));
        }
        let address = address.trim();
        if !address.is_ascii() || address.contains('"') || address.parse::<Address>().is_err() {
            return Err("must be an address, or a name and then the address in < >".to_owned());
        }
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: address.to_owned(),
        })
    }
}
