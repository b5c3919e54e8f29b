use super::*;

const WHO: Context<'_> = Context {
    email: "ann.smith@example.com",
    name: "Ann Smith",
    service: "chat.example",
};

fn check(raw: &str) -> Result<(), PasswordRefused> {
    NewPassword::parse(raw, 8, &WHO).map(|_| ())
}

#[test]
fn sec_a2_length_counts_characters_after_nfc_and_nothing_else_counts() {
    assert_eq!(check("pässwör"), Err(PasswordRefused::TooShort));
    assert_eq!(
        check("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}"),
        Err(PasswordRefused::TooShort)
    );
    assert_eq!(check(&"xy".repeat(64)), Ok(()));
    assert_eq!(check(&"x".repeat(129)), Err(PasswordRefused::TooLong));
    assert_eq!(check(&"🔑".repeat(128)), Ok(()));
    for any in [
        "        a",
        "日本語のパスワード",
        "nul\0in the middle",
        "  padded  ",
        "aaaaaaaaaaaaa",
    ] {
        assert_eq!(check(any), Ok(()), "{any}");
    }
    assert_eq!(
        NewPassword::parse("fourteen chars", 15, &WHO).map(|_| ()),
        Err(PasswordRefused::TooShort)
    );
}

#[test]
fn sec_a2_both_unicode_forms_are_one_password_and_nothing_is_cut() {
    let composed = NewPassword::parse("p\u{e4}ssword-lang", 8, &WHO).unwrap();
    let decomposed = LoginPassword::parse("pa\u{308}ssword-lang").unwrap();
    assert_eq!(composed.expose(), decomposed.normalised());
    assert_ne!(decomposed.raw(), decomposed.normalised());
    let long = "x".repeat(72) + "-and more\0and more";
    let kept = NewPassword::parse(&long, 8, &WHO).unwrap();
    assert_eq!(kept.expose(), long.as_bytes());
}

#[test]
fn sec_a3_common_and_personal_passwords_are_refused() {
    assert_eq!(check("password123"), Err(PasswordRefused::TooCommon));
    assert_eq!(check("Password123"), Err(PasswordRefused::TooCommon));
    for personal in [
        "ann.smith@example.com",
        "ANN.SMITH",
        "Ann Smith",
        "chat.example",
        "ann.smith1234567",
        "1chat.example2",
        "Ann Smith!2026",
        "AnnSmith",
        "smith1234",
        "annsmith@2026",
    ] {
        assert_eq!(
            check(personal),
            Err(PasswordRefused::TooPersonal),
            "{personal}"
        );
    }
    assert_eq!(check("ann.smith-and-eight-more"), Ok(()));
}

#[test]
fn a_short_name_or_an_empty_one_forbids_nothing() {
    let who = Context {
        email: "al@b.co",
        name: "",
        service: "x",
    };
    assert!(NewPassword::parse("alabaster", 8, &who).is_ok());
}

#[test]
fn sec_a4_endless_passwords_are_refused_before_any_work() {
    assert_eq!(check(&"x".repeat(1_000_000)), Err(PasswordRefused::TooLong));
    assert!(LoginPassword::parse(&"x".repeat(1025)).is_none());
    assert!(LoginPassword::parse(&"é".repeat(1024)).is_some());
}

#[test]
fn sec_a7_passwords_cannot_be_printed() {
    let new = NewPassword::parse("correct-horse-battery", 8, &WHO).unwrap();
    let login = LoginPassword::parse("correct-horse-battery").unwrap();
    assert_eq!(
        format!("{new:?} {login:?}"),
        "NewPassword(…) LoginPassword(…)"
    );
}
