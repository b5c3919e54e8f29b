//! What is derived from `SECRET_KEY`: cookie signatures with the key as it is,
//! so that `better-auth/cookies` can check them; everything else by HKDF
//! (RFC 5869) with a label, so that no two uses share a key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::sealed::Sealing;

type HmacSha256 = Hmac<Sha256>;

const SEALING: &str = "doorkey signing keys v1";

/// Which key a signature was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedWith {
    /// Today's.
    Current,
    /// The one before: still good, to be replaced.
    Previous,
}

/// All keys of a process.
#[derive(Clone)]
pub struct Keys {
    current: HmacSha256,
    previous: Option<HmacSha256>,
    rate_limit: HmacSha256,
    device: HmacSha256,
    sealing: Sealing,
}

impl Keys {
    /// From the secret and, while it is being rotated, the one before.
    pub fn new(current: &[u8], previous: Option<&[u8]>) -> Self {
        Self {
            current: mac(current),
            previous: previous.map(mac),
            rate_limit: mac(&derive(current, "doorkey rate limit v1")),
            device: mac(&derive(current, "doorkey known device v1")),
            sealing: Sealing::new(
                &derive(current, SEALING),
                previous.map(|key| derive(key, SEALING)).as_ref(),
            ),
        }
    }

    /// The signature of a cookie's value: standard base64 of HMAC-SHA256, 44
    /// characters, as Better Auth writes it.
    pub fn sign(&self, value: &str) -> String {
        signature(&self.current, value)
    }

    /// Checks a signature, in constant time. The text must be exactly what
    /// [`Keys::sign`] writes: no other encoding of the same bytes passes.
    pub fn verify(&self, value: &str, claimed: &str) -> Option<SignedWith> {
        let is = |key: &HmacSha256| {
            bool::from(signature(key, value).as_bytes().ct_eq(claimed.as_bytes()))
        };
        if is(&self.current) {
            return Some(SignedWith::Current);
        }
        self.previous
            .as_ref()
            .filter(|key| is(key))
            .map(|_| SignedWith::Previous)
    }

    /// A name for `subject` in the rate limiter's table that does not tell who
    /// it is to a reader of the table.
    pub fn rate_limit_name(&self, subject: &str) -> String {
        let tag = self
            .rate_limit
            .clone()
            .chain_update(subject)
            .finalize()
            .into_bytes();
        URL_SAFE_NO_PAD.encode(tag)
    }

    /// What proves that a device has signed in to an account: base64url. The
    /// parts are told apart by a byte that neither can hold.
    pub fn device_tag(&self, device: &str, account: &str) -> String {
        let parts = self
            .device
            .clone()
            .chain_update(device)
            .chain_update([0])
            .chain_update(account);
        URL_SAFE_NO_PAD.encode(parts.finalize().into_bytes())
    }

    /// What seals private keys for the database.
    pub fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Checks such a proof, in constant time.
    pub fn verify_device(&self, device: &str, account: &str, claimed: &str) -> bool {
        self.device_tag(device, account)
            .as_bytes()
            .ct_eq(claimed.as_bytes())
            .into()
    }
}

fn signature(key: &HmacSha256, value: &str) -> String {
    STANDARD.encode(key.clone().chain_update(value).finalize().into_bytes())
}

pub(super) fn mac(key: &[u8]) -> HmacSha256 {
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes keys of every length (RFC 2104 §2)"
    )]
    HmacSha256::new_from_slice(key).expect("any key length")
}

fn derive(secret: &[u8], label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    #[expect(
        clippy::expect_used,
        reason = "HKDF gives up to 255 × 32 bytes (RFC 5869 §2.3)"
    )]
    Hkdf::<Sha256>::new(None, secret)
        .expand(label.as_bytes(), &mut key)
        .expect("32 bytes");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"reference-secret-0123456789abcdef0123456789abcdef";

    #[test]
    fn signs_as_better_auth_does() {
        // Recorded from better-auth 1.7.25 with this secret.
        let keys = Keys::new(SECRET, None);
        assert_eq!(
            keys.sign("true"),
            "DMih0Ea4/X1gQfhs1om7a2kReOl42fGKvCNWRF4rMrI="
        );
        let token = "fSIVoszkUDzLkdqcGrHa0J16NsHVRLjL";
        assert_eq!(
            keys.sign(token),
            "Fi6p7FknvhoY719L9zkh9CA0VZtsdQnsN5GFOIt08xI="
        );
    }

    #[test]
    fn sec_c3_only_the_exact_signature_passes() {
        let keys = Keys::new(SECRET, None);
        let good = keys.sign("token");
        assert_eq!(keys.verify("token", &good), Some(SignedWith::Current));
        let unpadded = good.trim_end_matches('=');
        let url_safe = good.replace('+', "-").replace('/', "_") + "=";
        for bad in [
            "",
            unpadded,
            &url_safe,
            &good[1..],
            &format!("{good}{good}"),
        ] {
            assert_eq!(keys.verify("token", bad), None, "{bad}");
        }
        assert_eq!(keys.verify("Token", &good), None);
    }

    #[test]
    fn sec_c8_the_previous_key_still_verifies_and_a_removed_one_does_not() {
        let old = Keys::new(b"an-older-secret-of-at-least-32-bytes", None).sign("token");
        let rotating = Keys::new(SECRET, Some(b"an-older-secret-of-at-least-32-bytes"));
        assert_eq!(rotating.verify("token", &old), Some(SignedWith::Previous));
        assert_eq!(Keys::new(SECRET, None).verify("token", &old), None);
    }

    #[test]
    fn sec_e4_a_device_is_known_to_one_account_alone() {
        let keys = Keys::new(SECRET, None);
        let tag = keys.device_tag("device", "ann@example.com");
        assert!(keys.verify_device("device", "ann@example.com", &tag));
        assert!(!keys.verify_device("device", "bob@example.com", &tag));
        assert!(!keys.verify_device("other", "ann@example.com", &tag));
        assert!(!keys.verify_device("device", "ann@example.com", ""));
        let other = Keys::new(b"another-secret-of-at-least-32-bytes!", None);
        assert!(!other.verify_device("device", "ann@example.com", &tag));
    }

    #[test]
    fn names_in_the_rate_limiter_do_not_tell_whose_they_are() {
        let name = Keys::new(SECRET, None).rate_limit_name("ann@example.com");
        assert_eq!(name.len(), 43);
        assert!(!name.contains("ann"));
        let other = Keys::new(b"another-secret-of-at-least-32-bytes!", None);
        assert_ne!(name, other.rate_limit_name("ann@example.com"));
    }
}
