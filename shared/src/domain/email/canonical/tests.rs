//! The canonical form, and how the three readings of an address agree.

use super::*;
use crate::domain::email::{Email, LoginEmail};
use crate::domain::scramble;

fn canonical(raw: &str) -> String {
    CanonicalEmail::of(raw).as_str().to_owned()
}

#[test]
fn every_string_has_one_canonical_form() {
    let cases = [
        ("", ""),
        (" ", ""),
        ("Nobody", "nobody"),
        ("@", "@"),
        ("BOB@EXAMPLE.COM", "bob@example.com"),
        (" bob@example.com", "bob@example.com"),
        (
            "\"Quoted Local\"@Example.com",
            "\"quoted local\"@example.com",
        ),
        ("\"A@B\"@Example.com", "\"a@b\"@example.com"),
        ("Ivy@[192.0.2.1]", "ivy@[192.0.2.1]"),
        ("a@Ex_ample", "a@ex_ample"),
        ("a@localhost", "a@localhost"),
        ("A@ B", "a@ b"),
        // Case of letters outside ASCII is kept, their Unicode form is not.
        ("JOSÉ@example.com", "josÉ@example.com"),
        ("JOSE\u{301}@example.com", "josÉ@example.com"),
        ("jose\u{301}@example.com", "josé@example.com"),
        (
            "Jörg.Müller@Bücher.example",
            "jörg.müller@xn--bcher-kva.example",
        ),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        // `H` and a line below have no letter of their own, `h` has.
        ("H\u{331}@x.com", "\u{1E96}@x.com"),
        ("\u{212A}@x.com", "\u{212A}@x.com"),
        ("\u{37E}\u{1FEF}e\u{301}@x.com", "\u{37E}\u{1FEF}é@x.com"),
    ];
    for (raw, form) in cases {
        assert_eq!(canonical(raw), form, "{raw:?}");
        assert_eq!(canonical(form), form, "{form:?}");
    }
}

const PIECES: &[&str] = &[
    "a",
    "K",
    "H",
    "ann",
    "@",
    "@@",
    ".",
    "..",
    "example",
    "com",
    "123",
    " ",
    "\t",
    "\0",
    "\"",
    "[",
    "]",
    "-",
    "--",
    "_",
    "xn--",
    "xn--bcher-kva",
    "xn--a",
    "ü",
    "Ü",
    "u\u{308}",
    "\u{301}",
    "\u{331}",
    "\u{345}",
    "\u{212A}",
    "\u{17F}",
    "\u{131}",
    "\u{130}",
    "\u{37E}",
    "\u{1FEF}",
    "\u{FB01}",
    "ß",
    "ẞ",
    "\u{200B}",
    "\u{200D}",
    "\u{AD}",
    "\u{FEFF}",
    "。",
    "＠",
    "例子",
    "рф",
    "\u{5D0}",
    "\u{627}",
    "\u{1100}",
    "\u{1161}",
    "\u{F900}",
    "\u{2126}",
    "\u{3000}",
    "💥",
    "ｅ",
    "ς",
];

#[test]
fn sec_g1_no_text_upsets_the_parsers() {
    let mut read = 0;
    for text in scramble::strings(17, PIECES, 9, 10_000) {
        read += check(&text);
        read += check(&format!("a@{text}.com"));
        read += check(&format!("{text}@Example.com"));
    }
    assert!(read > 1000, "only {read} addresses among the texts");
}

/// Holds for any text; 1 when it is an address.
fn check(text: &str) -> usize {
    let form = CanonicalEmail::of(text);
    assert_eq!(CanonicalEmail::of(form.as_str()), form, "{text:?}");
    let letters = |s: &str| s.bytes().filter(u8::is_ascii_alphabetic).count();
    let local = text.rsplit_once('@').map_or("", |(local, _)| local);
    let (kept, _) = form.as_str().rsplit_once('@').unwrap_or_default();
    assert!(letters(kept) <= letters(local), "{text:?}");
    if let Ok(login) = LoginEmail::parse(text) {
        assert_eq!(login.exact(), text);
        assert_eq!(login.canonical(), &form);
    }
    let Ok(email) = Email::parse(text) else {
        return 0;
    };
    assert_eq!(email.as_str(), form.as_str(), "{text:?}");
    assert!(email.as_str().is_ascii());
    assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
    assert!(LoginEmail::parse(email.as_str()).is_ok());
    1
}
