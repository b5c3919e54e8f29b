//! The one form under which addresses count as the same. It exists for every
//! string, since the addresses of accounts that were taken over keep no rules.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

#[cfg(test)]
mod tests;

/// No host name of 253 characters takes more in Unicode; beyond it the work of
/// UTS 46 is not worth beginning.
const MAX_UNICODE_DOMAIN_BYTES: usize = 1020;

/// What NFC would turn into ASCII: the Greek question mark (`;`), the Greek varia
/// (a backtick) and the Kelvin sign (`K`).
const ASCII_BY_NFC: [char; 3] = ['\u{37E}', '\u{1FEF}', '\u{212A}'];

/// What case folding turns into ASCII letters: the long s, the Kelvin sign and the
/// Latin ligatures. No keyboard makes them and no registry sells them; they are
/// there to look like somebody else's name (the flaw of GitHub's reset in 2019).
const ASCII_BY_CASE: [char; 9] = [
    '\u{17F}', '\u{212A}', '\u{FB00}', '\u{FB01}', '\u{FB02}', '\u{FB03}', '\u{FB04}', '\u{FB05}',
    '\u{FB06}',
];

/// An address made comparable. Two equal ones are one mailbox; the form itself is
/// not always an address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CanonicalEmail(String);

impl CanonicalEmail {
    /// The form of any string: white space around it dropped; before the last `@`
    /// NFC and ASCII lower case only, so that no look-alike of an ASCII letter
    /// becomes one; after it the domain's A-labels, or the same as before the `@`
    /// where the domain is not a host name.
    ///
    /// It is the address itself for every [`Email`](super::Email), and its own
    /// form.
    pub fn of(raw: &str) -> Self {
        let trimmed = raw.trim();
        Self(match trimmed.rsplit_once('@') {
            None => lower(trimmed),
            Some((local, domain)) => {
                let domain = ascii_domain(domain).unwrap_or_else(|| lower(domain));
                format!("{}@{domain}", lower(local))
            }
        })
    }

    /// The form, as it is stored and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a log may hold: `a***@example.com`.
    pub fn redacted(&self) -> String {
        super::redact(&self.0)
    }
}

impl fmt::Debug for CanonicalEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// A domain's A-labels in lower case (UTS 46, non-transitional, STD3, DNS
/// lengths); `None` where it is no host name.
pub(super) fn ascii_domain(domain: &str) -> Option<String> {
    let domain = nfc(domain);
    if domain.len() > MAX_UNICODE_DOMAIN_BYTES || domain.contains(ASCII_BY_CASE) {
        return None;
    }
    // Hyphens in third and fourth place are in use outside of A-labels, too.
    Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// NFC and ASCII lower case. NFC again, as some letters take an accent only in
/// lower case (`H` and a line below stay two, `h` and a line below are one).
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    nfc(&nfc(text).to_ascii_lowercase())
}

/// NFC that makes no ASCII out of anything else.
fn nfc(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut normal = String::with_capacity(text.len());
    for piece in text.split_inclusive(ASCII_BY_NFC) {
        let body = piece.strip_suffix(ASCII_BY_NFC).unwrap_or(piece);
        normal.extend(body.nfc());
        if body.len() < piece.len() {
            normal.extend(piece.chars().next_back());
        }
    }
    normal
}
