//! Passwords: what a new one must be, and how one is taken at sign-in.
//!
//! NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0 §6.2: length counts, not
//! composition; common and personal passwords are refused; nothing is truncated.

mod common;
mod personal;

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Most characters of a new password.
pub const MAX_NEW: usize = 128;
/// Most characters taken at sign-in: accounts taken over may have longer
/// passwords than new ones may.
pub const MAX_AT_SIGN_IN: usize = 1024;

/// Why a new password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Fewer characters than the minimum.
    #[error("Password too short")]
    TooShort,
    /// More than [`MAX_NEW`] characters.
    #[error("Password too long")]
    TooLong,
    /// In the list that attackers try first.
    #[error("This password is one of the most common ones. Choose another.")]
    TooCommon,
    /// Little more than the e-mail address, the name or the service's name.
    #[error("This password is too close to your name or e-mail address. Choose another.")]
    TooPersonal,
}

/// What a password must not lean on.
pub struct Context<'a> {
    /// The account's address.
    pub email: &'a str,
    /// The user's name.
    pub name: &'a str,
    /// The service's name.
    pub service: &'a str,
}

/// A new password that passed the policy, normalised to NFC.
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Checks `raw` against the policy: `min` (characters, counted after NFC) to
    /// [`MAX_NEW`], not common, not personal. Any Unicode is taken; there are no
    /// composition rules.
    pub fn parse(raw: &str, min: usize, context: &Context<'_>) -> Result<Self, PasswordRefused> {
        Self::check_length(raw, min)?;
        let normal: String = raw.nfc().collect();
        if common::is_common(&normal) {
            Err(PasswordRefused::TooCommon)
        } else if personal::is_personal(&normal, context) {
            Err(PasswordRefused::TooPersonal)
        } else {
            Ok(Self(normal.into()))
        }
    }

    /// Checks the length alone, which can be told before it is known whose it is.
    pub fn check_length(raw: &str, min: usize) -> Result<(), PasswordRefused> {
        // Normalising is linear, but a megabyte of it is still work for nothing.
        if raw.chars().nth(MAX_AT_SIGN_IN).is_some() {
            return Err(PasswordRefused::TooLong);
        }
        match raw.nfc().count() {
            n if n < min => Err(PasswordRefused::TooShort),
            n if n > MAX_NEW => Err(PasswordRefused::TooLong),
            _ => Ok(()),
        }
    }

    /// The bytes to hash.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// A password as typed at sign-in: none of the rules for new ones apply.
pub struct LoginPassword {
    raw: SecretString,
    normal: SecretString,
}

impl LoginPassword {
    /// Takes up to [`MAX_AT_SIGN_IN`] characters; `None` above.
    pub fn parse(raw: &str) -> Option<Self> {
        if raw.chars().nth(MAX_AT_SIGN_IN).is_some() {
            return None;
        }
        Some(Self {
            normal: raw.nfc().collect::<String>().into(),
            raw: raw.to_owned().into(),
        })
    }

    /// In NFC, as our own hashes were made.
    pub fn normalised(&self) -> &[u8] {
        self.normal.expose_secret().as_bytes()
    }

    /// In NFKC, as Better Auth's hashes were made.
    pub fn compatible(&self) -> Zeroizing<String> {
        Zeroizing::new(self.raw.expose_secret().nfkc().collect())
    }

    /// As typed, for hashes that other programs made.
    pub fn raw(&self) -> &[u8] {
        self.raw.expose_secret().as_bytes()
    }
}

macro_rules! unprintable {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
unprintable! { NewPassword LoginPassword }

#[cfg(test)]
mod tests;
