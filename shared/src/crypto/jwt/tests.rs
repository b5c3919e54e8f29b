//! Tokens and keys against the RFCs' own examples, and against *ring*'s verifiers.

use std::sync::LazyLock;

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::{Value, json};

use super::*;

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

const SEED: [u8; 32] = [7; 32];

/// Made once for all cases: finding its primes takes a second.
static RSA: LazyLock<Vec<u8>> = LazyLock::new(|| generate(Alg::Rs256, &SEED).unwrap().to_vec());

fn made(alg: Alg) -> PrivateKey {
    if alg == Alg::Rs256 {
        return PrivateKey::read(alg, &RSA).unwrap();
    }
    PrivateKey::read(alg, &generate(alg, &SEED).unwrap()).unwrap()
}

/// Whether the published key verifies it, as a verifier that knows nothing else
/// would find.
fn verifies(public: &PublicJwk, message: &str, signature: &str) -> bool {
    let (message, signature) = (message.as_bytes(), decode(signature));
    match public {
        PublicJwk::EdDsa { x, .. } => UnparsedPublicKey::new(&ED25519, decode(x))
            .verify(message, &signature)
            .is_ok(),
        PublicJwk::Es256 { x, y, .. } => {
            let point = [vec![4], decode(x), decode(y)].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &signature)
                .is_ok()
        }
        PublicJwk::Rs256 { n, e, .. } => {
            let (n, e) = (decode(n), decode(e));
            RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature)
                .is_ok()
        }
    }
}

#[test]
fn ed25519_signs_as_rfc_8037_shows() {
    // Appendix A.1 to A.4.
    let seed = decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let key = PrivateKey::read(Alg::EdDsa, &seed).unwrap();
    let PublicJwk::EdDsa { crv, x, kty, kid } = key.public().unwrap() else {
        panic!("another kind of key");
    };
    assert_eq!((crv.as_str(), kty.as_str()), ("Ed25519", "OKP"));
    assert_eq!(x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert_eq!(
        URL_SAFE_NO_PAD.encode(key.sign(message).unwrap()),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
}

#[test]
fn a_keys_name_is_its_thumbprint_as_rfc_7638_shows() {
    // Section 3.1.
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let key = PublicJwk::rsa(&decode(n), &decode("AQAB"));
    assert_eq!(key.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn every_algorithms_tokens_verify_with_the_published_key_and_not_when_changed() {
    for alg in [Alg::EdDsa, Alg::Es256, Alg::Rs256] {
        let key = made(alg);
        let public = key.public().unwrap();
        let claims = json!({"sub": "ann", "name": "Zoë"});
        let token = sign(&key, public.kid(), &claims).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = message.split_once('.').unwrap();
        assert!(verifies(&public, message, signature), "{alg}");
        assert!(!verifies(&public, &message[1..], signature), "{alg}");
        let header: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!(header, json!({"alg": alg.name(), "kid": public.kid()}));
        let payload: Value = serde_json::from_slice(&decode(payload)).unwrap();
        assert_eq!(payload, claims);
    }
}

#[test]
fn published_keys_have_the_references_members_and_are_read_back() {
    let members: [(Alg, &[&str]); 3] = [
        (Alg::EdDsa, &["alg", "crv", "kid", "kty", "x"]),
        (Alg::Es256, &["alg", "crv", "kid", "kty", "x", "y"]),
        (Alg::Rs256, &["alg", "e", "kid", "kty", "n"]),
    ];
    for (alg, members) in members {
        let public = made(alg).public().unwrap();
        let json = serde_json::to_value(&public).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(names, members, "{alg}");
        assert_eq!(serde_json::from_value::<PublicJwk>(json).unwrap(), public);
        assert_eq!(public.alg(), alg);
    }
}

#[test]
fn sec_k2_nothing_of_a_private_half_is_ever_published() {
    let json = json!({"alg": "EdDSA", "crv": "Ed25519", "x": "x", "kty": "OKP", "kid": "k", "d": "secret"});
    let public: PublicJwk = serde_json::from_value(json).unwrap();
    let text = serde_json::to_string(&public).unwrap();
    assert!(!text.contains("secret"), "{text}");
    assert!(!format!("{public:?}").contains("secret"));
}

#[test]
fn rsa_keys_have_2048_bits_and_are_told_by_their_seed() {
    assert_eq!(*RSA, *generate(Alg::Rs256, &SEED).unwrap());
    let key = made(Alg::Rs256);
    let PublicJwk::Rs256 { n, e, .. } = key.public().unwrap() else {
        panic!("another kind of key");
    };
    assert_eq!((decode(&n).len(), e.as_str()), (256, "AQAB"));
}

#[test]
fn what_is_no_key_is_refused() {
    for alg in [Alg::EdDsa, Alg::Es256, Alg::Rs256] {
        assert!(PrivateKey::read(alg, b"").is_err(), "{alg}");
        assert!(PrivateKey::read(alg, &[0; 31]).is_err(), "{alg}");
    }
    let other = generate(Alg::Es256, &[0; 32]).unwrap();
    assert!(PrivateKey::read(Alg::Rs256, &other).is_err());
}

#[test]
fn algorithms_are_known_by_their_exact_names_alone() {
    assert_eq!(Alg::parse("EdDSA"), Some(Alg::EdDsa));
    for name in ["none", "None", "HS256", "eddsa", "ES256 ", "RS512", ""] {
        assert_eq!(Alg::parse(name), None, "{name}");
    }
}
