//! Requests from elsewhere: which pages may change something or sign somebody in.

use axum::body::Body;
use doorkey::http::Kind;
use serde_json::{Value, json};

use crate::support::{Browser, ORIGIN, PASSWORD, SESSION, db_test, endpoints};

const SIGN_IN: &str = "/api/auth/sign-in/email";
const CROSS_SITE: (&str, &str) = ("sec-fetch-site", "cross-site");
const EVIL: &str = "https://evil.example";
const CHANGES: [&str; 4] = [
    "/api/auth/sign-out",
    "/api/auth/revoke-session",
    "/api/auth/revoke-sessions",
    "/api/auth/revoke-other-sessions",
];
const MISSING: (u16, &str) = (403, "MISSING_OR_NULL_ORIGIN");
const INVALID: (u16, &str) = (403, "INVALID_ORIGIN");
const NAVIGATION: (u16, &str) = (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");
const PASSED: (u16, &str) = (200, "");

/// Header fields that a request carries beside its content type.
type Fields = &'static [(&'static str, &'static str)];

fn with(browser: Browser, fields: Fields) -> Browser {
    let bare = browser.without("origin");
    fields.iter().fold(bare, |browser, (name, value)| {
        browser.and(name, value.as_bytes())
    })
}

db_test! {
    async fn sec_d1_signing_in_needs_a_trusted_page_or_none(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let cases: [(Fields, (u16, &str)); 17] = [
            (&[], PASSED),
            (&[("sec-fetch-mode", "cors")], MISSING),
            (&[("sec-fetch-site", "same-origin")], MISSING),
            (&[("sec-fetch-dest", "empty")], MISSING),
            (&[CROSS_SITE, ("sec-fetch-mode", "navigate")], NAVIGATION),
            (&[CROSS_SITE, ("sec-fetch-mode", "navigate"), ("origin", EVIL)], NAVIGATION),
            (&[CROSS_SITE, ("sec-fetch-mode", "cors"), ("origin", ORIGIN)], PASSED),
            (&[("origin", EVIL)], INVALID),
            (&[("origin", "null")], MISSING),
            (&[("origin", "")], MISSING),
            (&[("origin", ORIGIN)], PASSED),
            (&[("origin", "http://localhost:7860")], PASSED),
            (&[("origin", ORIGIN), ("origin", EVIL)], INVALID),
            (&[("origin", ORIGIN), ("origin", ORIGIN)], INVALID),
            (&[("referer", "https://evil.example/x")], INVALID),
            (&[("referer", "http://localhost:3000/login?x=1#y")], PASSED),
            (&[("origin", EVIL), ("referer", "http://localhost:3000/login")], INVALID),
        ];
        for (fields, expected) in cases {
            let mut browser = with(app.browser(), fields);
            let answer = browser.sign_in("ann@example.com", PASSWORD).await;
            assert_eq!(answer.refusal(), (expected.0, expected.1.to_owned()), "{fields:?}");
            assert_eq!(browser.cookie(SESSION).is_some(), expected == PASSED, "{fields:?}");
        }
    }

    async fn sec_d1_a_foreign_page_makes_no_account(db) {
        let app = db.app(&[]).await;
        for path in ["/api/auth/sign-up/email", "/api/signup"] {
            let body = json!({"name": "Eve", "email": "eve@example.com", "password": PASSWORD});
            let answer = app.browser().with("origin", EVIL).post(path, body).await;
            assert_eq!(answer.refusal(), (403, "INVALID_ORIGIN".into()), "{path}");
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
    }

    async fn sec_d1_a_change_with_a_cookie_needs_a_trusted_page(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let cases: [(Fields, (u16, &str)); 9] = [
            (&[], MISSING),
            (&[("origin", "null")], MISSING),
            (&[("origin", EVIL)], INVALID),
            (&[("origin", EVIL), ("sec-fetch-site", "same-origin")], INVALID),
            (&[("origin", ORIGIN), ("origin", EVIL)], INVALID),
            (&[("origin", EVIL), ("referer", "http://localhost:3000/")], INVALID),
            (&[("referer", "https://evil.example/")], INVALID),
            (&[("referer", "http://localhost:3000@evil.example/")], INVALID),
            (&[("referer", "http://localhost:3000.evil.example/")], INVALID),
        ];
        for path in CHANGES.into_iter().chain([SIGN_IN]) {
            for (fields, (status, code)) in cases {
                let mut page = with(ann.clone(), fields);
                let body = json!({"token": "x", "email": "ann@example.com", "password": PASSWORD});
                let answer = page.post(path, body).await;
                assert_eq!(answer.refusal(), (status, code.to_owned()), "{path} {fields:?}");
                assert!(answer.set_cookies.is_empty(), "{path} {fields:?}");
            }
        }
        assert_ne!(ann.session().await, Value::Null, "nothing was changed");
        for (name, own) in [
            ("origin", "http://localhost:7860"),
            ("referer", "http://localhost:3000/x"),
        ] {
            let mut page = ann.clone().without("origin").and(name, own.as_bytes());
            let answer = page.post_empty("/api/auth/revoke-other-sessions").await;
            assert_eq!(answer.status, 200, "{own}");
        }
    }

    async fn sec_d1_any_cookie_at_all_makes_a_page_prove_itself(db) {
        let app = db.app(&[]).await;
        let mut page = app.browser().with("origin", EVIL).and("cookie", b"theme=dark");
        let answer = page.post_empty("/api/auth/sign-out").await;
        assert_eq!(answer.refusal(), (403, "INVALID_ORIGIN".into()));
    }

    async fn sec_d1_a_foreign_page_may_ask_but_not_read(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = ann.with("origin", EVIL).get("/api/auth/get-session").await;
        assert_eq!(answer.json()["user"]["email"], "ann@example.com");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }

    async fn sec_d1_what_a_form_can_send_reaches_no_handler(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let (email, token) = ("e@example.com", "x");
        let body = json!({"name": "E", "email": email, "password": PASSWORD, "token": token});
        for endpoint in endpoints().filter(|endpoint| endpoint.kind != Kind::Read) {
            for content_type in [
                "text/plain",
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=application/json",
                "application/json-patch+json",
                "",
            ] {
                let answer = ann.post_raw(endpoint.path, content_type, body.to_string()).await;
                let expected = (415, "UNSUPPORTED_MEDIA_TYPE".into());
                assert_eq!(answer.refusal(), expected, "{} {content_type}", endpoint.path);
            }
        }
        assert_ne!(ann.session().await, Value::Null);
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
    }

    async fn sec_d1_json_without_its_content_type_is_no_body(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let body = json!({"email": "ann@example.com", "password": PASSWORD}).to_string();
        let answer = app.browser().send("POST", SIGN_IN, Body::from(body)).await;
        let expected = json!({
            "message": "[body] Invalid input: expected object, received undefined",
            "code": "VALIDATION_ERROR",
        });
        assert_eq!((answer.status, answer.json()), (400, expected));
    }
}
