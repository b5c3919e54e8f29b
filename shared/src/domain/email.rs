//! E-mail addresses: what a new account may have, what somebody types at sign-in,
//! and the form in which the two are compared.
//!
//! New addresses are plain ASCII, so nothing can look like them and be them.
//! Addresses that older systems left behind are let in as they are.

use std::fmt;

mod canonical;
#[cfg(test)]
mod tests;

pub use canonical::CanonicalEmail;
use canonical::ascii_domain;

/// RFC 5321 §4.5.3.1.3 allows 256 octets for a path, angle brackets included.
const MAX_OCTETS: usize = 254;

/// RFC 5321 §4.5.3.1.1.
const MAX_LOCAL_OCTETS: usize = 64;

/// The column of the database that accounts were taken over from: 255 characters
/// of up to four bytes.
const MAX_LOGIN_CHARS: usize = 255;
const MAX_LOGIN_BYTES: usize = 1020;

/// The text is not an e-mail address that will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid e-mail address")]
pub struct InvalidEmail;

/// A new account's address in canonical form: ASCII, lower case, an
/// internationalised domain as A-labels.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads what somebody typed; white space around it is dropped.
    ///
    /// The local part must be a dot-atom (RFC 5322 §3.2.3) of at most 64 octets,
    /// the domain a host name of two labels or more (UTS 46, non-transitional,
    /// STD3), the whole at most 254 octets. Quoted local parts and address
    /// literals are valid by the RFC and refused here: no provider hands them out.
    pub fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        let typed = raw.trim();
        if typed.len() > MAX_LOGIN_BYTES {
            return Err(InvalidEmail);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(InvalidEmail)?;
        let domain = ascii_domain(domain).ok_or(InvalidEmail)?;
        if !is_dot_atom(local) || !is_mail_domain(&domain) {
            return Err(InvalidEmail);
        }
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > MAX_OCTETS {
            return Err(InvalidEmail);
        }
        Ok(Self(canonical))
    }

    /// The canonical address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What a log may hold: `a***@example.com`.
    pub fn redacted(&self) -> String {
        redact(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// An address as somebody types it at sign-in, byte for byte, since accounts that
/// were taken over may differ in a space or in upper case alone.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginEmail {
    exact: String,
    canonical: CanonicalEmail,
}

impl LoginEmail {
    /// Accepts whatever has an `@` with something on both sides, at most 255
    /// characters (1,020 bytes) and no control characters: sign-up is where
    /// addresses are judged, here they are only looked up.
    pub fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        let too_long = raw.len() > MAX_LOGIN_BYTES || raw.chars().count() > MAX_LOGIN_CHARS;
        if too_long || raw.contains(char::is_control) {
            return Err(InvalidEmail);
        }
        let (local, domain) = raw.trim().rsplit_once('@').ok_or(InvalidEmail)?;
        if local.is_empty() || domain.is_empty() {
            return Err(InvalidEmail);
        }
        Ok(Self {
            exact: raw.to_owned(),
            canonical: CanonicalEmail::of(raw),
        })
    }

    /// The bytes that were typed.
    pub fn exact(&self) -> &str {
        &self.exact
    }

    /// The form in which it is compared when no account has these very bytes.
    pub fn canonical(&self) -> &CanonicalEmail {
        &self.canonical
    }

    /// What a log may hold: `a***@example.com`.
    pub fn redacted(&self) -> String {
        self.canonical.redacted()
    }
}

impl fmt::Debug for LoginEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// The first character and the domain; escaped, since old addresses may hold
/// anything and a log line must stay one line.
fn redact(address: &str) -> String {
    let (local, domain) = match address.rsplit_once('@') {
        Some((local, domain)) => (local, format!("@{domain}")),
        None => (address, String::new()),
    };
    let first: String = local.chars().take(1).collect();
    format!("{}***{}", first.escape_debug(), domain.escape_debug())
}

fn is_dot_atom(local: &str) -> bool {
    local.len() <= MAX_LOCAL_OCTETS
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

fn is_atext(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

/// A name below a top-level domain; `1.2.3.4` is an address and no name.
fn is_mail_domain(domain: &str) -> bool {
    domain
        .rsplit_once('.')
        .is_some_and(|(_, top)| !top.bytes().all(|b| b.is_ascii_digit()))
}
