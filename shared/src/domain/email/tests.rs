//! Which addresses a new account may have, which may sign in, what a log shows.

use super::*;

fn canonical(raw: &str) -> String {
    CanonicalEmail::of(raw).as_str().to_owned()
}

fn new(raw: &str) -> Option<String> {
    Email::parse(raw)
        .ok()
        .map(|email| email.as_str().to_owned())
}

#[test]
fn a_new_address_is_trimmed_and_lower_cased() {
    let cases = [
        ("ann@example.com", "ann@example.com"),
        (" Ann.Lee@Example.COM\r\n", "ann.lee@example.com"),
        ("\u{3000}ann@example.com\u{A0}", "ann@example.com"),
        ("a@b.co", "a@b.co"),
        ("frank+News@example.com", "frank+news@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("100%_sure@example.com", "100%_sure@example.com"),
        (
            "!#$%&'*+-/=?^_`{|}~@example.com",
            "!#$%&'*+-/=?^_`{|}~@example.com",
        ),
        ("a@1.com", "a@1.com"),
        ("a@ab--cd.com", "a@ab--cd.com"),
    ];
    for (typed, kept) in cases {
        assert_eq!(new(typed).as_deref(), Some(kept), "{typed:?}");
    }
    let email = Email::parse("Ann@Sub.Example.com").unwrap();
    assert_eq!(email.local_part(), "ann");
    assert_eq!(email.domain(), "sub.example.com");
}

#[test]
fn an_international_domain_becomes_a_labels() {
    let cases = [
        ("max@bücher.example", "max@xn--bcher-kva.example"),
        ("max@BÜCHER.example", "max@xn--bcher-kva.example"),
        ("max@bu\u{308}cher.example", "max@xn--bcher-kva.example"),
        ("max@XN--Bcher-KVA.example", "max@xn--bcher-kva.example"),
        ("max@straße.example", "max@xn--strae-oqa.example"),
        ("a@пример.рф", "a@xn--e1afmkfd.xn--p1ai"),
        ("a@例子.广告", "a@xn--fsqu00a.xn--4rr70v"),
        ("a@例子。广告", "a@xn--fsqu00a.xn--4rr70v"),
        ("a@ｅｘａｍｐｌｅ．ｃｏｍ", "a@example.com"),
    ];
    for (typed, kept) in cases {
        assert_eq!(new(typed).as_deref(), Some(kept), "{typed:?}");
    }
}

#[test]
fn what_no_provider_hands_out_is_refused() {
    for typed in [
        "",
        " ",
        "nobody",
        "@",
        "a@",
        "@example.com",
        "a@b",
        "a@localhost",
        "a@b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a b@example.com",
        "a @example.com",
        "a@ example.com",
        "a,b@example.com",
        "a(b)@example.com",
        "<a@example.com>",
        "Ann <a@example.com>",
        "a\0b@example.com",
        "a\r\nBcc: b@example.com",
        "a\u{200B}b@example.com",
        "\"quoted local\"@example.com",
        "\"a\"@example.com",
        "ivy@[192.0.2.1]",
        "ivy@192.0.2.1",
        "a@example.com.",
        "a@.example.com",
        "a@example..com",
        "a@-example.com",
        "a@example-.com",
        "a@exa_mple.com",
        "a@exa mple.com",
        "a@example.com/x",
        "a@example.123",
        "a@xn--a.example",
        "a@xn--.example",
        "josé@example.com",
        "пользователь@пример.рф",
        "a＠example.com",
    ] {
        assert_eq!(Email::parse(typed), Err(InvalidEmail), "{typed:?}");
    }
}

#[test]
fn sec_g2_lengths_are_bounded() {
    let local = "l".repeat(64);
    let host = |top: &str| {
        format!(
            "{}.{}.{}.{top}",
            "d".repeat(63),
            "e".repeat(63),
            "f".repeat(57)
        )
    };
    let longest = format!("{local}@{}", host("com"));
    assert_eq!(longest.len(), MAX_OCTETS);
    assert_eq!(new(&longest), Some(longest.clone()));
    assert_eq!(new(&format!("{local}@{}", host("coop"))), None);
    assert_eq!(new(&format!("{local}l@example.com")), None);
    assert_eq!(new(&format!("a@{}.com", "d".repeat(64))), None);
    // Short as typed, too long as A-labels.
    assert_eq!(new(&format!("a@{}.com", "ü".repeat(63))), None);
    assert_eq!(new(&format!("a@{}.com", "ü.".repeat(400))), None);
    assert_eq!(new(&"a".repeat(1_000_000)), None);
    assert!(!canonical(&format!("a@{}", "ü.".repeat(100_000))).is_empty());
}

#[test]
fn sec_g2_lookalikes_by_case_folding_reach_nobody_else() {
    let plain = "mike.jims@kiss-office.com";
    for lookalike in [
        "mi\u{212A}e.jims@kiss-office.com",
        "m\u{131}ke.jims@kiss-office.com",
        "m\u{130}ke.jims@kiss-office.com",
        "mike.jim\u{17F}@kiss-office.com",
        "ｍike.jims@kiss-office.com",
        "mike.jims@\u{212A}iss-office.com",
        "mike.jims@k\u{131}ss-office.com",
        "mike.jims@ki\u{17F}s-office.com",
        "mike.jims@kiss-of\u{FB01}ce.com",
        "mike.jims@kiss-o\u{FB03}ce.com",
    ] {
        for typed in [lookalike.to_owned(), lookalike.to_uppercase()] {
            if typed.is_ascii() {
                continue;
            }
            assert_ne!(new(&typed).as_deref(), Some(plain), "{typed:?}");
            assert_ne!(canonical(&typed), plain, "{typed:?}");
            let login = LoginEmail::parse(&typed).unwrap();
            assert_ne!(login.canonical().as_str(), plain, "{typed:?}");
        }
    }
    for refused in [
        "mi\u{212A}e",
        "m\u{131}ke",
        "jim\u{17F}",
        "\u{37E}",
        "\u{1FEF}",
    ] {
        let typed = format!("{refused}@example.com");
        assert_eq!(Email::parse(&typed), Err(InvalidEmail), "{typed:?}");
        let form = canonical(&typed);
        assert!(!form.is_ascii(), "{typed:?} became {form}");
    }
}

#[test]
fn every_address_taken_over_can_be_typed() {
    let long = format!("{}@{}.qqqqqqq", "m".repeat(64), "n".repeat(60));
    for typed in [
        "Alice.Smith@Example.com",
        " erin@example.com ",
        "\"quoted local\"@example.com",
        "\"a@b\"@example.com",
        "ivy@[192.0.2.1]",
        "josé@example.com",
        "jose\u{301}@example.com",
        "пользователь@пример.рф",
        "用户@例子.广告",
        "a@b",
        "a@@b",
        "a b@c d",
        long.as_str(),
    ] {
        let login = LoginEmail::parse(typed).unwrap();
        assert_eq!(login.exact(), typed);
        assert_eq!(login.canonical(), &CanonicalEmail::of(typed));
    }
    let most = format!("{}@b", "💥".repeat(253));
    assert!(LoginEmail::parse(&most).is_ok());
    for refused in [
        "",
        "nobody",
        "@",
        "a@",
        "@b",
        " @b",
        "a@ ",
        "a\0@b.com",
        "a\n@b.com",
        "a@b.com\r\n",
        "a\u{7F}@b.com",
        "a\u{85}@b.com",
        &format!("{}@b", "a".repeat(254)),
    ] {
        assert_eq!(LoginEmail::parse(refused), Err(InvalidEmail), "{refused:?}");
    }
}

#[test]
fn sec_a7_no_address_is_printed_whole() {
    let email = Email::parse("secret.name@example.com").unwrap();
    assert_eq!(format!("{email:?}"), "s***@example.com");
    assert_eq!(email.redacted(), "s***@example.com");
    let login = LoginEmail::parse(" Secret@Example.com ").unwrap();
    assert_eq!(format!("{login:?}"), "s***@example.com");
    let form = CanonicalEmail::of("secret");
    assert_eq!(format!("{form:?}"), "s***");
    let odd = CanonicalEmail::of("\"a\nsecret\"@b\n\u{1B}[2J");
    assert_eq!(format!("{odd:?}"), "\\\"***@b\\n\\u{1b}[2j");
    assert_eq!(format!("{:?}", CanonicalEmail::of("")), "***");
}
