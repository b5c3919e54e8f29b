//! What is an origin, and when two are one site.

use super::*;
use crate::domain::scramble;

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap_or_else(|| panic!("{text} is an origin"))
}

#[test]
fn an_origin_tells_its_parts() {
    let cases = [
        ("https://app.example.com", "https", "app.example.com", None),
        ("http://localhost:3000", "http", "localhost", Some("3000")),
        ("http://127.0.0.1:8080", "http", "127.0.0.1", Some("8080")),
        ("http://[::1]:3000", "http", "[::1]", Some("3000")),
        ("https://[2001:db8::1]", "https", "[2001:db8::1]", None),
        (
            "https://xn--bcher-kva.example",
            "https",
            "xn--bcher-kva.example",
            None,
        ),
        (
            "https://a_b.example.com:80",
            "https",
            "a_b.example.com",
            Some("80"),
        ),
    ];
    for (text, scheme, host, port) in cases {
        let origin = origin(text);
        assert_eq!(origin.as_str(), text);
        assert_eq!(origin.to_string(), text);
        assert_eq!(origin.scheme(), scheme);
        assert_eq!(origin.host(), host);
        assert_eq!(origin.port(), port);
        assert_eq!(origin.is_https(), scheme == "https");
    }
}

#[test]
fn sec_d2_only_a_browsers_own_spelling_is_an_origin() {
    let refused = [
        "",
        "null",
        "*",
        "app.example.com",
        "//app.example.com",
        "https:app.example.com",
        "https:/app.example.com",
        "https:///app.example.com",
        "https://",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://app.example.com?",
        "https://app.example.com#",
        "https://app.example.com:443",
        "http://app.example.com:80",
        "https://app.example.com:",
        "https://app.example.com:99999",
        "https://App.example.com",
        "HTTPS://app.example.com",
        "https://app.example.com.",
        "https://app..example.com",
        "https://.example.com",
        "https://user@app.example.com",
        "https://user:pass@app.example.com",
        "https://@app.example.com",
        " https://app.example.com",
        "https://app.example.com ",
        "https://app.example.com\t",
        "https://app\n.example.com",
        "https://app.example.com\0",
        "https:\\\\app.example.com",
        "https://evil.com\\app.example.com",
        "https://bücher.example",
        "https://%61pp.example.com",
        "https://*.example.com",
        "https://a,b.example.com",
        "http://127.1",
        "http://0x7f.0.0.1",
        "http://[::0001]",
        "http://[::1",
        "ftp://app.example.com",
        "file:///etc/passwd",
        "blob:https://app.example.com",
        "ws://app.example.com",
        "javascript://app.example.com",
        "https://a.com, https://b.com",
    ];
    for text in refused {
        assert_eq!(Origin::parse(text), None, "{text:?}");
    }
    let long = format!("https://{}.com", "a.".repeat(200));
    assert_eq!(Origin::parse(&long), None);
}

