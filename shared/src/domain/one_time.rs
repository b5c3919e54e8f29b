//! Tokens in mailed links: what they are for, and how long they work.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token::TokenHash;

/// Characters of a token: 32 bytes in base64url without padding.
const LEN: usize = 43;

/// What a link does. A token of one purpose is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that somebody reads mail at their address.
    VerifyEmail,
    /// The same at the address that is to become theirs.
    ChangeEmail,
    /// Sets a new password.
    ResetPassword,
    /// Deletes the account.
    DeleteUser,
}

impl Purpose {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ChangeEmail => "change-email",
            Self::ResetPassword => "reset-password",
            Self::DeleteUser => "delete-user",
        }
    }

    /// From its name in the database.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::VerifyEmail,
            Self::ChangeEmail,
            Self::ResetPassword,
            Self::DeleteUser,
        ]
        .into_iter()
        .find(|purpose| purpose.as_str() == name)
    }

    /// How long a link works: as long as Better Auth's.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail | Self::ChangeEmail | Self::ResetPassword => Duration::from_hours(1),
            Self::DeleteUser => Duration::from_hours(24),
        }
    }
}

/// The secret in a mailed link: 256 bits, of which the database has the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken(String);

impl OneTimeToken {
    /// A token of 32 random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As it came in; `None` when it cannot be one, which costs no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (text.len() == LEN && text.bytes().all(alphabet)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the link alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the database keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_f1_a_token_has_256_bits_and_cannot_be_printed() {
        let token = OneTimeToken::from_random([9; 32]);
        assert_eq!(token.expose().len(), LEN);
        assert_eq!(OneTimeToken::parse(token.expose()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "OneTimeToken(…)");
        assert!(!token.hash().to_hex().contains(token.expose()));
    }

    #[test]
    fn what_is_not_a_token_is_refused() {
        let token = OneTimeToken::from_random([9; 32]);
        let longer = format!("{}A", token.expose());
        let foreign = token.expose().replacen('C', "+", 1);
        for text in ["", "nope", &longer, &foreign, &"é".repeat(22)] {
            assert_eq!(OneTimeToken::parse(text), None, "{text}");
        }
    }
}
