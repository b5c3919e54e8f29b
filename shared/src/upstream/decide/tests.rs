//! Every way to write a path that another reader may take for another.

use super::*;
use crate::config::{Env, Program, load};

fn public() -> PublicPaths {
    let env = Env::from_pairs([("PUBLIC_PATHS", "/open,/caf\u{e9}")]);
    load(Program::Server, &env).unwrap().config.upstream.public
}

fn decided(target: &str) -> Target {
    super::target(&target.parse().unwrap(), &public(), true)
}

#[test]
fn without_pages_of_ours_the_upstream_has_its_own_and_everybody_gets_there() {
    let decided = |target: &str| super::target(&target.parse().unwrap(), &public(), false);
    assert_eq!(decided("/sign-in?callbackURL=%2F"), Target::Public);
    assert_eq!(decided("/account"), Target::Public);
    assert_eq!(decided("http://example.com/sign-in"), Target::Ambiguous);
    assert_eq!(decided("/sign-in/"), Target::Ambiguous);
    assert_eq!(decided("/doorkey/return"), Target::Return);
    assert_eq!(decided("/api/signin"), Target::Own);
}

fn assert_each(expected: Target, targets: &[&str]) {
    for target in targets {
        assert_eq!(decided(target), expected, "{target}");
    }
}

#[test]
fn what_is_written_plainly_is_taken_for_what_it_is() {
    assert_each(
        Target::Own,
        &[
            "/health",
            "/health?deep=1",
            "/api/auth/get-session",
            "/sign-in",
            "/doorkey/x.css",
        ],
    );
    assert_each(Target::Return, &["/doorkey/return?to=%2F"]);
    assert_each(
        Target::Public,
        &[
            "/open",
            "/open/",
            "/open/a/b?x=//..;",
            "/open/a%20b",
            "/caf%C3%A9/x",
            "/op%65n",
        ],
    );
    assert_each(
        Target::Guarded,
        &[
            "/",
            "/?x=../",
            "/opening",
            "/Open",
            "/api/predict",
            "/a.b/c..d/.well-known/...",
            "/gradio_api/file=https://example.com/a.png",
            "/models/org%2Fname",
            "/a//b/",
            "/x;v=1",
            "/100%25",
            "/a@b:c,d+e~f!$&'()*=|^{}",
            "/%ff",
        ],
    );
}

#[test]
fn sec_j2_what_has_a_second_reading_is_never_public() {
    assert_each(
        Target::Guarded,
        &[
            "//open",
            "/open//x",
            "/open;x",
            "/open;/x",
            "/open/a;b",
            "/open%3Bx",
            "/open/a%2Fb",
            "/open%2Fx",
            "/open/a%5Cb",
            "/open/100%25",
            "/open/%ff",
            "/open/%c0%ae%c0%ae/x",
            "/open/%252Fx",
        ],
    );
}

#[test]
fn sec_j2_a_path_that_leads_elsewhere_is_refused() {
    assert_each(
        Target::Ambiguous,
        &[
            "/open/../x",
            "/open/..",
            "/open/.",
            "/./open",
            "/..",
            "/open/%2e%2e/x",
            "/open/%2E./x",
            "/open/.%2e",
            "/open/%252e%252e/x",
            "/open/%25252e%25252e/x",
            "/open/..;/x",
            "/open/..;a=b/x",
            "/open/%2e%2e%3b/x",
            "/open/..%2fx",
            "/open/..%5cx",
            "/open/x%2f..%2fy",
            "/open\\..\\x",
            "/open\\x",
            "/open/%00",
            "/open/a%0d%0ab",
            "/open/a%250ab",
            "/open/%7f",
            "/open/%",
            "/open/%2",
            "/open/%zz",
            "/open/%2g",
            "/open/\u{e9}",
            "/open/%25252525252525252e/x",
        ],
    );
}

#[test]
fn sec_j2_no_other_spelling_of_a_path_of_ours_reaches_the_upstream() {
    assert_each(
        Target::Ambiguous,
        &[
            "/health/",
            "/HEALTH",
            "//health",
            "/%68ealth",
            "/health;x",
            "/health%3bx",
            "/health%2f",
            "/%2568ealth",
            "/API/auth/get-session",
            "/api//auth/ok",
            "//api/auth/ok",
            "/api%2fauth/ok",
            "/api%252fauth/ok",
            "/api%5Cauth%5Cok",
            "/api;a/auth;b/ok",
            "/api/%61uth/sign-out",
            "/Sign-In",
            "/sign-in/",
            "/doorkey%2freturn",
        ],
    );
    // These go to our routes, which know them to the letter or not at all.
    assert_each(
        Target::Own,
        &[
            "/api/auth/../../x",
            "/api/auth//ok",
            "/api/auth/%2e%2e/%2e%2e/x",
            "/doorkey/..;/x",
        ],
    );
}

#[test]
fn sec_j2_only_a_path_is_a_target() {
    assert_each(
        Target::Ambiguous,
        &[
            "http://evil.example/",
            "http://localhost/open",
            "https://a/x",
            "example.com:443",
            "*",
        ],
    );
    // Ours are served whatever stands before them: the host in it changes nothing.
    assert_each(Target::Own, &["http://evil.example/health"]);
}
