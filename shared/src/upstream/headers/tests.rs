//! What passes and what does not, field by field.

use super::*;
use crate::config::{Env, Program, load};

fn policy() -> CookiePolicy {
    let env = Env::from_pairs([("LEGACY_COOKIE", "old_token")]);
    CookiePolicy::new(&load(Program::Server, &env).unwrap().config)
}

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn passed_on(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = headers(fields);
    let came = Came {
        host: &HeaderValue::from_static("app.example.com"),
        scheme: "https",
        client: Some("203.0.113.9".to_owned()),
    };
    let secrets = Secrets {
        policy: &policy(),
        with_legacy: true,
    };
    pass_on_request(&mut headers, secrets, &came);
    for (name, value) in [
        ("host", "app.example.com"),
        ("x-forwarded-host", "app.example.com"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "203.0.113.9"),
    ] {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name}");
        headers.remove(name);
    }
    headers
}

#[test]
fn sec_j1_nothing_that_looks_like_an_identity_passes_in_any_spelling() {
    for name in [
        "X-Auth-User-Id",
        "x-auth-email",
        "X-AUTH-JWT",
        "x_auth_user_id",
        "X_Auth-User_Id",
        "x-auth_email",
        "x.auth.user.id",
        "x-auth",
        "x-auth-anything",
        "forwarded",
        "x-forwarded-for",
        "x_forwarded_for",
        "x-forwarded-user",
        "x-real-ip",
        "x_real_ip",
        "x-request-id",
        "proxy",
        "proxy-authorization",
    ] {
        assert_eq!(passed_on(&[(name, "evil")]), HeaderMap::new(), "{name}");
    }
    let kept = [
        ("x-authority", "1"),
        ("authorization", "Basic eDp5"),
        ("x-realm", "2"),
    ];
    assert_eq!(passed_on(&kept), headers(&kept));
}

#[test]
fn sec_j1_cookies_of_ours_stay_here_and_the_apps_own_pass() {
    for (sent, expected) in [
        ("a=1; better-auth.session_token=x.y; b=2", "a=1; b=2"),
        ("__Secure-better-auth.session_token=x;a=1", "a=1"),
        ("__Host-better-auth.session_data=x; a=1", "a=1"),
        ("BETTER-AUTH.session_token=x; a=1", "a=1"),
        (
            "better-auth.dont_remember=x; doorkey.known_device=y; a=1",
            "a=1",
        ),
        ("__Secure-doorkey.known_device=y; a=1", "a=1"),
        ("old_token=x; a=1", "a=1"),
        (" better-auth.session_token = x ; a=1", "a=1"),
        ("better-auth.session_token; a=1", "a=1"),
        ("a=\"x; better-auth.session_token=y\"; b=2", "a=\"x; b=2"),
        (
            "session_token=app's own; better=1; a==; =b; c",
            "session_token=app's own; better=1; a==; =b; c",
        ),
        ("odd=\u{e9}; a=1", "odd=\u{e9}; a=1"),
    ] {
        assert_eq!(
            passed_on(&[("cookie", sent)]),
            headers(&[("cookie", expected)]),
            "{sent}"
        );
    }
    let alone = [("cookie", "better-auth.session_token=x"), ("cookie", " ; ")];
    assert_eq!(passed_on(&alone), HeaderMap::new());
    let split = [
        ("cookie", "a=1"),
        ("cookie", "better-auth.session_token=x"),
        ("cookie", "b=2"),
    ];
    assert_eq!(passed_on(&split), headers(&[("cookie", "a=1; b=2")]));
}

#[test]
fn sec_j4_fields_of_one_hop_are_not_passed_on() {
    let sent = [
        ("connection", "keep-alive, X-Hop , te"),
        ("connection", "x-other, content-type;"),
        ("x-hop", "1"),
        ("x-other", "1"),
        ("keep-alive", "timeout=5"),
        ("te", "gzip"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("http2-settings", "AAM"),
        ("proxy-connection", "close"),
        ("content-length", "5"),
        ("expect", "100-continue"),
        ("trailer", "x-auth-user-id"),
        ("accept", "a/b"),
        ("range", "bytes=0-1"),
    ];
    assert_eq!(
        passed_on(&sent),
        headers(&[("accept", "a/b"), ("range", "bytes=0-1")])
    );
}

#[test]
fn that_a_body_is_empty_is_said() {
    let empty = [("content-length", "0")];
    assert_eq!(passed_on(&empty), headers(&empty));
}

#[test]
fn trailers_are_asked_for_when_the_client_takes_them() {
    let asked = passed_on(&[("te", "trailers, deflate;q=0.5"), ("connection", "TE")]);
    assert_eq!(asked, headers(&[("te", "trailers"), ("connection", "te")]));
}

#[test]
fn sec_j1_the_upstream_sets_its_own_cookies_and_none_of_ours() {
    let ours = [
        "better-auth.session_token=x; Path=/",
        "__Secure-better-auth.session_token=x",
        "__Host-better-auth.session_token=x",
        "doorkey.known_device=x",
        "old_token=x",
        "=better-auth.session_token=x",
        " = better-auth.session_token=x",
        "\tbetter-auth.session_token =x",
        "Better-Auth.session_data=x",
        "better-auth.session_token",
    ];
    let mut answer = headers(&[
        ("set-cookie", "app=1; Path=/"),
        ("x-hop", "1"),
        ("connection", "x-hop"),
    ]);
    for cookie in ours {
        answer.append("set-cookie", cookie.parse().unwrap());
    }
    answer.append(
        "set-cookie",
        "other=better-auth.session_token=x".parse().unwrap(),
    );
    let secrets = Secrets {
        policy: &policy(),
        with_legacy: true,
    };
    pass_on_answer(&mut answer, secrets);
    let kept = [
        ("set-cookie", "app=1; Path=/"),
        ("set-cookie", "other=better-auth.session_token=x"),
    ];
    assert_eq!(answer, headers(&kept));
}
