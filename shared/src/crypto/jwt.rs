//! JSON Web Tokens (RFC 7519) as signed compact texts (RFC 7515), their keys, and
//! the lives of those.
//!
//! Small enough to write here: a token is two JSON objects and a signature. What
//! signs is *ring*; nothing here verifies, since other back ends do that.

mod alg;
mod cache;
mod key_set;
mod private;
mod public;
mod rsa_key;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

pub use alg::Alg;
pub use cache::{KeyCache, Turn};
pub use key_set::{AHEAD, KEPT, Key, KeySet, MOST};
pub use private::{PrivateKey, generate};
pub use public::PublicJwk;

/// How long a token is good: as long as the reference's.
pub const LIFE: Duration = Duration::from_mins(15);

/// A key cannot be made or read, or does not sign.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a signing key cannot be used")]
pub struct KeyError;

#[derive(Serialize)]
struct Header<'a> {
    alg: Alg,
    kid: &'a str,
}

/// The compact serialisation (RFC 7515 §7.1) of `claims`, signed. `kid` tells a
/// verifier which of the published keys it is.
pub fn sign(key: &PrivateKey, kid: &str, claims: &impl Serialize) -> Result<String, KeyError> {
    let header = Header {
        alg: key.alg(),
        kid,
    };
    let mut token = part(&header)?;
    token.push('.');
    token.push_str(&part(claims)?);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

fn part(value: &impl Serialize) -> Result<String, KeyError> {
    let json = serde_json::to_vec(value).map_err(|_| KeyError)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests;
