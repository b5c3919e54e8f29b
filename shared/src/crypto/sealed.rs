//! What is kept in the database and must be readable by this service alone:
//! sealed with ChaCha20-Poly1305 (RFC 8439) under a key derived from `SECRET_KEY`,
//! and opened with that key or, while the secret is being rotated, the one before.
//!
//! The text is `v1.` and base64url of nonce and ciphertext. What is sealed is bound
//! to its context, so that it cannot be moved to another row.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::keys::SignedWith;

/// Bytes of a nonce. Random ones repeat once in 2^48 or so; keys are sealed a few
/// times a year.
pub const NONCE: usize = 12;

const VERSION: &str = "v1.";

/// The keys that seal and open.
#[derive(Clone)]
pub struct Sealing {
    current: LessSafeKey,
    previous: Option<LessSafeKey>,
}

/// What was sealed.
pub struct Opened {
    /// Its bytes.
    pub plain: Zeroizing<Vec<u8>>,
    /// Which key opened it: what the previous one opened should be sealed anew.
    pub with: SignedWith,
}

impl Sealing {
    pub(super) fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        Self {
            current: key(current),
            previous: previous.map(key),
        }
    }

    /// Seals `plain` for `context` under a random `nonce` that was never used before.
    /// `None` for more than 256 GiB.
    pub fn seal(&self, plain: &[u8], context: &str, nonce: [u8; NONCE]) -> Option<String> {
        // Sealed in place: no copy of the plain text stays behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(NONCE + plain.len() + 16));
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plain);
        let tag = self
            .current
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                bytes.get_mut(NONCE..)?,
            )
            .ok()?;
        bytes.extend_from_slice(tag.as_ref());
        Some(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&bytes)))
    }

    /// Opens what was sealed for `context`; `None` when it was not, or under another
    /// key, or was changed by a bit.
    pub fn open(&self, sealed: &str, context: &str) -> Option<Opened> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(VERSION)?).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
        let keys = [
            (Some(&self.current), SignedWith::Current),
            (self.previous.as_ref(), SignedWith::Previous),
        ];
        keys.into_iter().find_map(|(key, with)| {
            let mut plain = Zeroizing::new(ciphertext.to_vec());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let opened = key?.open_in_place(nonce, Aad::from(context), &mut plain);
            let length = opened.ok()?.len();
            plain.truncate(length);
            Some(Opened { plain, with })
        })
    }
}

fn key(bytes: &[u8; 32]) -> LessSafeKey {
    #[expect(
        clippy::expect_used,
        reason = "the algorithm's keys have 32 bytes (RFC 8439 §2.8)"
    )]
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, bytes).expect("32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];
    const PLAIN: &[u8] = b"a private key";

    #[test]
    fn sec_k2_what_is_sealed_opens_with_its_key_alone() {
        let sealed = Sealing::new(&OLD, None)
            .seal(PLAIN, "row", [7; NONCE])
            .unwrap();
        let opened = Sealing::new(&OLD, None).open(&sealed, "row").unwrap();
        assert_eq!(
            (opened.plain.as_slice(), opened.with),
            (PLAIN, SignedWith::Current)
        );
        let rotated = Sealing::new(&NEW, Some(&OLD)).open(&sealed, "row").unwrap();
        assert_eq!(
            (rotated.plain.as_slice(), rotated.with),
            (PLAIN, SignedWith::Previous)
        );
        assert!(Sealing::new(&NEW, None).open(&sealed, "row").is_none());
    }

    #[test]
    fn sec_k2_what_is_sealed_for_one_row_opens_in_no_other_and_never_changed() {
        let sealing = Sealing::new(&OLD, None);
        let sealed = sealing.seal(PLAIN, "row", [7; NONCE]).unwrap();
        assert!(sealing.open(&sealed, "another row").is_none());
        for at in 0..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert!(sealing.open(&other, "row").is_none(), "{at}");
        }
        for at in 0..sealed.len() {
            assert!(sealing.open(&sealed[..at], "row").is_none(), "{at}");
        }
    }

    #[test]
    fn the_text_tells_nothing_but_its_version() {
        let sealed = Sealing::new(&OLD, None)
            .seal(PLAIN, "row", [7; NONCE])
            .unwrap();
        assert!(sealed.starts_with("v1."));
        let bytes = URL_SAFE_NO_PAD.decode(&sealed[3..]).unwrap();
        assert_eq!(bytes.len(), NONCE + PLAIN.len() + 16);
        assert!(!bytes.windows(PLAIN.len()).any(|part| part == PLAIN));
    }
}
