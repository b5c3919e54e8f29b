//! A browser that has signed in before, named by a random id.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Characters of an id: 16 bytes in base64url without padding.
const LEN: usize = 22;

/// Names a device; says nothing about whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId(String);

impl DeviceId {
    /// An id of 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As it came in; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (text.len() == LEN && text.bytes().all(alphabet)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_is_and_nothing_else() {
        let id = DeviceId::from_random([0xfe; 16]);
        assert_eq!(DeviceId::parse(id.as_str()), Some(id));
        for other in ["", "short", &"a".repeat(23), "aaaaaaaaaaaaaaaaaaaaa:"] {
            assert_eq!(DeviceId::parse(other), None, "{other}");
        }
    }
}
