//! What is taken, and what is refused.

use super::*;
use crate::config::tests::{IPC, faulty, good, warned, with_needed};

fn settings_of(pairs: &[(&str, &str)]) -> UpstreamSettings {
    good(Program::Server, pairs).config.upstream
}

#[test]
fn nothing_is_guarded_unless_it_is_said() {
    let found = settings_of(&[]);
    assert_eq!(found.address, None);
    assert_eq!((found.rate, found.jwt), (None, false));
    assert_eq!(found.timeout.as_secs(), 300);
    assert!(!found.public.cover(&[b"open"]));
}

#[test]
fn the_upstream_is_a_host_and_a_port() {
    for (url, authority) in [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:8501/", "localhost:8501"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://app", "app:80"),
    ] {
        let found = settings_of(&[("UPSTREAM_URL", url)]).address.unwrap();
        assert_eq!(found.authority(), authority, "{url}");
    }
    for url in [
        "127.0.0.1:8000",
        "https://127.0.0.1:8000",
        "ftp://127.0.0.1:8000",
        "http://127.0.0.1:8000/app",
        "http://127.0.0.1:8000?x=1",
        "http://u:p@127.0.0.1:8000",
        "http://127.0.0.1:99999",
        // Where it listens itself.
        "http://127.0.0.1:7860",
        "http://localhost:7860",
        "http://0.0.0.0:7860",
        "http://[::]:7860",
        "http://[::1]:7860",
    ] {
        let names = faulty(Program::Server, &[("UPSTREAM_URL", url)]);
        assert_eq!(names, ["UPSTREAM_URL"], "{url}");
    }
}

#[test]
fn public_paths_are_whole_segments() {
    let found = settings_of(&[("PUBLIC_PATHS", "/open, /a/b/,/caf\u{e9}")]).public;
    for (path, is_open) in [
        ("open", true),
        ("open/x/y", true),
        ("open/", true),
        ("opening", false),
        ("Open", false),
        ("a", false),
        ("a/b", true),
        ("a/b/c", true),
        ("a/bc", false),
        ("caf\u{e9}", true),
        ("", false),
    ] {
        let segments: Vec<&[u8]> = path.split('/').map(str::as_bytes).collect();
        assert_eq!(found.cover(&segments), is_open, "{path}");
    }
    for paths in [
        "open", "/a/../b", "/a//b", "//", "/a?b", "/a%2fb", "/*", "/a;b", "/a,", "/a\\b", "/.",
    ] {
        assert_eq!(
            faulty(Program::Server, &[("PUBLIC_PATHS", paths)]),
            ["PUBLIC_PATHS"],
            "{paths}"
        );
    }
}

#[test]
fn to_open_everything_is_warned_of() {
    let loaded = good(Program::Server, &[("PUBLIC_PATHS", "/")]);
    assert_eq!(warned(&loaded), ["PUBLIC_PATHS"]);
    assert!(loaded.config.upstream.public.cover(&[b"any"]));
}

#[test]
fn a_rate_is_a_number_and_a_unit() {
    for (text, expected) in [
        ("off", None),
        ("600", Some((600, 60))),
        ("10/min", Some((10, 60))),
        ("5/s", Some((5, 1))),
        ("10000/h", Some((10_000, 3600))),
    ] {
        let rate = settings_of(&[("UPSTREAM_RATE", text)]).rate;
        let found = rate.map(|rate| (rate.requests, rate.window.as_secs()));
        assert_eq!(found, expected, "{text}");
    }
    for text in ["0", "10001", "on", "10/day", "/min", "-1/s", "1.5/s"] {
        assert_eq!(
            faulty(Program::Server, &[("UPSTREAM_RATE", text)]),
            ["UPSTREAM_RATE"],
            "{text}"
        );
    }
}

#[test]
fn silence_has_bounds() {
    for (text, fits) in [
        ("1s", true),
        ("1h", true),
        ("0s", false),
        ("2h", false),
        ("60", false),
    ] {
        let env = crate::config::tests::env(&[("UPSTREAM_TIMEOUT", text)]);
        assert_eq!(
            crate::config::load(Program::Server, &env).is_ok(),
            fits,
            "{text}"
        );
    }
}

#[test]
fn a_function_guards_nothing_and_says_so() {
    let pairs = [
        IPC,
        ("UPSTREAM_URL", "http://127.0.0.1:8000"),
        ("UPSTREAM_JWT", "on"),
    ];
    let loaded = good(Program::Function, &with_needed(&pairs));
    assert_eq!(warned(&loaded), ["UPSTREAM_URL", "UPSTREAM_JWT"]);
}
