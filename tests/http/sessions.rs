//! `sign-out`, `list-sessions`, `revoke-session`, `revoke-sessions` and
//! `revoke-other-sessions`: a user's own sessions and nobody else's.

use serde_json::{Value, json};

use crate::support::{Answer, Browser, CLEARED, Instance, PASSWORD, SESSION, db_test};

const LIST: &str = "/api/auth/list-sessions";
const SIGN_OUT: &str = "/api/auth/sign-out";
const REVOKE: &str = "/api/auth/revoke-session";
const REVOKE_ALL: &str = "/api/auth/revoke-sessions";
const REVOKE_OTHERS: &str = "/api/auth/revoke-other-sessions";
const COUNT: &str = "SELECT COUNT(*) FROM sessions";

async fn signed_up(app: &Instance, email: &str) -> Browser {
    let mut browser = app.browser();
    browser.sign_up(email).await;
    browser
}

/// The same user on one more device.
async fn signed_in(app: &Instance, email: &str) -> Browser {
    let mut browser = app.browser();
    let answer = browser.sign_in(email, PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

async fn handle(browser: &mut Browser) -> String {
    let session = browser.session().await;
    session["session"]["token"].as_str().unwrap().to_owned()
}

async fn handles(browser: &mut Browser) -> Vec<String> {
    let list = browser.get(LIST).await.json();
    let sessions = list.as_array().unwrap().iter();
    sessions
        .map(|session| session["token"].as_str().unwrap().to_owned())
        .collect()
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.session().await != Value::Null
}

/// Everything that a caller can see of an answer, but for the request's id.
fn seen(mut answer: Answer) -> (u16, http::HeaderMap, String) {
    answer.headers.remove("x-request-id").unwrap();
    let text = answer.text();
    (answer.status, answer.headers, text)
}

db_test! {
    async fn lists_the_live_sessions_oldest_first(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser().with("user-agent", "Mozilla/5.0 Test");
        ann.sign_up("ann@example.com").await;
        app.advance(std::time::Duration::from_mins(1));
        let mut phone = app.browser().from("2001:db8::1");
        phone.sign_in("ann@example.com", PASSWORD).await;
        let (first, second) = (ann.session().await, phone.session().await);

        let answer = ann.get(LIST).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert!(answer.set_cookies.is_empty());
        assert_eq!(answer.json(), json!([first["session"], second["session"]]));
        assert_eq!(first["session"]["userAgent"], "Mozilla/5.0 Test");
        assert_eq!(second["session"]["userAgent"], "");
        assert_eq!(second["session"]["ipAddress"], "2001:db8::1");
        assert_eq!(phone.get("/api/sessions").await.json(), answer.json());

        app.advance(std::time::Duration::from_hours(6 * 24));
        ann.session().await;
        app.advance(std::time::Duration::from_hours(2 * 24));
        let refused = ann.get(LIST).await;
        assert_eq!(refused.refusal(), (403, "SESSION_NOT_FRESH".into()));
        let mut fresh = signed_in(&app, "ann@example.com").await;
        assert_eq!(handles(&mut fresh).await.len(), 2, "the phone's has expired");
    }

    async fn without_a_session_it_is_401(db) {
        let app = db.app(&[]).await;
        for path in [LIST, "/api/sessions"] {
            let answer = app.browser().get(path).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{path}");
            assert!(answer.set_cookies.is_empty(), "{path}");
        }
        for path in [REVOKE, REVOKE_ALL, REVOKE_OTHERS] {
            let answer = app.browser().post(path, json!({"token": "x"})).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{path}");
            let mut stale = app.browser();
            stale.set_cookie(SESSION, &app.signed(&"a".repeat(43)));
            let answer = stale.post(path, json!({"token": "x"})).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{path}");
            assert_eq!(answer.set_cookies, CLEARED, "{path}");
        }
    }

    async fn revokes_another_session_of_ones_own(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = signed_in(&app, "ann@example.com").await;
        let answer = ann.post(REVOKE, json!({"token": handle(&mut phone).await})).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
        assert!(answer.set_cookies.is_empty());
        assert!(is_signed_in(&mut ann).await);
        let answer = phone.get("/api/auth/get-session").await;
        assert_eq!(answer.json(), Value::Null);
        assert_eq!(answer.set_cookies, CLEARED);
    }

    async fn revoking_the_current_session_clears_its_cookies(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = signed_in(&app, "ann@example.com").await;
        let mut copy = app.browser_like(&ann);
        let answer = ann.post(REVOKE, json!({"token": handle(&mut copy).await})).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
        assert_eq!(answer.set_cookies, CLEARED);
        assert!(!is_signed_in(&mut copy).await);
        assert!(is_signed_in(&mut phone).await);
    }

    async fn revoking_needs_a_handle_that_is_a_text(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        for (body, received) in [(json!({}), "undefined"), (json!({"token": 5}), "number")] {
            let answer = ann.post(REVOKE, body).await;
            let why = format!("Invalid input: expected string, received {received}");
            let message = format!("[body.token] {why}");
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        assert!(is_signed_in(&mut ann).await);
    }

    async fn revokes_all_sessions_this_one_too(db) {
        let app = db.app(&[]).await;
        let mut eve = signed_up(&app, "eve@example.com").await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = signed_in(&app, "ann@example.com").await;
        let mut copy = app.browser_like(&ann);
        let answer = ann.post_empty(REVOKE_ALL).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
        assert_eq!(answer.set_cookies, CLEARED);
        assert!(!is_signed_in(&mut copy).await);
        assert!(!is_signed_in(&mut phone).await);
        assert!(is_signed_in(&mut eve).await);
    }

    async fn revokes_all_sessions_but_this_one(db) {
        let app = db.app(&[]).await;
        let mut eve = signed_up(&app, "eve@example.com").await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = signed_in(&app, "ann@example.com").await;
        let mut tablet = signed_in(&app, "ann@example.com").await;
        for answer in [
            ann.post_empty(REVOKE_OTHERS).await,
            ann.post(REVOKE_OTHERS, json!({})).await,
        ] {
            assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
            assert!(answer.set_cookies.is_empty());
        }
        assert!(!is_signed_in(&mut phone).await);
        assert!(!is_signed_in(&mut tablet).await);
        assert!(is_signed_in(&mut eve).await);
        assert_eq!(handles(&mut ann).await, [handle(&mut ann).await]);
    }

    async fn signs_out_with_a_session_and_without(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = signed_in(&app, "ann@example.com").await;
        let mut copy = app.browser_like(&ann);
        let mut stale = app.browser_like(&ann);
        let mut nobody = app.browser();
        for answer in [
            ann.post_empty(SIGN_OUT).await,
            ann.post_empty(SIGN_OUT).await,
            stale.post(SIGN_OUT, json!({})).await,
            nobody.post_empty(SIGN_OUT).await,
            nobody.post(SIGN_OUT, json!({})).await,
            app.browser().without("origin").post_empty(SIGN_OUT).await,
        ] {
            assert_eq!((answer.status, answer.json()), (200, json!({"success": true})));
            assert_eq!(answer.set_cookies, CLEARED);
        }
        assert!(!is_signed_in(&mut copy).await, "gone on the server, not only in the browser");
        assert!(is_signed_in(&mut phone).await);
    }

    async fn sec_c4_what_ends_a_session_ends_it_on_every_instance_at_once(db) {
        let (here, there) = (db.app(&[]).await, db.app(&[]).await);
        signed_up(&here, "ann@example.com").await;
        for (path, ends) in [
            (SIGN_OUT, [true, false]),
            (REVOKE, [false, true]),
            (REVOKE_ALL, [true, true]),
            (REVOKE_OTHERS, [false, true]),
        ] {
            let mut ann = signed_in(&here, "ann@example.com").await;
            let mut phone = signed_in(&here, "ann@example.com").await;
            let mut elsewhere = [there.browser_like(&ann), there.browser_like(&phone)];
            for browser in &mut elsewhere {
                assert!(is_signed_in(browser).await, "{path}");
            }
            let body = json!({"token": handle(&mut phone).await});
            assert_eq!(ann.post(path, body).await.status, 200, "{path}");
            for (browser, ended) in elsewhere.iter_mut().zip(ends) {
                assert_eq!(browser.get("/api/verify").await.status == 401, ended, "{path}");
                assert_eq!(browser.get(LIST).await.status == 401, ended, "{path}");
                assert_eq!(!is_signed_in(browser).await, ended, "{path}");
            }
        }
    }

    async fn sec_c5_nobody_sees_or_ends_another_users_sessions(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut eve = signed_up(&app, "eve@example.com").await;
        let anns = handle(&mut ann).await;
        assert_eq!(handles(&mut eve).await, [handle(&mut eve).await]);

        let unknown = "0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b";
        let expected = seen(eve.post(REVOKE, json!({"token": unknown})).await);
        assert_eq!((expected.0, expected.2.as_str()), (200, r#"{"status":true}"#));
        let user_id = ann.session().await["user"]["id"].as_str().unwrap().to_owned();
        let undashed = anns.replace('-', "");
        let with_nul = format!("{anns}\0");
        let long = "x".repeat(60_000);
        let odd = ["", "nope", "%", "' OR 1=1 --"];
        let tokens = [anns.as_str(), &undashed, &user_id, &with_nul, &long];
        for token in tokens.into_iter().chain(odd) {
            let answer = eve.post(REVOKE, json!({"token": token})).await;
            assert_eq!(seen(answer), expected, "{token:.40}");
        }
        assert!(is_signed_in(&mut ann).await);
        assert_eq!(db.count(COUNT).await, 2);
    }
}

db_test! {
    async fn a_cookie_left_over_does_not_hide_the_one_that_lives(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let dead = ann.cookie(SESSION).unwrap().to_owned();
        ann.post_empty("/api/auth/sign-out").await;
        ann.sign_in("ann@example.com", PASSWORD).await;
        let live = ann.cookie(SESSION).unwrap().to_owned();
        for both in [format!("{SESSION}={dead}; {SESSION}={live}"), format!("{SESSION}={live}; {SESSION}={dead}")] {
            let session = app.browser().with("cookie", &both).session().await;
            assert_eq!(session["user"]["email"], "ann@example.com");
        }
    }

    async fn signing_out_ends_every_session_that_is_shown(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let first = ann.cookie(SESSION).unwrap().to_owned();
        ann.sign_in("ann@example.com", PASSWORD).await;
        let second = ann.cookie(SESSION).unwrap().to_owned();
        let both = format!("{SESSION}={first}; {SESSION}={second}");
        let answer = app.browser().with("cookie", &both).post_empty("/api/auth/sign-out").await;
        assert_eq!(answer.status, 200);
        for cookie in [first, second] {
            let one = format!("{SESSION}={cookie}");
            assert_eq!(app.browser().with("cookie", &one).session().await, Value::Null);
        }
    }
}
