//! Cross-origin reads: which pages a browser lets see our answers.

use axum::body::Body;
use serde_json::json;

use crate::support::{Answer, Instance, PASSWORD, db_test};

const APP: &str = "https://app.vercel.app";
const LIST: [(&str, &str); 2] = [
    (
        "FRONTEND_URL",
        "https://app.vercel.app, https://two.example.com:8443",
    ),
    ("PUBLIC_URL", "https://auth.example.com"),
];
const TEAM: [(&str, &str); 2] = [
    ("FRONTEND_URL", "https://*-team.vercel.app"),
    ("PUBLIC_URL", "https://auth.example.com"),
];
const SIGN_IN: &str = "/api/auth/sign-in/email";

async fn preflight(app: &Instance, path: &str, origin: &[u8]) -> Answer {
    let browser = app.browser().without("origin").and("origin", origin);
    let mut browser = browser
        .and("access-control-request-method", b"POST")
        .and("access-control-request-headers", b"content-type");
    browser.send("OPTIONS", path, Body::empty()).await
}

fn assert_lets_nobody_read(answer: &Answer, origin: &[u8]) {
    for name in answer.headers.keys() {
        let name = name.as_str();
        let text = String::from_utf8_lossy(origin);
        assert!(!name.starts_with("access-control-"), "{name} for {text}");
    }
    assert!(answer.header("vary").contains("Origin"));
}

/// Neither a preflight, nor an answer, nor a change for that origin.
async fn assert_refused(app: &Instance, origin: &[u8]) {
    let text = String::from_utf8_lossy(origin);
    let answer = preflight(app, SIGN_IN, origin).await;
    assert_eq!(answer.refusal(), (403, "INVALID_ORIGIN".into()), "{text}");
    assert_lets_nobody_read(&answer, origin);
    let mut page = app.browser().without("origin").and("origin", origin);
    let answer = page.get("/api/auth/get-session").await;
    assert_eq!(answer.status, 200, "{text}");
    assert_lets_nobody_read(&answer, origin);
    let answer = page.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(answer.status, 403, "{text}");
    assert_lets_nobody_read(&answer, origin);
}

async fn assert_trusted(app: &Instance, origin: &str) {
    let answer = preflight(app, SIGN_IN, origin.as_bytes()).await;
    assert_eq!(answer.status, 204, "{origin}");
    let mut page = app.browser().with("origin", origin);
    for answer in [answer, page.get("/api/auth/get-session").await] {
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.header("vary"), "Origin, Cookie");
    }
    let answer = page.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(
        answer.refusal(),
        (401, "INVALID_EMAIL_OR_PASSWORD".into()),
        "{origin}"
    );
}

