//! `BEARER=on`: a session's token in headers, for clients that keep no cookies.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::seed::known;
use crate::support::{
    Browser, CLEARED, Instance, ORIGIN, PASSWORD, SESSION, TestDb, db_test, decode_component,
};

const ON: [(&str, &str); 1] = [("BEARER", "on")];
const OLD_KEY: &str = "an-older-secret-for-tests-0123456789abcdef";
const NEW_KEY: &str = "a-newer-secret-for-tests-0123456789abcdefg";
const GET: &str = "/api/auth/get-session";
const LIST: &str = "/api/auth/list-sessions";
const REVOKE: &str = "/api/auth/revoke-session";
const REVOKE_OTHERS: &str = "/api/auth/revoke-other-sessions";
const GIVEN: &str = "set-auth-token";
const EXPOSED: &str = "access-control-expose-headers";

/// A program that keeps no cookies and shows this.
fn program(app: &Instance, shown: &str) -> Browser {
    let browser = app.browser().without("origin");
    browser.with("authorization", &format!("Bearer {shown}"))
}

/// Signs up by a browser; the browser, and its token as headers have it.
async fn signed_up(app: &Instance, email: &str) -> (Browser, String) {
    let mut browser = app.browser();
    browser.sign_up(email).await;
    let token = decode_component(browser.cookie(SESSION).unwrap());
    (browser, token)
}

fn raw(signed: &str) -> &str {
    signed.split_once('.').unwrap().0
}

async fn email(browser: &mut Browser) -> Value {
    browser.session().await["user"]["email"].clone()
}

async fn count(db: &TestDb) -> i64 {
    db.count("SELECT COUNT(*) FROM sessions").await
}

