//! What an operator may write, and what the result lets in.

use super::*;
use crate::domain::origin::TrustedOrigins;
use crate::domain::scramble;

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap_or_else(|| panic!("{text} is an origin"))
}

fn pattern(text: &str) -> OriginPattern {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn fault(text: &str) -> OriginPatternError {
    match text.parse::<OriginPattern>() {
        Ok(pattern) => panic!("{text} was read as {pattern}"),
        Err(error) => error,
    }
}

fn trusted(patterns: &[&str]) -> TrustedOrigins {
    TrustedOrigins::new(patterns.iter().map(|text| pattern(text)).collect())
}

#[test]
fn what_operators_write_by_hand_is_put_right() {
    let cases = [
        (" https://app.example.com ", "https://app.example.com"),
        ("https://app.example.com/", "https://app.example.com"),
        ("HTTPS://App.Example.com", "https://app.example.com"),
        ("https://app.example.com:443/", "https://app.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.Example.com/", "https://*.example.com"),
        ("https://*.example.com:443", "https://*.example.com"),
        ("https://*.example.com:8443", "https://*.example.com:8443"),
        ("https://*-team.vercel.app", "https://*-team.vercel.app"),
        ("https://pr-*.example.com", "https://pr-*.example.com"),
        ("https://pr-*-x.hf.space", "https://pr-*-x.hf.space"),
        ("http://*.localhost:3000", "http://*.localhost:3000"),
        (
            "https://*.bücher.example",
            "https://*.xn--bcher-kva.example",
        ),
    ];
    for (written, read) in cases {
        let pattern = pattern(written);
        assert_eq!(pattern.to_string(), read, "{written}");
        assert_eq!(pattern.exact().is_none(), read.contains('*'));
        assert_eq!(read.parse(), Ok(pattern), "{read} is read as itself");
    }
}

#[test]
fn a_wrong_pattern_says_what_is_wrong() {
    use OriginPatternError as E;
    let shared = |host: &str| E::SharedSuffix(host.to_owned());
    let cases = [
        ("", E::Empty),
        (" \t", E::Empty),
        ("*", E::EverySite),
        ("https://*", E::EverySite),
        ("https://*:443", E::EverySite),
        ("app.example.com", E::Scheme),
        ("localhost:3000", E::Scheme),
        ("//app.example.com", E::Scheme),
        ("ftp://app.example.com", E::Scheme),
        ("*://app.example.com", E::Scheme),
        ("null", E::Scheme),
        ("https://app.example.com/path", E::Path),
        ("https://app.example.com//", E::Path),
        ("https://app.example.com/*", E::Path),
        ("https://*.example.com/*", E::Path),
        ("https://app.example.com?x", E::Path),
        ("https://app.example.com#x", E::Path),
        ("https://evil.com\\app.example.com", E::Path),
        ("https://user@app.example.com", E::UserInfo),
        ("https://*@example.com", E::UserInfo),
        ("https://", E::Host),
        ("https:///", E::Host),
        ("https://app example.com", E::Host),
        ("https://app.example.com.", E::Host),
        ("https://app.example.com:port", E::Host),
        ("https://a.example.com,https://b.example.com", E::Path),
        ("https://*.example.com.", E::Host),
        ("https://*..example.com", E::Host),
        ("https://*.0.0.1", E::Host),
        ("https://xn--*.example.com", E::Host),
        ("https://ü*.example.com", E::Host),
        ("https://a!*.example.com", E::Host),
        ("https://*.*.example.com", E::ManyWildcards),
        ("https://**.example.com", E::ManyWildcards),
        ("https://*a", E::WildcardPlace),
        ("https://app.*.com", E::WildcardPlace),
        ("https://app.example.*", E::WildcardPlace),
        ("https://app.example.com:*", E::WildcardPlace),
        ("http://[*::1]", E::WildcardPlace),
        ("https://*.com", shared("com")),
        ("https://*-team.com", shared("com")),
        ("https://*.internal", shared("internal")),
        ("https://*.co.uk", shared("co.uk")),
        ("https://*-team.co.uk", shared("co.uk")),
        ("https://*.xn--55qx5d.cn", shared("xn--55qx5d.cn")),
        ("https://ab*.vercel.app", shared("vercel.app")),
    ];
    for (text, error) in cases {
        assert_eq!(fault(text), error, "{text:?}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn sec_d3_wildcards_below_shared_suffixes_are_refused() {
    for suffix in [
        "vercel.app",
        "hf.space",
        "netlify.app",
        "pages.dev",
        "workers.dev",
        "github.io",
        "gitlab.io",
        "web.app",
        "herokuapp.com",
        "fly.dev",
        "onrender.com",
    ] {
        let everybody = format!("https://*.{suffix}");
        assert_eq!(
            fault(&everybody),
            OriginPatternError::SharedSuffix(suffix.to_owned())
        );
        let own = pattern(&format!("https://*-team.{suffix}"));
        assert!(own.matches(&origin(&format!("https://app-1-team.{suffix}"))));
        assert!(!own.matches(&origin(&format!("https://app-1-evil.{suffix}"))));
    }
}

#[test]
fn sec_d3_wildcards_stay_within_one_label() {
    let any = trusted(&["https://*.example.com"]);
    let team = trusted(&["https://*-team.vercel.app"]);
    let port = trusted(&["http://pr-*-x.localhost:3000"]);
    let accepted = [
        (&any, "https://app.example.com"),
        (&any, "https://a-1.example.com"),
        (&team, "https://app-git-main-team.vercel.app"),
        (&team, "https://a-team.vercel.app"),
        (&port, "http://pr-7-x.localhost:3000"),
    ];
    for (origins, text) in accepted {
        assert!(origins.trusts_raw(text), "{text}");
        assert!(origins.trusts(&origin(text)), "{text}");
    }
    let refused = [
        (&any, "https://example.com"),
        (&any, "https://a.b.example.com"),
        (&any, "https://a_b.example.com"),
        (&any, "https://evilexample.com"),
        (&any, "https://app.example.com.evil.com"),
        (&any, "https://evil.com/.example.com"),
        (&any, "https://evil.com?.example.com"),
        (&any, "https://evil.com#.example.com"),
        (&any, "https://evil.com\\.example.com"),
        (&any, "https://evil.com:443/x.example.com"),
        (&any, "https://user@app.example.com"),
        (&any, "https://.example.com"),
        (&any, "https://*.example.com"),
        (&any, "http://app.example.com"),
        (&any, "https://app.example.com:8443"),
        (&any, "https://APP.example.com"),
        (&any, "null"),
        (&any, ""),
        (&team, "https://-team.vercel.app"),
        (&team, "https://team.vercel.app"),
        (&team, "https://evil.x-team.vercel.app"),
        (&team, "https://x-team.vercel.app.evil.com"),
        (&team, "https://x-team-evil.vercel.app"),
        (&port, "http://pr--x.localhost:3000"),
        (&port, "http://pr-x.localhost:3000"),
        (&port, "http://pr-7-x.localhost"),
        (&port, "http://pr-7-x.localhost:3001"),
        (&port, "https://pr-7-x.localhost:3000"),
    ];
    for (origins, text) in refused {
        assert!(!origins.trusts_raw(text), "{text}");
    }
}

#[test]
fn sec_d2_lookalike_origins_are_refused() {
    let origins = trusted(&["https://app.vercel.app", "https://*.example.com"]);
    assert!(origins.trusts_raw("https://app.vercel.app"));
    for text in [
        "https://app.vercel.app.evil.com",
        "https://evilapp.vercel.app",
        "https://app-vercel.app",
        "http://app.vercel.app",
        "https://app.vercel.app:444",
        "https://app.vercel.app:443",
        "https://APP.vercel.app",
        "https://app.vercel.app.",
        "https://app.vercel.app/",
        "https://app.vercel.app@evil.com",
        "https://evil.com@app.vercel.app",
        "https://app.vercel.app%00.evil.com",
        "https://app.vercel.app,https://evil.com",
        "https://аpp.vercel.app",
        "null",
        "*",
        "",
    ] {
        assert!(!origins.trusts_raw(text), "{text:?}");
    }
}

#[test]
fn trusted_origins_list_what_they_hold() {
    let origins = trusted(&["https://b.com", "https://*.example.com", "https://a.com"]);
    let exact: Vec<&str> = origins.exact().map(Origin::as_str).collect();
    assert_eq!(exact, ["https://b.com", "https://a.com"]);
    assert_eq!(origins.patterns().len(), 3);
    let nobody = TrustedOrigins::default();
    assert!(!nobody.trusts_raw("https://a.com"));
    assert!(!nobody.trusts_raw(""));
}

const PIECES: &[&str] = &[
    "*",
    "*",
    ".",
    "-",
    "a",
    "team",
    "example",
    "com",
    "vercel.app",
    "localhost",
    ":443",
    ":3000",
    "/",
    "@",
    "xn--",
    "xn--p1ai",
    "ü",
    "A",
    "[",
    "::1",
    "127.0.0.1",
    " ",
    "\t",
    "\\",
    "?",
    "%41",
    "_",
    "co.uk",
];

#[test]
fn sec_g1_no_text_upsets_the_parsers() {
    let origins = trusted(&["https://*.example.com", "https://a.com"]);
    let mut read = 0;
    for text in scramble::strings(23, PIECES, 7, 6000) {
        for text in [
            format!("https://{text}"),
            format!("https://{text}.example.com"),
            text,
        ] {
            let trusts = Origin::parse(&text).is_some_and(|origin| origins.trusts(&origin));
            assert_eq!(origins.trusts_raw(&text), trusts, "{text:?}");
            if let Ok(pattern) = text.parse::<OriginPattern>() {
                read += 1;
                assert_eq!(pattern.to_string().parse(), Ok(pattern.clone()));
                assert!(pattern.exact().is_none_or(|origin| pattern.matches(origin)));
            }
        }
    }
    assert!(read > 100, "only {read} patterns among the texts");
}
