//! Targets that stay ours, and those that only look it.

use super::*;
use crate::domain::scramble;

fn trusted() -> TrustedOrigins {
    let patterns = ["http://localhost:3000", "https://*.example.com"];
    TrustedOrigins::new(patterns.iter().map(|text| text.parse().unwrap()).collect())
}

fn read(raw: &str) -> Option<String> {
    RedirectTarget::parse(raw, &trusted()).map(|target| target.as_str().to_owned())
}

#[test]
fn own_paths_and_trusted_urls_are_kept_as_they_are() {
    for raw in [
        "/",
        "/dashboard",
        "/dash?x=1#y",
        "/dash/?next=//evil.com",
        "/dash?next=%2F%2Fevil.com&text=a%0Ab",
        "/#//evil.com",
        "/a/b.c/..d/e..?x=../y",
        "/a//b",
        "/a%2Fb/100%/caf%C3%A9",
        "/@user/~me;v=1,2/it's(ok)!$&+=:*",
        "/a/https://evil.com",
        "http://localhost:3000",
        "http://localhost:3000/dash",
        "http://localhost:3000?x=1",
        "http://localhost:3000/dash?to=https://evil.com/#@evil.com",
        "https://app.example.com/a?b#c",
        "https://app.example.com//a",
    ] {
        assert_eq!(read(raw).as_deref(), Some(raw), "{raw}");
    }
}

#[test]
fn what_a_url_may_not_hold_is_encoded() {
    let cases = [
        ("/café?q=ü#ß", "/caf%C3%A9?q=%C3%BC#%C3%9F"),
        ("/a\"><b>`", "/a%22%3E%3Cb%3E%60"),
        ("/a%20b", "/a%20b"),
        ("HTTP://LocalHost:3000/Dash", "http://localhost:3000/Dash"),
        (
            "https://app.example.com:443/é",
            "https://app.example.com/%C3%A9",
        ),
    ];
    for (raw, expected) in cases {
        assert_eq!(read(raw).as_deref(), Some(expected), "{raw}");
    }
}

#[test]
fn sec_d4_redirects_to_elsewhere_are_refused() {
    for raw in [
        "",
        "dash",
        "dash/x",
        "?x=1",
        "#x",
        ".",
        "../x",
        "@evil.com",
        "evil.com",
        "evil.com/dash",
        "//evil.com",
        "///evil.com",
        "////evil.com",
        "/\\evil.com",
        "\\\\evil.com",
        "\\/evil.com",
        "/a\\b",
        "https:evil.com",
        "https:/evil.com",
        "https:///evil.com",
        "https:\\\\evil.com",
        "http:localhost:3000",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "javascript://localhost:3000/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@example.com",
        "blob:http://localhost:3000/1",
        "%2f%2fevil.com",
        "%2Fevil.com",
        "/%2fevil.com",
        "/%2Fevil.com",
        "/%5cevil.com",
        "/%5Cevil.com",
        "/a%5cb",
        "/%252fevil.com",
        "/%255cevil.com",
        "/%25252fevil.com",
        "/%2525252525252fevil.com",
        "/%09/evil.com",
        "/%0a/evil.com",
        "/%0D/evil.com",
        "/%00/evil.com",
        "/%7f/evil.com",
        "/%c2%85/evil.com",
        "/%c0%af/evil.com",
        "/%ff",
        "/\t/evil.com",
        "/\n/evil.com",
        "/\r\nLocation: https://evil.com",
        "/da\tsh",
        "/dash?x=\ny",
        "/dash\0",
        "/dash\u{85}",
        "/dash\u{2028}",
        "/da sh",
        " /dash",
        "/dash ",
        "\t//evil.com",
        "/.//evil.com",
        "/..//evil.com",
        "/a/..//evil.com",
        "/%2e%2e//evil.com",
        "/./",
        "/a/..",
        "https://evil.com",
        "https://evil.com/dash",
        "https://localhost:3000/dash",
        "http://localhost:3001/dash",
        "http://localhost/dash",
        "http://localhost:3000@evil.com/",
        "http://user@localhost:3000/dash",
        "http://localhost:3000.evil.com/",
        "http://localhost:3000\\@evil.com/",
        "http://localhost:3000/a\\b",
        "https://evil.com/.example.com",
        "https://evil.com#.example.com",
        "https://evil.com?.example.com",
        "https://evil.com%2f.example.com",
        "https://evil.com\u{2044}.example.com",
        "https://evil.com／.example.com",
        "https://a.b.example.com/",
        "https://app.example.com./",
        "ftp://app.example.com/",
        "//app.example.com/",
    ] {
        assert_eq!(read(raw), None, "{raw:?}");
    }
}