db_test! {
    async fn a_sign_up_and_a_sign_in_give_a_token_that_stands_for_the_session(db) {
        let app = db.app(&ON).await;
        let body = json!({"name": "Ann", "email": "ann@example.com", "password": PASSWORD});
        let mut ann = app.browser();
        for path in ["/api/auth/sign-up/email", "/api/auth/sign-in/email", "/api/signin"] {
            let answer = ann.post(path, body.clone()).await;
            let given = answer.header(GIVEN).to_owned();
            assert_eq!(given, decode_component(ann.cookie(SESSION).unwrap()), "{path}");
            assert_eq!(answer.json()["token"], raw(&given), "{path}");
            let encoded = ann.cookie(SESSION).unwrap().to_owned();
            for shown in [given.as_str(), &encoded, raw(&given)] {
                let mut program = program(&app, shown);
                let answer = program.get(GET).await;
                assert_eq!(answer.json(), ann.session().await, "{path} {shown}");
                assert!(answer.set_cookies.is_empty(), "{path} {shown}");
                assert_eq!(answer.header(GIVEN), "", "only with the cookie");
                let verified = program.get("/api/verify").await;
                assert_eq!(verified.header("x-auth-email"), "ann@example.com", "{path} {shown}");
                assert_eq!(program.get(LIST).await.status, 200, "{path} {shown}");
            }
        }
        let handle = ann.session().await["session"]["token"].clone();
        assert_eq!(handle.as_str().unwrap().len(), 36, "a handle, as ever");
        let token = decode_component(ann.cookie(SESSION).unwrap());
        for path in [GET, LIST] {
            let answer = ann.get(path).await;
            assert!(!answer.text().contains(raw(&token)), "{path}");
        }
    }

    async fn a_changed_password_gives_the_new_sessions_token(db) {
        let app = db.app(&ON).await;
        let (_, token) = signed_up(&app, "ann@example.com").await;
        let change = json!({"currentPassword": PASSWORD, "newPassword": "another-horse-battery", "revokeOtherSessions": true});
        let answer = program(&app, &token).post("/api/auth/change-password", change).await;
        let given = answer.header(GIVEN).to_owned();
        assert_ne!(given, token);
        assert_eq!(answer.json()["token"], raw(&given));
        assert_eq!(email(&mut program(&app, &given)).await, "ann@example.com");
        assert_eq!(program(&app, &token).session().await, Value::Null);
        let answer = program(&app, &given).post("/api/auth/update-user", json!({"name": "Anna"})).await;
        assert_eq!(answer.header(GIVEN), given, "as the reference does");
    }

    async fn the_scheme_has_any_case_and_the_token_space_around_it(db) {
        let app = db.app(&ON).await;
        let (_, token) = signed_up(&app, "ann@example.com").await;
        for scheme in ["Bearer ", "bearer ", "BEARER ", "bEaReR    "] {
            let shown = format!("{scheme}{token}");
            let mut program = app.browser().with("authorization", &shown);
            assert_eq!(email(&mut program).await, "ann@example.com", "{scheme}");
        }
    }

    async fn a_bearer_stands_in_place_of_the_cookie_and_garbage_does_not(db) {
        let app = db.app(&ON).await;
        let (mut ann, token) = signed_up(&app, "ann@example.com").await;
        let (eve, eves) = signed_up(&app, "eve@example.com").await;
        let handle = ann.session().await["session"]["token"].as_str().unwrap().to_owned();
        let forged = format!("{}.{}", raw(&token), eves.split_once('.').unwrap().1);
        let unknown = "a".repeat(43);
        for (shown, found) in [
            (format!("Bearer {token}"), json!("ann@example.com")),
            (format!("Bearer {}", raw(&token)), json!("ann@example.com")),
            (format!("Bearer {forged}"), json!("eve@example.com")),
            (format!("Bearer {handle}"), json!("eve@example.com")),
            ("Bearer nope.nope".to_owned(), json!("eve@example.com")),
            ("Bearer a.b.c".to_owned(), json!("eve@example.com")),
            ("Bearer ".to_owned(), json!("eve@example.com")),
            (format!("Basic {token}"), json!("eve@example.com")),
            // It could be a token, so it stands in place of the cookie.
            (format!("Bearer {unknown}"), Value::Null),
        ] {
            let mut both = eve.clone().with("authorization", &shown);
            assert_eq!(email(&mut both).await, found, "{shown}");
        }
        let mut twice = program(&app, &token).and("authorization", b"Bearer x.y");
        assert_eq!(twice.session().await, Value::Null, "which one is meant?");
    }

    async fn sec_c3_what_is_no_token_of_ours_reads_nothing(db) {
        let app = db.app(&ON).await;
        let (mut ann, token) = signed_up(&app, "ann@example.com").await;
        let (_, eves) = signed_up(&app, "eve@example.com").await;
        let handle = ann.session().await["session"]["token"].as_str().unwrap().to_owned();
        let forged = format!("{}.{}", raw(&token), eves.split_once('.').unwrap().1);
        app.web.app.db.close().await;
        let cut = &token[..token.len() - 1];
        let double = format!("{token},{token}");
        for shown in [&handle, &forged, cut, &double, "x", "nope.nope", "é", "%00.%00", "a.b.c"] {
            let mut eve = program(&app, shown);
            let answer = eve.get(GET).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "null"), "{shown}");
            assert!(answer.set_cookies.is_empty(), "{shown}");
            for path in ["/api/verify", LIST] {
                assert_eq!(eve.get(path).await.status, 401, "{path} {shown}");
            }
            assert_eq!(eve.post_empty(REVOKE_OTHERS).await.status, 401, "{shown}");
        }
        let answer = program(&app, &token).get(GET).await;
        assert_eq!(answer.refusal(), (503, "DATABASE_UNAVAILABLE".into()), "that one is read");
    }

    async fn sec_c3_switched_off_it_is_as_if_the_header_were_not_there(db) {
        let app = db.app(&[]).await;
        let (mut ann, token) = signed_up(&app, "ann@example.com").await;
        let (eve, _) = signed_up(&app, "eve@example.com").await;
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.header(GIVEN), "");
        assert!(!answer.header(EXPOSED).contains(GIVEN));
        assert_eq!(answer.json()["token"].as_str().unwrap().len(), 36, "a handle");
        let mut both = eve.clone().with("authorization", &format!("Bearer {token}"));
        assert_eq!(email(&mut both).await, "eve@example.com");
        let revoked = both.post(REVOKE, json!({"token": raw(&token)})).await;
        assert_eq!(revoked.json(), json!({"status": true}), "which is no handle");
        assert_eq!(count(&db).await, 3);
        app.web.app.db.close().await;
        for shown in [token.as_str(), raw(&token)] {
            let mut program = program(&app, shown);
            assert_eq!(program.session().await, Value::Null);
            assert_eq!(program.get("/api/verify").await.status, 401);
            assert_eq!(program.post_empty(REVOKE_OTHERS).await.status, 401);
            assert_eq!(program.post_empty("/api/auth/sign-out").await.status, 200);
        }
    }

    async fn a_signed_token_without_a_session_is_nobodys(db) {
        let app = db.app(&ON).await;
        let unknown = "a".repeat(43);
        for shown in [decode_component(&app.signed(&unknown)), unknown] {
            let answer = program(&app, &shown).get(GET).await;
            assert_eq!((answer.text().as_str(), answer.header(GIVEN)), ("null", ""));
            assert_eq!(answer.set_cookies, CLEARED, "as the reference does");
        }
    }

    async fn a_session_is_refreshed_and_its_token_given_again(db) {
        let app = db.app(&ON).await;
        let (_, token) = signed_up(&app, "ann@example.com").await;
        for shown in [token.as_str(), raw(&token)] {
            app.advance(Duration::from_hours(24));
            let mut program = program(&app, shown);
            let answer = program.get(GET).await;
            let session = &answer.json()["session"];
            assert_ne!(session["updatedAt"], session["createdAt"], "{answer:?}");
            assert_eq!(answer.header(GIVEN), token);
            assert_eq!(decode_component(program.cookie(SESSION).unwrap()), token);
            program.forget();
            assert_eq!(program.get(GET).await.header(GIVEN), "", "once is enough");
        }
        app.advance(Duration::from_hours(7 * 24));
        assert_eq!(program(&app, &token).session().await, Value::Null);
    }

    async fn sec_c8_a_bearer_of_the_previous_key_is_given_todays_signature(db) {
        let before = db.app(&[("SECRET_KEY", OLD_KEY), ("BEARER", "on")]).await;
        let (_, old) = signed_up(&before, "ann@example.com").await;
        let rotating = [("SECRET_KEY", NEW_KEY), ("SECRET_KEY_PREVIOUS", OLD_KEY), ("BEARER", "on")];
        let rotating = db.app(&rotating).await;
        assert_eq!(program(&rotating, &old).get("/api/verify").await.status, 200);
        let answer = program(&rotating, &old).get(GET).await;
        let new = answer.header(GIVEN).to_owned();
        assert_eq!(new, decode_component(&rotating.signed(raw(&old))));
        let after = db.app(&[("SECRET_KEY", NEW_KEY), ("BEARER", "on")]).await;
        assert_eq!(email(&mut program(&after, &new)).await, "ann@example.com");
        assert_eq!(program(&after, &old).session().await, Value::Null);
    }

    async fn sec_d1_a_bearer_without_a_cookie_needs_no_page_and_one_with_a_cookie_does(db) {
        let app = db.app(&ON).await;
        let (ann, token) = signed_up(&app, "ann@example.com").await;
        let mut alone = program(&app, &token);
        assert_eq!(alone.post_empty(REVOKE_OTHERS).await.json(), json!({"status": true}));
        let mut neighbour = program(&app, &token).and("cookie", b"theme=dark");
        let refused = neighbour.post_empty(REVOKE_OTHERS).await;
        assert_eq!(refused.refusal(), (403, "MISSING_OR_NULL_ORIGIN".into()));
        let bearer = format!("Bearer {token}");
        let mut page = ann.clone().with("authorization", &bearer).with("origin", "https://evil.example");
        let refused = page.post_empty(REVOKE_OTHERS).await;
        assert_eq!(refused.refusal(), (403, "INVALID_ORIGIN".into()));
        let mut page = ann.with("authorization", &bearer);
        assert_eq!(page.post_empty(REVOKE_OTHERS).await.status, 200);
    }

    async fn sec_d2_one_field_exposes_everything_to_trusted_pages(db) {
        let app = db.app(&ON).await;
        let (mut ann, _) = signed_up(&app, "ann@example.com").await;
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.headers.get_all(EXPOSED).iter().count(), 1);
        let names: Vec<&str> = answer.header(EXPOSED).split(", ").collect();
        for name in ["set-auth-token", "Retry-After", "X-Request-Id", "RateLimit"] {
            assert_eq!(names.iter().filter(|other| **other == name).count(), 1, "{name} in {names:?}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        let plain = ann.get(GET).await;
        assert!(!plain.header(EXPOSED).contains(GIVEN), "there is none to read");
        let body = json!({"email": "ann@example.com", "password": PASSWORD});
        let answer = app.browser().without("origin").post("/api/auth/sign-in/email", body).await;
        assert_eq!(answer.header(EXPOSED), GIVEN, "as the reference does");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }

    async fn sec_c7_what_depends_on_a_bearer_says_so(db) {
        let app = db.app(&ON).await;
        let (_, token) = signed_up(&app, "ann@example.com").await;
        for mut browser in [program(&app, &token), app.browser()] {
            for path in [GET, "/api/verify", LIST] {
                let answer = browser.get(path).await;
                assert_eq!(answer.header("vary"), "Origin, Cookie, Authorization");
                assert_eq!(answer.header("cache-control"), "no-store");
            }
        }
    }

    async fn sec_c4_signing_out_ends_the_bearers_session_and_the_cookies(db) {
        let app = db.app(&ON).await;
        let (_, token) = signed_up(&app, "ann@example.com").await;
        let answer = program(&app, raw(&token)).post_empty("/api/auth/sign-out").await;
        assert_eq!(answer.json(), json!({"success": true}));
        assert_eq!(answer.set_cookies, CLEARED);
        assert_eq!(program(&app, &token).session().await, Value::Null);
        assert_eq!(count(&db).await, 0);

        let mut page = app.browser();
        page.sign_in("ann@example.com", PASSWORD).await;
        let stale = decode_component(page.cookie(SESSION).unwrap());
        page.sign_in("ann@example.com", PASSWORD).await;
        let mut both = page.with("authorization", &format!("Bearer {stale}"));
        both.post_empty("/api/auth/sign-out").await;
        assert_eq!(count(&db).await, 0, "nothing is left that no browser knows");
    }

    async fn sec_c5_a_session_is_revoked_by_its_handle_or_its_token_by_its_user_alone(db) {
        let app = db.app(&ON).await;
        let (mut ann, token) = signed_up(&app, "ann@example.com").await;
        let (_, eves) = signed_up(&app, "eve@example.com").await;
        let mut phone = app.browser();
        phone.sign_in("ann@example.com", PASSWORD).await;
        let phones = decode_component(phone.cookie(SESSION).unwrap());
        let mut tablet = app.browser();
        tablet.sign_in("ann@example.com", PASSWORD).await;
        let handle = tablet.session().await["session"]["token"].as_str().unwrap().to_owned();

        for (named, left) in [
            (raw(&eves), 4),
            (eves.as_str(), 4),
            (phones.as_str(), 4),
            ("a".repeat(43).as_str(), 4),
            (raw(&phones), 3),
            (raw(&phones), 3),
            (handle.as_str(), 2),
        ] {
            let answer = ann.post(REVOKE, json!({"token": named})).await;
            assert_eq!(answer.json(), json!({"status": true}), "{named}");
            assert!(answer.set_cookies.is_empty(), "{named}");
            assert_eq!(count(&db).await, left, "{named}");
        }
        assert_eq!(phone.session().await, Value::Null);
        let own = program(&app, &token).post(REVOKE, json!({"token": raw(&token)})).await;
        assert_eq!(own.set_cookies, CLEARED, "that was the one they asked from");
        assert_eq!(email(&mut program(&app, &eves)).await, "eve@example.com");
    }

    async fn sec_c3_the_first_systems_token_is_no_bearer_until_it_is_signed(db) {
        db.load_seed().await;
        let app = db.today(&ON).await;
        let mut tried = 0;
        for user in known().users {
            for session in user.sessions.iter().filter(|session| session.live) {
                let token = &session.token;
                let mut bearer = program(&app, token);
                assert_eq!(bearer.session().await, Value::Null, "{}", user.email);
                assert_eq!(bearer.get("/api/verify").await.status, 401);
                assert_eq!(bearer.post_empty("/api/auth/sign-out").await.status, 200);
                let mut browser = app.browser();
                browser.set_cookie("session_token", token);
                let answer = browser.get(GET).await;
                assert_eq!(answer.json()["user"]["id"], user.id, "it still lives");
                let given = answer.header(GIVEN);
                if !given.is_empty() {
                    assert_eq!(program(&app, given).session().await["user"]["id"], user.id);
                    tried += 1;
                }
            }
        }
        assert!(tried >= 50, "only {tried}");
    }
}
