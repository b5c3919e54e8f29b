//! Finding the two primes of an RSA key, which *ring* does not do.
//!
//! This is all that the `rsa` crate is for here: it never signs and never decrypts.
//! RUSTSEC-2023-0071 (the time that its private-key operations take tells of the key,
//! to whoever has many of them done) is therefore none of ours: *ring* does those.

use hmac::{Hmac, Mac as _};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{CryptoRng, Error, RngCore};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeyError;
use crate::crypto::keys::mac;

/// What RFC 7518 §3.3 asks for at least: the strength of 112 bits (NIST SP 800-57).
const BITS: usize = 2048;

/// A new key as PKCS#8, the same for the same seed.
pub(super) fn generate(seed: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut stream = Expanded {
        key: mac(seed),
        block: 0,
    };
    let key = RsaPrivateKey::new(&mut stream, BITS).map_err(|_| KeyError)?;
    let document = key.to_pkcs8_der().map_err(|_| KeyError)?;
    Ok(document.to_bytes())
}

/// Any amount of randomness from 32 bytes of it: HMAC-SHA256 of a counter (NIST SP
/// 800-108r1 §4.1). The search asks for some 100 KB, and has no way to be told that
/// the system's own source failed in the middle.
struct Expanded {
    key: Hmac<Sha256>,
    block: u64,
}

impl RngCore for Expanded {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for part in dest.chunks_mut(32) {
            let counter = self.block.to_be_bytes();
            let block = self.key.clone().chain_update(counter).finalize();
            self.block += 1;
            for (to, from) in part.iter_mut().zip(block.into_bytes()) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Expanded {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_parts_of_the_stream_are_alike() {
        let mut stream = Expanded {
            key: mac(&[1; 32]),
            block: 0,
        };
        let mut long = [0; 100];
        stream.fill_bytes(&mut long);
        let mut again = [0; 100];
        stream.fill_bytes(&mut again);
        let parts: std::collections::BTreeSet<&[u8]> =
            long.chunks(4).chain(again.chunks(4)).collect();
        assert_eq!(parts.len(), 50);
        assert_ne!(stream.next_u32(), stream.next_u32());
        assert_ne!(stream.next_u64(), stream.next_u64());
    }
}
