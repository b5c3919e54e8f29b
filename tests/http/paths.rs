//! Spellings of a path, and headers that only insiders may send: neither gets
//! anybody past a check.

use axum::body::Body;
use serde_json::json;

use crate::support::{Answer, PASSWORD, db_test, endpoints};

const IDENTITY: [&str; 5] = [
    "x-auth-user-id",
    "x-auth-email",
    "x-auth-email-verified",
    "x-auth-name",
    "x-auth-session-expires",
];

/// Other spellings of a path that some router or proxy takes for the same.
fn spellings(path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap();
    let first = name.as_bytes()[0];
    let mut all = vec![
        format!("/{path}"),
        format!("{folder}//{name}"),
        format!("/.{path}"),
        format!("{folder}/./{name}"),
        format!("{folder}/x/../{name}"),
        format!("/..{path}"),
        format!("{folder}/%2e/{name}"),
        format!("{folder}/%{first:02x}{}", &name[1..]),
        format!("{folder}%2F{name}"),
        format!("{folder}/{name}%20"),
        format!("{folder}/{name}%00"),
        format!("{path}/"),
        format!("{path}/."),
        format!("{path};x=1"),
        format!("{path}.json"),
        path.to_ascii_uppercase(),
        format!("{folder}/{}{}", name[..1].to_ascii_uppercase(), &name[1..]),
    ];
    // Without a slash in front it is no request's target.
    all.retain(|path| path.starts_with('/'));
    all
}

/// What an answer says, but for a page's nonce, which is another each time.
fn said(answer: &Answer) -> String {
    let text = answer.text();
    let Some((before, rest)) = text.split_once(" nonce=\"") else {
        return text;
    };
    format!("{before}{}", rest.split_once('"').unwrap().1)
}

db_test! {
    async fn sec_d5_a_path_matches_to_the_letter_or_not_at_all(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        app.browser().sign_up("ann@example.com").await;
        let sessions = db.count("SELECT COUNT(*) FROM sessions").await;
        let body = json!({"name": "A", "email": "ann@example.com", "password": PASSWORD});
        for endpoint in endpoints().filter(|endpoint| !endpoint.path.contains('{')) {
            // `/x/.` is another endpoint's path where `/x/{name}` is one.
            let free = |path: &String| !endpoints().any(|other| other.matches(path));
            for path in spellings(endpoint.path).into_iter().filter(free) {
                let mut browser = app.browser().with("content-type", "application/json");
                let body = Body::from(body.to_string());
                let answer = browser.send(endpoint.method(), &path, body).await;
                assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
                assert!(answer.set_cookies.is_empty(), "{path}");
            }
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, sessions);
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
    }

    async fn sec_d5_nor_does_a_path_with_a_parameter(db) {
        let app = db.app(&[]).await;
        for path in [
            "/api/auth/reset-password/",
            "/api/auth/reset-password/a/b",
            "/api/auth/reset-password/a/",
            "/api/auth/reset-password//a",
            "//api/auth/reset-password/a",
            "/api/auth//reset-password/a",
            "/api/auth/./reset-password/a",
            "/api/auth/x/../reset-password/a",
            "/api/auth/%72eset-password/a",
            "/api/auth/Reset-Password/a",
            "/api/auth/reset-password%2Fa",
        ] {
            let answer = app.browser().get(&format!("{path}?callbackURL=/r")).await;
            assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
        }
        let encoded = app.browser().get("/api/auth/reset-password/a%2Fb?callbackURL=/r").await;
        assert_eq!(encoded.status, 302, "one segment, and no token of ours");
    }

    async fn sec_d5_nor_does_the_way_a_target_is_written_pass_the_limit(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        app.browser().from("203.0.113.9").sign_up("ann@example.com").await;
        let targets = [
            "/api/auth/sign-in/email",
            "/api/auth/sign-in/email?",
            "/api/auth/sign-in/email?x=1",
            "http://localhost:7860/api/auth/sign-in/email",
            "http://elsewhere.example/api/auth/sign-in/email",
            "/api/signin",
        ];
        let mut statuses = Vec::new();
        for target in targets.iter().cycle().take(12) {
            let body = json!({"email": "ann@example.com", "password": "wrong-password"});
            statuses.push(app.browser().post(target, body).await.status);
        }
        let expected = [vec![401; 10], vec![429; 2]].concat();
        assert_eq!(statuses, expected);
    }

    async fn sec_d8_internal_headers_are_neither_believed_nor_echoed(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let user_id = ann.sign_up("ann@example.com").await;
        let insiders: [(&str, &str); 11] = [
            ("x-middleware-subrequest", "middleware:middleware:middleware:middleware:middleware"),
            ("x-auth-user-id", &user_id),
            ("x-auth-email", "ann@example.com"),
            ("x-auth-email-verified", "true"),
            ("x-auth-name", "forged"),
            ("x-auth-session-expires", "2999-01-01T00:00:00.000Z"),
            ("x-auth-jwt", "forged"),
            ("x-original-method", "GET"),
            ("x-http-method-override", "DELETE"),
            ("x-original-url", "/health"),
            ("x-request-id", "forged"),
        ];
        let insider = |browser: crate::support::Browser| {
            insiders.iter().fold(browser, |b, (name, value)| b.and(name, value.as_bytes()))
        };
        for endpoint in endpoints() {
            let mut nobody = insider(app.browser());
            let answer = nobody.send(endpoint.method(), endpoint.path, Body::empty()).await;
            let plain = app.browser().send(endpoint.method(), endpoint.path, Body::empty()).await;
            assert_eq!((answer.status, said(&answer)), (plain.status, said(&plain)));
            for (name, value) in insiders {
                assert_ne!(answer.header(name), value, "{} {name}", endpoint.path);
            }
        }
        let mut ann = insider(ann);
        let answer = ann.get("/api/verify").await;
        let own = [&user_id, "ann@example.com", "false", "Ann", "2026-12-01T15:00:00.000Z"];
        for (name, own) in IDENTITY.into_iter().zip(own) {
            let all: Vec<_> = answer.headers.get_all(name).iter().collect();
            assert_eq!(all, [own], "{name}");
        }
    }
}