#[test]
fn a_url_has_the_origin_that_a_browser_would_send() {
    let cases = [
        (
            "https://app.example.com/a/b?c=d#e",
            "https://app.example.com",
        ),
        ("https://app.example.com", "https://app.example.com"),
        ("https://app.example.com?x=/", "https://app.example.com"),
        ("https://app.example.com?x=a@b", "https://app.example.com"),
        ("HTTPS://App.Example.COM:443/", "https://app.example.com"),
        ("http://localhost:3000/dash", "http://localhost:3000"),
        ("http://app.example.com:443/", "http://app.example.com:443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("http://[0:0:0:0:0:0:0:1]:3000/", "http://[::1]:3000"),
    ];
    for (url, expected) in cases {
        assert_eq!(Origin::of_url(url), Some(origin(expected)), "{url}");
    }
}

#[test]
fn sec_d2_urls_that_parsers_read_differently_have_no_origin() {
    let refused = [
        "",
        "about:blank",
        "/path",
        "//app.example.com/",
        "https:app.example.com",
        "https:/app.example.com",
        "https:///app.example.com",
        "https:\\\\app.example.com/",
        "https://app.example.com\\@evil.com/",
        "https://user@app.example.com/",
        "https://app.example.com@evil.com/",
        "https://app.example.com./",
        "https://app.example.com/a b",
        "ht\ttps://app.example.com/",
        "https://app.example.com/\r\n",
        "javascript:https://app.example.com",
        "data:text/html,https://app.example.com",
        "blob:https://app.example.com/1",
    ];
    for url in refused {
        assert_eq!(Origin::of_url(url), None, "{url:?}");
    }
}

#[test]
fn loopback_is_this_machine_only() {
    for text in [
        "http://localhost",
        "http://localhost:3000",
        "https://app.localhost",
        "http://127.0.0.1:7860",
        "http://127.255.0.3",
        "http://[::1]:3000",
    ] {
        assert!(origin(text).is_loopback(), "{text}");
    }
    for text in [
        "http://localhost.evil.com",
        "http://notlocalhost",
        "http://127.0.0.1.evil.com",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://[::2]",
        "http://10.0.0.1",
    ] {
        assert!(!origin(text).is_loopback(), "{text}");
    }
}

#[test]
fn one_site_is_one_scheme_and_one_registrable_domain() {
    let same = [
        ("https://app.example.com", "https://api.example.com:8443"),
        ("https://example.com", "https://a.b.example.com"),
        ("https://a.example.co.uk", "https://example.co.uk"),
        ("https://team.vercel.app", "https://a.team.vercel.app"),
        ("https://vercel.app", "https://vercel.app:444"),
        ("http://localhost:3000", "http://localhost:7860"),
        ("http://127.0.0.1:1", "http://127.0.0.1:2"),
        ("http://[::1]:1", "http://[::1]:2"),
        (
            "https://a.xn--bcher-kva.example",
            "https://b.xn--bcher-kva.example",
        ),
    ];
    for (a, b) in same {
        assert!(same_site(&origin(a), &origin(b)), "{a} {b}");
        assert!(same_site(&origin(b), &origin(a)), "{b} {a}");
    }
    let different = [
        ("https://app.example.com", "http://app.example.com"),
        ("https://app.example.com", "https://app.example.org"),
        ("https://a.co.uk", "https://b.co.uk"),
        ("https://a.vercel.app", "https://b.vercel.app"),
        ("https://a.vercel.app", "https://vercel.app"),
        ("https://a.hf.space", "https://b.hf.space"),
        ("https://app.vercel.app", "https://app.hf.space"),
        ("https://a.github.io", "https://b.github.io"),
        ("http://localhost:3000", "http://127.0.0.1:3000"),
        ("http://localhost", "http://app.localhost"),
        ("http://a.app.localhost", "http://b.app.localhost"),
        ("http://127.0.0.1", "http://127.0.0.2"),
        ("http://10.1.2.3", "http://11.1.2.3"),
        ("http://[::1]", "http://[::2]"),
        // 公司.cn is a public suffix, and listed in Unicode.
        ("https://a.xn--55qx5d.cn", "https://b.xn--55qx5d.cn"),
    ];
    for (a, b) in different {
        assert!(!same_site(&origin(a), &origin(b)), "{a} {b}");
        assert!(!same_site(&origin(b), &origin(a)), "{b} {a}");
    }
}

const PIECES: &[&str] = &[
    "https://",
    "http://",
    "://",
    "//",
    "/",
    "\\",
    ".",
    "..",
    "*",
    "@",
    ":",
    "443",
    "3000",
    "[",
    "]",
    "::1",
    "127.0.0.1",
    "localhost",
    "example",
    "com",
    "vercel.app",
    "xn--",
    "ü",
    "К",
    "%2f",
    "%",
    "?",
    "#",
    " ",
    "\t",
    "\0",
    "-",
    "_",
    "\u{FF0E}",
    "\u{202E}",
    "null",
    "HTTPS",
    "a",
    "\u{AD}",
];

#[test]
fn sec_g1_no_text_upsets_the_parser() {
    let texts = scramble::strings(7, PIECES, 9, 6000);
    let texts =
        texts.flat_map(|text| [format!("https://{text}"), format!("http://a.{text}"), text]);
    let mut read = 0;
    for text in texts {
        let url = Origin::of_url(&text);
        if let Some(origin) = Origin::parse(&text) {
            read += 1;
            assert_eq!(origin.as_str(), text);
            assert!(same_site(&origin, &origin));
            assert_eq!(url, Some(origin));
        }
        if let Some(origin) = url {
            assert_eq!(Origin::parse(origin.as_str()), Some(origin.clone()));
        }
    }
    assert!(read > 100, "only {read} origins among the texts");
}
