//! A verifier that knows nothing but what is published.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::Value;

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn part(token: &str, at: usize) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    serde_json::from_slice(&decode(parts[at])).unwrap()
}

/// What a token says of itself.
pub(super) fn header(token: &str) -> Value {
    part(token, 0)
}

/// What it says of its user.
pub(super) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// Whether the published key of the token's name and algorithm verifies it.
pub(super) fn verifies(token: &str, keys: &[Value]) -> bool {
    let named = header(token);
    let same = |key: &&Value| key["kid"] == named["kid"] && key["alg"] == named["alg"];
    let Some(key) = keys.iter().find(same) else {
        return false;
    };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (message, signature) = (message.as_bytes(), decode(signature));
    let member = |name: &str| decode(key[name].as_str().unwrap());
    let verified = match key["kty"].as_str().unwrap() {
        "OKP" => UnparsedPublicKey::new(&ED25519, member("x")).verify(message, &signature),
        "EC" => {
            let point = [vec![4], member("x"), member("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature)
        }
        _ => RsaPublicKeyComponents {
            n: member("n"),
            e: member("e"),
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature),
    };
    verified.is_ok()
}
