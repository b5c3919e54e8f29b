//! `GET /api/auth/get-session`: who is it, and until when.

use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, CLEARED, Instance, PASSWORD, SESSION, db_test};

const PATH: &str = "/api/auth/get-session";
const DAY: Duration = Duration::from_hours(24);
const MOMENT: Duration = Duration::from_millis(1);
const ALMOST_A_DAY: Duration = Duration::from_millis(24 * 60 * 60 * 1000 - 1);

/// A browser whose session ends with the browser.
async fn unremembered(app: &Instance) -> Browser {
    let mut browser = app.browser();
    let body = json!({"email": "ann@example.com", "password": PASSWORD, "rememberMe": false});
    let answer = browser.post("/api/auth/sign-in/email", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

/// The one field that sets a remembered session's cookie to what it is.
fn renewed(browser: &Browser) -> String {
    let value = browser.cookie(SESSION).unwrap();
    format!("{SESSION}={value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax")
}

fn assert_null(answer: &Answer, set_cookies: &[&str]) {
    assert_eq!((answer.status, answer.text().as_str()), (200, "null"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert_eq!(answer.set_cookies, set_cookies);
}

db_test! {
    async fn tells_who_it_is_as_the_reference_does(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser().with("user-agent", "Test/1");
        let user_id = ann.sign_up("ann@example.com").await;
        let answer = ann.get(PATH).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        assert!(answer.set_cookies.is_empty(), "{answer:?}");
        let id = answer.json()["session"]["id"].clone();
        assert_eq!(id.as_str().unwrap().len(), 36);
        let (now, in_a_week) = ("2026-11-24T15:00:00.000Z", "2026-12-01T15:00:00.000Z");
        let expected = json!({
            "session": {
                "expiresAt": in_a_week, "token": id, "createdAt": now, "updatedAt": now,
                "ipAddress": "203.0.113.1", "userAgent": "Test/1", "userId": user_id, "id": id,
            },
            "user": {
                "name": "Ann", "email": "ann@example.com", "emailVerified": false,
                "image": null, "createdAt": now, "updatedAt": now, "id": user_id,
            },
        });
        assert_eq!(answer.json(), expected);
    }

    async fn is_null_for_everybody_else(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let good = ann.cookie(SESSION).unwrap().to_owned();
        let (token, signature) = good.split_once('.').unwrap();
        assert_null(&app.browser().get(PATH).await, &[]);
        for (name, value) in [
            (SESSION, format!("{token}.AAAA{}", &signature[4..])),
            (SESSION, format!("AAAA{}.{signature}", &token[4..])),
            (SESSION, token.to_owned()),
            ("__Secure-better-auth.session_token", good.clone()),
            ("session_token", token.to_owned()),
        ] {
            let mut eve = app.browser();
            eve.set_cookie(name, &value);
            assert_null(&eve.get(PATH).await, &[]);
        }
        let bearer = format!("Bearer {good}");
        assert_null(&app.browser().with("authorization", &bearer).get(PATH).await, &[]);
    }

    async fn a_signed_cookie_without_a_session_is_cleared(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.set_cookie(SESSION, &app.signed(&"a".repeat(43)));
        assert_null(&ann.get(PATH).await, &CLEARED);
        assert_eq!(ann.cookie(SESSION), None);
    }

    async fn extends_a_session_once_a_day(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.advance(ALMOST_A_DAY);
        let answer = ann.get(PATH).await;
        assert_eq!(answer.json()["session"]["expiresAt"], "2026-12-01T15:00:00.000Z");
        assert!(answer.set_cookies.is_empty());

        app.advance(MOMENT);
        let answer = ann.get(PATH).await;
        assert_eq!(answer.set_cookies, [renewed(&ann)]);
        let session = &answer.json()["session"];
        assert_eq!(session["expiresAt"], "2026-12-02T15:00:00.000Z");
        assert_eq!(session["updatedAt"], "2026-11-25T15:00:00.000Z");
        assert_eq!(session["createdAt"], "2026-11-24T15:00:00.000Z");
        assert!(ann.get(PATH).await.set_cookies.is_empty(), "once is enough");

        app.advance(DAY * 6 + ALMOST_A_DAY);
        assert_ne!(ann.session().await, Value::Null, "the extension was kept");
    }

    async fn does_not_extend_when_asked_not_to(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.advance(DAY * 2);
        let answer = ann.get("/api/auth/get-session?disableRefresh=true").await;
        assert_eq!(answer.json()["session"]["expiresAt"], "2026-12-01T15:00:00.000Z");
        assert!(answer.set_cookies.is_empty());
        let answer = ann.get("/api/auth/get-session?disableRefresh=false").await;
        assert_eq!(answer.set_cookies, [renewed(&ann)]);
    }

    async fn the_settings_say_how_long_a_session_lives(db) {
        let app = db.app(&[("SESSION_TTL", "1h"), ("SESSION_REFRESH", "10m")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.advance(Duration::from_mins(10));
        let answer = ann.get(PATH).await;
        assert_eq!(answer.json()["session"]["expiresAt"], "2026-11-24T16:10:00.000Z");
        assert!(answer.set_cookies[0].contains("; Max-Age=3600; "), "{answer:?}");
        app.advance(Duration::from_hours(1));
        assert_null(&ann.get(PATH).await, &CLEARED);
    }

    async fn a_session_that_is_not_remembered_ends_after_a_day_whatever_happens(db) {
        // Due for a refresh long before its end, if it were ever due.
        let app = db.app(&[("SESSION_REFRESH", "1h")]).await;
        app.browser().sign_up("ann@example.com").await;
        let mut ann = unremembered(&app).await;
        app.advance(ALMOST_A_DAY);
        let answer = ann.get(PATH).await;
        assert_eq!(answer.json()["session"]["expiresAt"], "2026-11-25T15:00:00.000Z");
        assert!(answer.set_cookies.is_empty(), "{answer:?}");
        app.advance(MOMENT);
        assert_null(&ann.get(PATH).await, &CLEARED);
    }

    async fn sec_c6_an_unused_session_ends_after_a_week_swept_or_not(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut same = app.browser_like(&ann);
        let mut third = app.browser_like(&ann);
        app.advance(DAY * 6 + ALMOST_A_DAY);
        let last = ann.get("/api/auth/get-session?disableRefresh=true").await;
        assert_ne!(last.json(), Value::Null);

        app.advance(MOMENT);
        assert_null(&ann.get(PATH).await, &CLEARED);
        let refused = same.get("/api/auth/list-sessions").await;
        assert_eq!(refused.refusal(), (401, "UNAUTHORIZED".into()));
        assert_eq!(refused.set_cookies, CLEARED);
        assert_eq!(third.get("/api/verify").await.status, 401);
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 1, "nobody has swept yet");
    }

    async fn post_is_refused_as_the_reference_does(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = ann.post_empty(PATH).await;
        let code = "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED";
        assert_eq!(answer.refusal(), (405, code.into()));
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
    }

    async fn head_is_get_without_the_body(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = ann.send("HEAD", PATH, Body::empty()).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, ""));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    async fn a_stale_cookie_cache_is_cleared(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        ann.set_cookie("better-auth.session_data", "abc");
        let answer = ann.get(PATH).await;
        assert_eq!(answer.json()["user"]["email"], "ann@example.com");
        assert_eq!(answer.set_cookies, [CLEARED[1]]);
        assert!(ann.get(PATH).await.set_cookies.is_empty());
    }

    async fn sec_c7_nothing_that_depends_on_a_cookie_may_be_kept(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut answers = vec![ann.sign_in("ann@example.com", PASSWORD).await];
        for path in [PATH, "/api/verify", "/api/auth/list-sessions", "/api/sessions"] {
            answers.push(ann.get(path).await);
            answers.push(app.browser().get(path).await);
        }
        answers.push(ann.post_empty("/api/auth/sign-out").await);
        for answer in answers {
            assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
            assert_eq!(answer.header("vary"), "Origin, Cookie", "{answer:?}");
        }
    }
}
