//! Public keys as JSON Web Keys (RFC 7517), with the reference's members and no
//! others: whatever else may stand in the database is not published.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Alg;

/// A key that verifies. `kid` is its thumbprint (RFC 7638), so that no two keys can
/// have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alg")]
pub enum PublicJwk {
    /// RFC 8037 §2.
    #[serde(rename = "EdDSA")]
    EdDsa {
        /// `Ed25519`.
        crv: String,
        /// The key, 32 bytes.
        x: String,
        /// `OKP`.
        kty: String,
        /// Names the key.
        kid: String,
    },
    /// RFC 7518 §6.2.1.
    #[serde(rename = "ES256")]
    Es256 {
        /// `P-256`.
        crv: String,
        /// 32 bytes.
        x: String,
        /// 32 bytes.
        y: String,
        /// `EC`.
        kty: String,
        /// Names the key.
        kid: String,
    },
    /// RFC 7518 §6.3.1.
    #[serde(rename = "RS256")]
    Rs256 {
        /// The modulus, without leading zeros.
        n: String,
        /// The exponent.
        e: String,
        /// `RSA`.
        kty: String,
        /// Names the key.
        kid: String,
    },
}

impl PublicJwk {
    /// Of Ed25519's 32 bytes.
    pub(super) fn ed25519(x: &[u8]) -> Self {
        let x = encode(x);
        Self::EdDsa {
            kid: thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)),
            crv: "Ed25519".into(),
            kty: "OKP".into(),
            x,
        }
    }

    /// Of the two coordinates of a point on P-256.
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (encode(x), encode(y));
        Self::Es256 {
            kid: thumbprint(&format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#
            )),
            crv: "P-256".into(),
            kty: "EC".into(),
            x,
            y,
        }
    }

    /// Of a modulus and an exponent, big-endian without leading zeros.
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Self {
        let (n, e) = (encode(n), encode(e));
        Self::Rs256 {
            kid: thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)),
            kty: "RSA".into(),
            n,
            e,
        }
    }

    /// Names the key.
    pub fn kid(&self) -> &str {
        match self {
            Self::EdDsa { kid, .. } | Self::Es256 { kid, .. } | Self::Rs256 { kid, .. } => kid,
        }
    }

    /// What it verifies.
    pub const fn alg(&self) -> Alg {
        match self {
            Self::EdDsa { .. } => Alg::EdDsa,
            Self::Es256 { .. } => Alg::Es256,
            Self::Rs256 { .. } => Alg::Rs256,
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Of the required members, in the order of their names, without white space.
fn thumbprint(members: &str) -> String {
    encode(&Sha256::digest(members))
}
