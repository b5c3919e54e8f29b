use super::*;

// Made with Python's bcrypt 4.0.1 and hashlib.scrypt.
const A: &str = "$2a$04$Q6IZs5oaV4rPspNdqf4aAeSK//Iu8fxaOPzPd1o6WolyirHCxCAU6";
const B: &str = "$2b$04$nWk10sLxKXyZ.AkQxa2t5u.tMdVJvsSV3Mgdp3Bv7rMzMWOKXgb5u";
const DECOMPOSED: &str = "$2b$04$jC8vLVhQBwK4TaCyXxaxs.7gT.eQ0ya7mje2t14u8VyLkE2Mocn5K";
const LONG: &str = "$2b$04$UmIZbZxh.Ku0PQ0e1JhvpOPEV5fWCu2KapwcGI5EaXshQ1pP3RNha";
const SCRYPT_PLAIN: &str = "00112233445566778899aabbccddeeff:e4415c4f0f3ef52c354385cc5759e0ef7298236fd91aba16cf9b381c10dc11515d10f298ab4b78aaeffccdf977e8fabed1016643fea03e27caf732c8b00ebdae";
const SCRYPT_NFKC: &str = "00112233445566778899aabbccddeeff:0964eb2b41623f80fc698db36dabe29d8cb83c37434a98cf509f17fd699f298a49a18530b8b1af31c16553bd820421c76a0cf877bdb58b97302d5e281dcaebc2";

fn verify(stored: &str, typed: &str) -> bool {
    let hash = StoredHash::parse(stored).unwrap();
    let password = LoginPassword::parse(typed).unwrap();
    let arenas = Arenas::default();
    let forms = hash.candidates(&password);
    forms.iter().any(|form| hash.verify(&arenas, form).unwrap())
}

#[test]
fn sec_a6_bcrypt_of_every_ident_verifies() {
    for ident in ["2a", "2b", "2x", "2y"] {
        let stored = B.replacen("2b", ident, 1);
        assert!(verify(&stored, "correct-horse"), "{ident}");
        assert!(!verify(&stored, "correct-horsE"), "{ident}");
    }
    assert!(verify(A, "correct-horse"));
}

#[test]
fn sec_a6_bcrypt_counts_the_first_72_bytes_as_it_always_did() {
    assert!(verify(LONG, &"x".repeat(80)));
    assert!(verify(LONG, &"x".repeat(72)));
    assert!(!verify(LONG, &"x".repeat(71)));
}

#[test]
fn sec_a6_a_password_that_was_never_normalised_verifies_as_typed() {
    assert!(verify(DECOMPOSED, "pa\u{308}sswo\u{308}rd-lang"));
}

#[test]
fn sec_a6_better_auths_scrypt_verifies() {
    assert!(verify(SCRYPT_PLAIN, "correct-horse"));
    assert!(!verify(SCRYPT_PLAIN, "correct-horsE"));
    assert!(verify(SCRYPT_NFKC, "\u{fb01}ne-horse-battery"));
    assert!(verify(SCRYPT_NFKC, "fine-horse-battery"));
}

#[test]
fn sec_a6_unused_bits_that_are_set_do_not_matter() {
    let mut odd = B.to_owned();
    let last = odd.remove(28);
    let at = BCRYPT_ALPHABET
        .iter()
        .position(|b| char::from(*b) == last)
        .unwrap();
    odd.insert(28, char::from(BCRYPT_ALPHABET[at | 1]));
    assert_ne!(odd, B);
    assert!(verify(&odd, "correct-horse"));
}

#[test]
fn sec_a6_what_is_malformed_disabled_or_too_dear_is_no_hash() {
    for bad in [
        "",
        "!",
        "*",
        "x",
        ":",
        "disabled",
        "$",
        "$2b$",
        "$2b$12$",
        "$2b$12$short",
        &B.replacen("$04$", "$31$", 1),
        &B.replacen("$04$", "$16$", 1),
        &B.replacen("$04$", "$xx$", 1),
        &B.replacen("2b", "2z", 1),
        &format!("{B}x"),
        &format!("{}é", &B[..58]),
        &SCRYPT_PLAIN[..SCRYPT_PLAIN.len() - 1],
        &SCRYPT_PLAIN.replace(':', ";"),
        &format!("g{SCRYPT_PLAIN}"),
        "$1$salt$hash",
        "pbkdf2_sha256$1$a$b",
    ] {
        assert!(StoredHash::parse(bad).is_none(), "{bad}");
    }
}