#[test]
fn a_target_has_at_most_2048_bytes_however_it_is_counted() {
    let path = format!("/{}", "a".repeat(MAX_BYTES - 1));
    assert_eq!(read(&path), Some(path.clone()));
    assert_eq!(read(&format!("{path}a")), None);
    assert_eq!(read(&format!("/{}", "é".repeat(600))), None);
}

const PIECES: &[&str] = &[
    "/",
    "//",
    "\\",
    "%2f",
    "%5c",
    "%25",
    "2f",
    "%09",
    "%",
    ".",
    "..",
    "%2e",
    "http:",
    "https:",
    "//localhost:3000",
    "//app.example.com",
    "//evil.com",
    "@",
    "?",
    "#",
    ":",
    "evil.com",
    "dash",
    "\t",
    "\n",
    " ",
    "\0",
    "é",
    "\u{2028}",
    "javascript:",
    ";",
    "&",
    "=",
    "\u{FF0F}",
    "%c0%af",
];

/// What a browser on our site makes of each target that was accepted.
#[test]
fn sec_d4_no_accepted_target_leaves_in_a_browser() {
    let ours = url::Url::parse("https://ours.test/api/auth/callback").unwrap();
    let mut accepted = 0;
    let texts = scramble::strings(11, PIECES, 8, 8000);
    let texts = texts.flat_map(|text| [format!("/{text}"), format!("http:{text}"), text]);
    for raw in texts {
        let Some(target) = RedirectTarget::parse(&raw, &trusted()) else {
            continue;
        };
        accepted += 1;
        let text = target.as_str();
        assert!(text.bytes().all(|b| b.is_ascii_graphic()), "{raw:?}");
        assert_eq!(
            RedirectTarget::parse(text, &trusted()),
            Some(target.clone())
        );
        let there = ours.join(text).unwrap();
        if text.starts_with('/') {
            assert_eq!(there.host_str(), Some("ours.test"), "{raw:?}");
            assert!(!there.path().starts_with("//"), "{raw:?}");
        } else {
            let origin = there.origin().ascii_serialization();
            assert!(trusted().trusts_raw(&origin), "{raw:?}");
        }
    }
    assert!(accepted > 100, "only {accepted} targets among the texts");
}

#[test]
fn a_parameter_is_added_and_all_else_is_kept() {
    for (raw, expected) in [
        ("/r", "/r?token=T"),
        ("/r?", "/r?token=T"),
        ("/r?x=1", "/r?x=1&token=T"),
        ("/r?x=1#f?y", "/r?x=1&token=T#f?y"),
        ("/r#f", "/r?token=T#f"),
        ("http://localhost:3000", "http://localhost:3000/?token=T"),
        (
            "http://localhost:3000?x=1",
            "http://localhost:3000/?x=1&token=T",
        ),
        (
            "http://localhost:3000/r?to=%2Fa&b",
            "http://localhost:3000/r?to=%2Fa&b&token=T",
        ),
    ] {
        let target = RedirectTarget::parse(raw, &trusted()).unwrap();
        assert_eq!(target.with_param("token", "T").as_str(), expected);
    }
}

#[test]
fn sec_d4_a_parameter_of_ours_cannot_be_set_by_who_chose_the_target() {
    for raw in ["/r?token=theirs", "/r?%74oken=theirs", "/r?token&token="] {
        let target = RedirectTarget::parse(raw, &trusted()).unwrap();
        assert_eq!(target.with_param("token", "T").as_str(), "/r?token=T");
    }
    let target = RedirectTarget::parse("/r", &trusted()).unwrap();
    let odd = target.with_param("error", "a&b=c#d");
    assert_eq!(odd.as_str(), "/r?error=a%26b%3Dc%23d");
}

#[test]
fn a_path_becomes_a_url_of_our_own() {
    let own = Origin::parse("https://auth.example.com").unwrap();
    for (raw, expected) in [
        ("/r?x=1", "https://auth.example.com/r?x=1"),
        ("http://localhost:3000/r", "http://localhost:3000/r"),
    ] {
        let target = RedirectTarget::parse(raw, &trusted()).unwrap();
        assert_eq!(target.absolute(&own).as_str(), expected);
    }
}
