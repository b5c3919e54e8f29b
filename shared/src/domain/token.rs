//! The session token: the secret in the cookie, and the hash that is stored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Characters of a new session token: 32 bytes in base64url without padding.
pub const TOKEN_LEN: usize = 43;
/// Most characters of a token that was taken over.
pub const TOKEN_MAX: usize = 255;

/// A session's secret: 256 bits (OWASP ASVS 5.0 §7.2.3 asks for 128) as
/// base64url. Never stored, never printed, only ever in the cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A token of 32 random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A token as it came in, under a signature that says that it is ours; `None`
    /// when it cannot be one. Those taken over may have another length.
    pub fn parse(text: &str) -> Option<Self> {
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let fits = (1..=TOKEN_MAX).contains(&text.len());
        (fits && text.bytes().all(alphabet)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the cookie alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the database keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

/// A token as the first system set it: in a cookie without a signature, of any
/// characters. It opens only sessions that were taken over.
#[derive(Clone)]
pub struct LegacyToken(String);

impl LegacyToken {
    /// A token as it came in; `None` when the first system could not store it.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.chars().nth(TOKEN_MAX).is_none();
        fits.then(|| Self(text.to_owned()))
    }

    /// What the database keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The same secret, for a signed cookie to carry from now on; `None` when it
    /// has characters that one of ours cannot have.
    pub fn to_session_token(&self) -> Option<SessionToken> {
        SessionToken::parse(&self.0)
    }
}

impl fmt::Debug for LegacyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyToken(…)")
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// SHA-256 of a session token. A fast hash is enough: the token has 256 bits of
/// its own, so a dump of the database lets nobody guess it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Of a token in clear.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// 64 lower-case hex digits, as stored on every database.
    pub fn to_hex(self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut out, b| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{b:02x}");
            out
        })
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_c1_a_token_has_256_bits_and_only_its_hash_can_be_stored() {
        let token = SessionToken::from_random([7; 32]);
        assert_eq!(token.expose().len(), TOKEN_LEN);
        assert_eq!(SessionToken::parse(token.expose()), Some(token.clone()));
        let hex = token.hash().to_hex();
        // printf %s BwcH…Bwc | sha256sum
        assert_eq!(
            hex,
            "dc4bf80c77473d130fa0de86ba4018fe98bb214005e6a5891d12ba91446f9e81"
        );
        assert!(!hex.contains(token.expose()));
    }

    #[test]
    fn sec_a7_tokens_and_hashes_cannot_be_printed() {
        let token = SessionToken::from_random([7; 32]);
        let shown = format!("{token:?} {:?}", token.hash());
        assert_eq!(shown, "SessionToken(…) TokenHash(…)");
    }

    #[test]
    fn what_is_not_a_token_is_refused() {
        let token = SessionToken::from_random([7; 32]);
        let foreign = token.expose().replacen('B', "+", 1);
        for text in ["", &"A".repeat(256), &foreign, &"é".repeat(21)] {
            assert_eq!(SessionToken::parse(text), None, "{text}");
        }
    }
}
