//! A session goes on wherever it is found, and not at get-session alone; what an
//! answer says of the cookies then.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Browser, CLEARED, Instance, PASSWORD, SESSION, db_test, token_of};

const DAY: Duration = Duration::from_hours(24);
const FLAG: &str = "better-auth.dont_remember";
const DATA: &str = "better-auth.session_data";

async fn ann(app: &Instance) -> Browser {
    let mut ann = app.browser();
    ann.sign_up("ann@example.com").await;
    ann
}

/// Every endpoint that wants a session, with a body that it takes or refuses only
/// for what the body says.
fn endpoints() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("/api/auth/list-sessions", None),
        ("/api/auth/list-accounts", None),
        ("/api/auth/account-info?accountId=x", None),
        ("/api/auth/token", None),
        ("/api/auth/revoke-session", Some(json!({"token": "x"}))),
        ("/api/auth/revoke-other-sessions", Some(json!({}))),
        ("/api/auth/update-user", Some(json!({"name": "Anna"}))),
        ("/api/auth/update-session", Some(json!({}))),
        (
            "/api/auth/change-password",
            Some(
                json!({"currentPassword": "wrong-password", "newPassword": "another-horse-battery"}),
            ),
        ),
        (
            "/api/auth/verify-password",
            Some(json!({"password": "wrong-password"})),
        ),
        (
            "/api/auth/change-email",
            Some(json!({"newEmail": "ann@example.com"})),
        ),
        (
            "/api/auth/delete-user",
            Some(json!({"password": "wrong-password"})),
        ),
        ("/api/auth/unlink-account", Some(json!({"accountId": "x"}))),
        ("/api/auth/link-social", Some(json!({"provider": "x"}))),
        (
            "/api/auth/get-access-token",
            Some(json!({"accountId": "x"})),
        ),
        ("/api/auth/refresh-token", Some(json!({"accountId": "x"}))),
        (
            "/api/auth/send-verification-email",
            Some(json!({"email": "bob@example.com"})),
        ),
        ("/api/auth/delete-user/callback?token=x", None),
    ]
}

async fn ask(browser: &mut Browser, path: &str, body: Option<Value>) -> crate::support::Answer {
    match body {
        Some(body) => browser.post(path, body).await,
        None => browser.get(path).await,
    }
}

