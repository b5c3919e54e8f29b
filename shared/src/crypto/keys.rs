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
    session_data: HmacSha256,
    forms: HmacSha256,
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
            session_data: mac(&derive(current, "doorkey session data v1")),
            forms: mac(&derive(current, "doorkey forms v1")),
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
        let is = |key: &HmacSha256| is_same(&signature(key, value), claimed);
        if is(&self.current) {
            return Some(SignedWith::Current);
        }
        self.previous
            .as_ref()
            .filter(|key| is(key))
            .map(|_| SignedWith::Previous)
    }

    /// The signature of cached session data: base64url without padding of
    /// HMAC-SHA256 with the key as it is, as Better Auth's cookie cache has it. No
    /// such text is ever a cookie's value that [`Keys::sign`] signs.
    pub fn sign_data(&self, text: &str) -> String {
        tag(&self.current, &[text])
    }

    /// Checks such a signature, in constant time. The previous key's counts for
    /// nothing: what it signed is a copy, and the original is at hand.
    pub fn verify_data(&self, text: &str, claimed: &str) -> bool {
        is_same(&self.sign_data(text), claimed)
    }

    /// What binds cached session data to the token it was made for: base64url.
    pub fn session_tag(&self, token: &str) -> String {
        tag(&self.session_data, &[token])
    }

    /// Checks that binding, in constant time.
    pub fn verify_session_tag(&self, token: &str, claimed: &str) -> bool {
        is_same(&self.session_tag(token), claimed)
    }

    /// A name for `subject` in the rate limiter's table that does not tell who
    /// it is to a reader of the table.
    pub fn rate_limit_name(&self, subject: &str) -> String {
        tag(&self.rate_limit, &[subject])
    }

    /// What proves that a device has signed in to an account: base64url. The
    /// parts are told apart by a byte that neither can hold.
    pub fn device_tag(&self, device: &str, account: &str) -> String {
        tag(&self.device, &[device, "\0", account])
    }

    /// What a form of ours holds to show that it is one: base64url, bound to the
    /// browser's cookie.
    pub fn form_tag(&self, cookie: &str) -> String {
        tag(&self.forms, &[cookie])
    }

    /// Checks that, in constant time.
    pub fn verify_form_tag(&self, cookie: &str, claimed: &str) -> bool {
        is_same(&self.form_tag(cookie), claimed)
    }

    /// What seals private keys for the database.
    pub fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Checks such a proof, in constant time.
    pub fn verify_device(&self, device: &str, account: &str, claimed: &str) -> bool {
        is_same(&self.device_tag(device, account), claimed)
    }
}

fn signature(key: &HmacSha256, value: &str) -> String {
    STANDARD.encode(key.clone().chain_update(value).finalize().into_bytes())
}

fn tag(key: &HmacSha256, parts: &[&str]) -> String {
    let mac = parts.iter().fold(key.clone(), HmacSha256::chain_update);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn is_same(expected: &str, claimed: &str) -> bool {
    expected.as_bytes().ct_eq(claimed.as_bytes()).into()
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

    #[test]
    fn signs_session_data_as_better_auth_does() {
        // Recorded from better-auth 1.7.25 with this secret, cookie cache on.
        let signed = concat!(
            r#"{"session":{"expiresAt":"2026-12-01T15:03:46.617Z","token":"Mx8hyeCEtzB0EjqUHyZG6J9xNAk8hD6Q","#,
            r#""createdAt":"2026-11-24T15:03:46.617Z","updatedAt":"2026-11-24T15:03:46.617Z","ipAddress":"","#,
            r#""userAgent":"","userId":"69W5cQk4stlT9I3skKpqgGs2Mta51Pr1","id":"Zaxeyz8eFWw1oTy9fE1v5repqb5DC8B4"},"#,
            r#""user":{"name":"cc","email":"cc@example.com","emailVerified":false,"image":null,"#,
            r#""createdAt":"2026-11-24T15:03:46.613Z","updatedAt":"2026-11-24T15:03:46.613Z","#,
            r#""id":"69W5cQk4stlT9I3skKpqgGs2Mta51Pr1"},"updatedAt":1795532626621,"version":"1","#,
            r#""expiresAt":1795532631621}"#
        );
        let keys = Keys::new(SECRET, None);
        let signature = keys.sign_data(signed);
        assert_eq!(signature, "2RQ1YjdnXchnv6CWqvV8x8GK0--lUkNF1RNht4zbCAI");
        assert!(keys.verify_data(signed, &signature));
        assert!(!keys.verify_data(&signed.replace("cc@", "dd@"), &signature));
    }

    #[test]
    fn sec_c8_session_data_of_the_previous_key_counts_for_nothing() {
        let old = b"an-older-secret-of-at-least-32-bytes";
        let signature = Keys::new(old, None).sign_data("{}");
        assert!(!Keys::new(SECRET, Some(old)).verify_data("{}", &signature));
    }

    #[test]
    fn sec_c3_session_data_is_bound_to_one_token() {
        let keys = Keys::new(SECRET, None);
        let tag = keys.session_tag("token");
        assert!(keys.verify_session_tag("token", &tag));
        assert!(!keys.verify_session_tag("Token", &tag));
        assert!(!keys.verify_session_tag("token", ""));
        assert_ne!(tag, keys.sign_data("token"), "under a key of its own");
    }
}