db_test! {
    async fn sec_d2_trusted_origins_read_with_credentials(db) {
        let app = db.app(&LIST).await;
        for origin in [APP, "https://two.example.com:8443", "https://auth.example.com"] {
            assert_trusted(&app, origin).await;
        }
        let answer = app.browser().with("origin", APP).sign_in("ann@example.com", "x").await;
        let exposed = answer.header("access-control-expose-headers").to_ascii_lowercase();
        for name in ["retry-after", "x-retry-after", "x-request-id", "ratelimit"] {
            assert!(exposed.split(", ").any(|other| other == name), "{name} in {exposed}");
        }
    }

    async fn sec_d2_a_page_of_our_own_needs_no_cors(db) {
        let app = db.app(&LIST).await;
        let answer = app.browser().without("origin").get("/api/auth/get-session").await;
        assert_lets_nobody_read(&answer, b"");
    }

    async fn sec_d2_preflights_say_what_may_be_sent_and_ask_no_database(db) {
        let app = db.instance(db.unmigrated(&LIST));
        app.web.app.db.close().await;
        for (path, methods) in [
            (SIGN_IN, "POST, OPTIONS"),
            ("/api/signup", "POST, OPTIONS"),
            ("/api/auth/revoke-session", "POST, OPTIONS"),
            ("/api/auth/get-session", "GET, HEAD, OPTIONS"),
            ("/api/auth/list-sessions", "GET, HEAD, OPTIONS"),
        ] {
            let answer = preflight(&app, path, APP.as_bytes()).await;
            assert_eq!((answer.status, answer.text().as_str()), (204, ""), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), APP, "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), "true", "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), methods, "{path}");
            let headers = answer.header("access-control-allow-headers").to_ascii_lowercase();
            assert!(headers.contains("content-type"), "{path}");
            assert_eq!(answer.header("access-control-max-age"), "7200", "{path}");
            assert_eq!(answer.header("vary"), "Origin, Cookie", "{path}");
            assert!(answer.set_cookies.is_empty(), "{path}");
        }
        assert_eq!(preflight(&app, SIGN_IN, b"https://evil.example").await.status, 403);
        assert_eq!(preflight(&app, "/api/auth/nope", APP.as_bytes()).await.status, 404);
    }

    async fn sec_d2_lookalike_origins_are_refused(db) {
        let app = db.app(&LIST).await;
        for origin in [
            "https://app.vercel.app.evil.com",
            "https://evilapp.vercel.app",
            "https://evil-app.vercel.app",
            "https://x.app.vercel.app",
            "https://vercel.app",
            "http://app.vercel.app",
            "https://app.vercel.app:8443",
            "https://app.vercel.app:443",
            "https://two.example.com",
            "https://two.example.com:84430",
            "https://APP.vercel.app",
            "HTTPS://app.vercel.app",
            "https://app.vercel.app.",
            "https://app.vercel.app/",
            "https://app.vercel.app/x",
            "https://app.vercel.app?x",
            "https://app.vercel.app#x",
            "https://app.vercel.app@evil.com",
            "https://user@app.vercel.app",
            "https://app.vercel.app\\.evil.com",
            "https://app.vercel.app, https://evil.com",
            "https://evil.com https://app.vercel.app",
            "https://app%2Evercel.app",
            "https:app.vercel.app",
            "//app.vercel.app",
            "app.vercel.app",
            "null",
            "*",
        ] {
            assert_refused(&app, origin.as_bytes()).await;
        }
        assert_refused(&app, b"https://app.vercel.app\xff").await;
        assert_refused(&app, "https://аpp.vercel.app".as_bytes()).await;
        let mut two = app.browser().with("origin", APP).and("origin", APP.as_bytes());
        assert_lets_nobody_read(&two.get("/api/auth/get-session").await, APP.as_bytes());
    }

    async fn sec_d3_a_wildcard_matches_within_one_label(db) {
        let app = db.app(&TEAM).await;
        for origin in [
            "https://app-team.vercel.app",
            "https://app-git-main-team.vercel.app",
            "https://a-team.vercel.app",
        ] {
            assert_trusted(&app, origin).await;
        }
        for origin in [
            "https://-team.vercel.app",
            "https://team.vercel.app",
            "https://app-team.vercel.app.evil.com",
            "https://evil.com.app-team.vercel.app",
            "https://a.b-team.vercel.app",
            "https://evil.com/-team.vercel.app",
            "https://evil.com?-team.vercel.app",
            "https://evil.com#-team.vercel.app",
            "https://evil.com\\-team.vercel.app",
            "https://evil.com:1@x-team.vercel.app",
            "https://a_b-team.vercel.app",
            "https://*-team.vercel.app",
            "https://app-teamxvercel.app",
            "http://app-team.vercel.app",
            "https://app-team.vercel.app:8443",
            "https://app-TEAM.vercel.app",
            "https://app-team.vercel.app.",
        ] {
            assert_refused(&app, origin.as_bytes()).await;
        }
    }

    async fn sec_d3_nor_does_a_redirect_get_past_it(db) {
        let app = db.app(&TEAM).await;
        let mut ann = app.browser().with("origin", "https://app-team.vercel.app");
        ann.sign_up("ann@example.com").await;
        for (callback, status) in [
            ("https://app-team.vercel.app/dash", 200),
            ("https://evil.com/-team.vercel.app", 403),
            ("https://evil.com?x-team.vercel.app", 403),
            ("https://evil.com#x-team.vercel.app", 403),
            ("https://evil.com\\x-team.vercel.app", 403),
            ("https://a.b-team.vercel.app/", 403),
            ("https://x-team.vercel.app@evil.com/", 403),
        ] {
            let email = "ann@example.com";
            let body = json!({"email": email, "password": PASSWORD, "callbackURL": callback});
            let answer = ann.post(SIGN_IN, body).await;
            let code = if status == 403 { "INVALID_CALLBACK_URL" } else { "" };
            assert_eq!(answer.refusal(), (status, code.to_owned()), "{callback}");
        }
    }
}
