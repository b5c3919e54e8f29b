//! The halves that sign. Made of bytes that nobody can foresee, kept as bytes that
//! somebody else seals, read into *ring*'s key pairs, which check them.

use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use zeroize::Zeroizing;

use super::{Alg, KeyError, PublicJwk, rsa_key};

/// Uncompressed points begin with this byte (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;
const COORDINATE: usize = 32;

/// A key that signs. It cannot be printed.
pub enum PrivateKey {
    /// Ed25519.
    EdDsa(Ed25519KeyPair),
    /// P-256.
    Es256(EcdsaKeyPair),
    /// RSA of 2048 bits.
    Rs256(RsaKeyPair),
}

/// The bytes of a new key: Ed25519's seed, or PKCS#8. Takes a moment for RSA: not
/// for a thread that serves others.
///
/// *ring* lets nobody else's randomness make a P-256 key: it asks the system itself.
pub fn generate(alg: Alg, seed: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    match alg {
        Alg::EdDsa => Ok(Zeroizing::new(seed.to_vec())),
        Alg::Es256 => {
            let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let made = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new());
            let made = made.map_err(|_| KeyError)?;
            Ok(Zeroizing::new(made.as_ref().to_vec()))
        }
        Alg::Rs256 => rsa_key::generate(seed),
    }
}

impl PrivateKey {
    /// From what [`generate`] gave.
    pub fn read(alg: Alg, bytes: &[u8]) -> Result<Self, KeyError> {
        let key = match alg {
            Alg::EdDsa => Ed25519KeyPair::from_seed_unchecked(bytes).map(Self::EdDsa),
            Alg::Es256 => {
                let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
                EcdsaKeyPair::from_pkcs8(curve, bytes, &SystemRandom::new()).map(Self::Es256)
            }
            Alg::Rs256 => RsaKeyPair::from_pkcs8(bytes).map(Self::Rs256),
        };
        key.map_err(|_| KeyError)
    }

    /// What it signs with.
    pub const fn alg(&self) -> Alg {
        match self {
            Self::EdDsa(_) => Alg::EdDsa,
            Self::Es256(_) => Alg::Es256,
            Self::Rs256(_) => Alg::Rs256,
        }
    }

    /// The half to publish.
    pub fn public(&self) -> Result<PublicJwk, KeyError> {
        Ok(match self {
            Self::EdDsa(key) => PublicJwk::ed25519(key.public_key().as_ref()),
            Self::Es256(key) => {
                let point = key.public_key().as_ref().split_first();
                match point.map(|(form, xy)| (*form, xy.split_at_checked(COORDINATE))) {
                    Some((UNCOMPRESSED, Some((x, y)))) => PublicJwk::p256(x, y),
                    _ => return Err(KeyError),
                }
            }
            Self::Rs256(key) => {
                let PublicKeyComponents { n, e } =
                    PublicKeyComponents::<Vec<u8>>::from(key.public());
                PublicJwk::rsa(&n, &e)
            }
        })
    }

    /// The signature of `message`, in the form that JWS has it.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::EdDsa(key) => Ok(key.sign(message).as_ref().to_vec()),
            Self::Es256(key) => {
                let signature = key.sign(&SystemRandom::new(), message);
                Ok(signature.map_err(|_| KeyError)?.as_ref().to_vec())
            }
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(|_| KeyError)?;
                Ok(signature)
            }
        }
    }
}
