//! The algorithms that sign.

use std::fmt;

use serde::{Serialize, Serializer};

/// An algorithm of JWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    /// Ed25519 (RFC 8037): small and fast. The reference's own choice.
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4): for verifiers without the first.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3): every verifier has it.
    Rs256,
}

impl Alg {
    /// By its name in the registry of JOSE algorithms, to the letter.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::EdDsa, Self::Es256, Self::Rs256]
            .into_iter()
            .find(|alg| alg.name() == name)
    }

    /// That name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for Alg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Alg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