db_test! {
    async fn a_session_is_extended_by_whatever_asks_for_it(db) {
        let app = db.app(&[("RATE_LIMIT", "off")]).await;
        let mut ann = ann(&app).await;
        for (path, body) in endpoints() {
            app.advance(DAY);
            let answer = ask(&mut ann, path, body.clone()).await;
            assert_eq!(answer.set_cookies.len(), 1, "{path}: {answer:?}");
            let line = &answer.set_cookies[0];
            assert!(line.starts_with(SESSION) && line.contains("; Max-Age=604800; "), "{path}: {line}");
            let again = ask(&mut ann, path, body).await;
            let sets_anyway = path.ends_with("/update-user");
            assert_eq!(again.set_cookies.len(), usize::from(sets_anyway), "{path}: {again:?}");
        }
        assert_ne!(ann.session().await, Value::Null, "weeks later");
    }

    async fn one_that_is_not_remembered_is_never_extended(db) {
        let app = db.app(&[("RATE_LIMIT", "off")]).await;
        ann(&app).await;
        let mut ann = app.browser();
        let body = json!({"email": "ann@example.com", "password": PASSWORD, "rememberMe": false});
        ann.post("/api/auth/sign-in/email", body).await;
        app.advance(DAY.saturating_sub(Duration::from_secs(1)));
        assert_eq!(ann.get("/api/auth/list-accounts").await.set_cookies.len(), 0);
        app.advance(Duration::from_secs(1));
        let ended = ann.get("/api/auth/list-accounts").await;
        assert_eq!((ended.status, ended.set_cookies), (401, CLEARED.map(String::from).to_vec()));
    }

    async fn a_proxys_question_extends_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        app.advance(DAY);
        assert!(ann.get("/api/verify").await.set_cookies.is_empty());
        let again = ann.get("/api/auth/get-session").await;
        assert_eq!(again.set_cookies.len(), 1, "it was still due");
    }

    async fn a_handlers_own_word_about_the_cookies_counts_more(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        app.advance(DAY);
        let answer = ann.post("/api/auth/revoke-sessions", json!({})).await;
        assert_eq!(answer.set_cookies, CLEARED, "not set as well");
        ann.sign_in("ann@example.com", PASSWORD).await;
        app.advance(DAY);
        let body = json!({"password": PASSWORD});
        assert_eq!(ann.post("/api/auth/delete-user", body).await.set_cookies, CLEARED);
    }

    async fn where_copies_are_kept_one_is_made_as_the_reference_makes_it(db) {
        let app = db.app(&[("COOKIE_CACHE", "on")]).await;
        let mut ann = ann(&app).await;
        let names = |answer: &crate::support::Answer| {
            answer.set_cookies.iter().map(|line| line.split('=').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let kept = ann.get("/api/auth/list-accounts").await;
        assert!(kept.set_cookies.is_empty(), "the copy still counts");
        let asked = ann.post("/api/auth/verify-password", json!({"password": PASSWORD})).await;
        assert_eq!(names(&asked), [DATA], "the database was asked on purpose");
        let mut bare = app.browser();
        bare.set_cookie(SESSION, ann.cookie(SESSION).unwrap());
        assert_eq!(names(&bare.get("/api/auth/list-accounts").await), [DATA]);
        bare.set_cookie(DATA, "nonsense");
        assert_eq!(names(&bare.get("/api/auth/list-accounts").await), [DATA]);
    }

    async fn a_remembered_session_takes_the_flag_of_an_earlier_one_away(db) {
        let app = db.app(&[]).await;
        ann(&app).await;
        let mut ann = app.browser();
        let body = json!({"email": "ann@example.com", "password": PASSWORD, "rememberMe": false});
        ann.post("/api/auth/sign-in/email", body).await;
        let flag = ann.cookie(FLAG).unwrap().to_owned();
        let cleared = format!("{FLAG}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.set_cookies.len(), 2, "{answer:?}");
        assert_eq!(answer.set_cookies[1], cleared);
        assert_eq!(ann.cookie(FLAG), None);

        ann.set_cookie(FLAG, &flag);
        let bob = json!({"name": "Bob", "email": "bob@example.com", "password": PASSWORD});
        let answer = ann.post("/api/auth/sign-up/email", bob).await;
        assert_eq!(answer.set_cookies[1..], [cleared]);
        for unsigned in ["true", "true.x", ""] {
            ann.set_cookie(FLAG, unsigned);
            let answer = ann.sign_in("ann@example.com", PASSWORD).await;
            assert_eq!(answer.set_cookies.len(), 1, "it says nothing: {unsigned:?}");
        }
    }

    async fn signing_up_may_be_for_this_browser_alone(db) {
        let app = db.app(&[]).await;
        for (n, path) in ["/api/auth/sign-up/email", "/api/signup"].into_iter().enumerate() {
            let mut ann = app.browser();
            let email = format!("ann{n}@example.com");
            let body = json!({"name": "Ann", "email": email, "password": PASSWORD, "rememberMe": false});
            let answer = ann.post(path, body).await;
            let (session, flag) = (ann.cookie(SESSION).unwrap(), ann.cookie(FLAG).unwrap());
            assert_eq!(answer.set_cookies, [
                format!("{SESSION}={session}; Path=/; HttpOnly; SameSite=Lax"),
                format!("{FLAG}={flag}; Path=/; HttpOnly; SameSite=Lax"),
            ]);
            let expires = ann.session().await["session"]["expiresAt"].clone();
            assert_eq!(expires, "2026-11-25T15:00:00.000Z");
            let body = json!({"name": "Bob", "email": "bob@example.com", "password": PASSWORD, "rememberMe": "no"});
            let message = "[body.rememberMe] Invalid input: expected boolean, received string";
            assert_eq!(app.browser().post(path, body).await.json()["message"], message);
        }
    }

    async fn a_verification_link_outlives_a_new_password_and_no_other_link_does(db) {
        let app = db.app(&[("RATE_LIMIT", "off")]).await;
        for reset in [true, false] {
            let email = if reset { "ann@example.com" } else { "bob@example.com" };
            let mut browser = app.browser();
            browser.sign_up(email).await;
            let verify = app.link_to(email).await;
            if reset {
                let body = json!({"email": email, "redirectTo": "/r"});
                browser.post("/api/auth/request-password-reset", body).await;
                let token = token_of(&app.link_to(email).await);
                let body = json!({"token": token, "newPassword": "another-horse-battery"});
                assert_eq!(app.browser().post("/api/auth/reset-password", body).await.status, 200);
            } else {
                let body = json!({"newEmail": "bob2@example.com"});
                browser.post("/api/auth/change-email", body).await;
                let change = app.link_to("bob2@example.com").await;
                let body = json!({"currentPassword": PASSWORD, "newPassword": "another-horse-battery"});
                assert_eq!(browser.post("/api/auth/change-password", body).await.status, 200);
                let location = browser.get(&change).await.header("location").to_owned();
                assert!(location.ends_with("error=INVALID_TOKEN"), "{location}");
            }
            let opened = app.browser().get(&verify).await;
            assert_eq!((opened.status, opened.header("location")), (302, "/"), "{opened:?}");
            let verified = app.browser().sign_in(email, "another-horse-battery").await;
            assert_eq!(verified.json()["user"]["emailVerified"], true);
        }
    }
}
