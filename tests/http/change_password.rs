//! `change-password`: who may, what the new one must be, and who is out afterwards.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Browser, Instance, PASSWORD, SESSION, db_test, together};

const CHANGE: &str = "/api/auth/change-password";
const NEW: &str = "a-new-password-1";
const UPDATED: &str = "SELECT COUNT(*) FROM users WHERE password_changed_at IS NOT NULL";

async fn change(browser: &mut Browser, current: &str, new: &str) -> Answer {
    let body = json!({"currentPassword": current, "newPassword": new});
    browser.post(CHANGE, body).await
}

/// The same with the session replaced.
async fn change_all(browser: &mut Browser, current: &str, new: &str) -> Answer {
    let body = json!({"currentPassword": current, "newPassword": new, "revokeOtherSessions": true});
    browser.post(CHANGE, body).await
}

async fn signed_in(app: &Instance, password: &str) -> Browser {
    let mut browser = app.browser();
    let answer = browser.sign_in("ann@example.com", password).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.session().await != Value::Null
}

/// Who gets in with the new password, and not with the old.
async fn assert_password_is(app: &Instance, right: &str, wrong: &str) {
    for (password, status) in [(right, 200), (wrong, 401)] {
        let answer = app.browser().sign_in("ann@example.com", password).await;
        assert_eq!(answer.status, status, "{password}");
    }
}

db_test! {
    async fn the_new_password_signs_in_and_the_old_does_not(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let before = ann.session().await;
        app.advance(Duration::from_mins(1));
        let answer = change(&mut ann, PASSWORD, NEW).await;
        let expected = json!({"token": null, "user": before["user"]});
        assert_eq!((answer.status, answer.json()), (200, expected));
        assert!(answer.text().starts_with("{\"token\":null,\"user\":{\"name\":"));
        assert!(answer.set_cookies.is_empty());
        assert_password_is(&app, NEW, PASSWORD).await;
        assert_eq!(ann.session().await, before, "the user is the same, and so is the session");
        assert_eq!(db.count(UPDATED).await, 1);
    }

    async fn the_owner_is_told_by_mail(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let before = app.mails().await.len();
        change(&mut ann, "wrong-password", NEW).await;
        assert_eq!(app.mails().await.len(), before);
        change(&mut ann, PASSWORD, NEW).await;
        let mails = app.mails().await;
        assert_eq!(mails.len(), before + 1);
        assert_eq!(mails[before]["to"], "ann@example.com");
        assert!(!mails[before].to_string().contains(NEW));
    }

    async fn sec_c2_a_session_that_is_replaced_has_a_new_token_and_lasts_as_it_did(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let (old, old_handle) = (app.browser_like(&ann), ann.session().await["session"]["token"].clone());
        let answer = change_all(&mut ann, PASSWORD, NEW).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let current = ann.session().await;
        let handle = &current["session"]["token"];
        assert_eq!(answer.json(), json!({"token": handle, "user": current["user"]}));
        assert_ne!(*handle, old_handle);
        assert_ne!(ann.cookie(SESSION), old.cookie(SESSION));
        let session = format!("{SESSION}={}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", ann.cookie(SESSION).unwrap());
        assert!(answer.set_cookies.contains(&session), "{answer:?}");
        assert!(!is_signed_in(&mut old.clone()).await, "the old token is worth nothing");

        let body = json!({"email": "ann@example.com", "password": NEW, "rememberMe": false});
        let mut guest = app.browser();
        assert_eq!(guest.post("/api/auth/sign-in/email", body).await.status, 200);
        let answer = change_all(&mut guest, NEW, PASSWORD).await;
        let flagged = answer.set_cookies.iter().filter(|cookie| cookie.contains("better-auth."));
        assert!(flagged.clone().all(|cookie| !cookie.contains("Max-Age")), "{answer:?}");
        assert_eq!(flagged.count(), 2);
        assert_eq!(guest.session().await["session"]["expiresAt"], "2026-11-25T15:00:00.000Z");
    }

    async fn sec_c4_a_change_of_password_ends_the_other_sessions_on_every_instance(db) {
        let (here, there) = (db.app(&[]).await, db.app(&[]).await);
        let mut eve = here.browser();
        eve.sign_up("eve@example.com").await;
        here.browser().sign_up("ann@example.com").await;
        let (mut from, mut to) = (PASSWORD, NEW);
        for replaced in [false, true] {
            let mut ann = signed_in(&here, from).await;
            let phone = signed_in(&here, from).await;
            let mut elsewhere = [there.browser_like(&phone), there.browser_like(&ann)];
            let answer = if replaced {
                change_all(&mut ann, from, to).await
            } else {
                change(&mut ann, from, to).await
            };
            assert_eq!(answer.status, 200, "{answer:?}");
            let [phone, old] = &mut elsewhere;
            for path in ["/api/verify", "/api/auth/list-sessions", "/api/auth/list-accounts"] {
                assert_eq!(phone.clone().get(path).await.status, 401, "{path}");
            }
            assert!(!is_signed_in(phone).await);
            assert_eq!(is_signed_in(old).await, !replaced);
            let mut copy = there.browser_like(&ann);
            assert!(is_signed_in(&mut copy).await, "whoever changed it stays");
            assert_eq!(copy.get("/api/auth/list-sessions").await.json().as_array().unwrap().len(), 1);
            (from, to) = (to, from);
        }
        assert!(is_signed_in(&mut eve).await, "somebody else's stay");
    }

    async fn a_refused_change_changes_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut phone = signed_in(&app, PASSWORD).await;
        let hash = db.password_hash("ann@example.com").await;
        let long = "x".repeat(129);
        for (current, new, code) in [
            ("nope-nope", NEW, "INVALID_PASSWORD"),
            ("", NEW, "INVALID_PASSWORD"),
            (&"x".repeat(1025), NEW, "INVALID_PASSWORD"),
            (PASSWORD, "x", "PASSWORD_TOO_SHORT"),
            (PASSWORD, &long, "PASSWORD_TOO_LONG"),
            (PASSWORD, "password1", "PASSWORD_TOO_COMMON"),
            (PASSWORD, "ANN@example.com", "PASSWORD_TOO_PERSONAL"),
            // The new one's faults are told first, as the protocol has it.
            ("nope-nope", "x", "PASSWORD_TOO_SHORT"),
        ] {
            for all in [false, true] {
                let answer = if all {
                    change_all(&mut ann, current, new).await
                } else {
                    change(&mut ann, current, new).await
                };
                assert_eq!(answer.refusal(), (400, code.into()), "{current:.20} {new:.20}");
                assert!(answer.set_cookies.is_empty());
            }
        }
        assert_eq!(db.password_hash("ann@example.com").await, hash);
        assert_eq!(db.count(UPDATED).await, 0);
        assert!(is_signed_in(&mut phone).await);
        let wrong = change(&mut ann, "nope-nope", NEW).await;
        let expected = json!({"message": "Invalid password", "code": "INVALID_PASSWORD"});
        assert_eq!(wrong.json(), expected);
    }

    async fn bodies_are_checked_first_and_then_the_session(db) {
        let app = db.app(&[]).await;
        let string = |field: &str, kind: &str| {
            format!("[body.{field}] Invalid input: expected string, received {kind}")
        };
        let both = [string("newPassword", "undefined"), string("currentPassword", "undefined")].join("; ");
        let boolean = "[body.revokeOtherSessions] Invalid input: expected boolean, received";
        for (body, message) in [
            (json!({}), both.clone()),
            (json!({"currentPassword": 5, "newPassword": NEW}), string("currentPassword", "number")),
            (json!({"currentPassword": PASSWORD, "newPassword": NEW, "revokeOtherSessions": "true"}), format!("{boolean} string")),
            (json!({"currentPassword": PASSWORD, "newPassword": NEW, "revokeOtherSessions": null}), format!("{boolean} null")),
        ] {
            let answer = app.browser().post(CHANGE, body).await;
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        let answer = change(&mut app.browser(), PASSWORD, "x").await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
    }

    async fn the_same_password_again_is_a_change_too(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let before = db.password_hash("ann@example.com").await;
        assert_eq!(change(&mut ann, PASSWORD, PASSWORD).await.status, 200);
        assert_ne!(db.password_hash("ann@example.com").await, before, "a salt of its own");
    }

    async fn sec_c4_of_many_changes_at_once_one_is_done(db) {
        let (here, there) = (db.app(&[]).await, db.app(&[]).await);
        here.browser().sign_up("ann@example.com").await;
        let mut crowd = Vec::new();
        for n in 0..12 {
            let app = if n % 2 == 0 { &here } else { &there };
            let mut browser = signed_in(app, PASSWORD).await;
            crowd.push(async move {
                let new = format!("a-new-password-{n:02}");
                let status = change_all(&mut browser, PASSWORD, &new).await.refusal();
                (status, new, browser)
            });
        }
        let mut done = Vec::new();
        for ((status, code), new, mut browser) in together(crowd).await {
            let lives = is_signed_in(&mut browser).await;
            match status {
                200 => {
                    assert!(lives);
                    done.push(new);
                }
                // Its session may have ended before it was asked about.
                400 | 401 => {
                    assert!(matches!(code.as_str(), "INVALID_PASSWORD" | "UNAUTHORIZED"), "{code}");
                    assert!(!lives, "a loser's session survived");
                }
                other => panic!("{other} {code}"),
            }
        }
        assert_eq!(done.len(), 1, "{done:?}");
        assert_password_is(&here, &done[0], PASSWORD).await;
    }

    async fn unused_links_of_before_open_nothing(db) {
        let app = db.app(&[("SEND_ON_SIGN_UP", "off")]).await;
        let (mut ann, mut bob) = (app.browser(), app.browser());
        ann.sign_up("ann@example.com").await;
        bob.sign_up("bob@example.com").await;
        db.execute(
            "INSERT INTO one_time_tokens (token_hash, purpose, user_id, created_at, expires_at) \
             SELECT email, 'reset-password', id, created_at, '2999-01-01 00:00:00.000000' FROM users",
        )
        .await;
        assert_eq!(change(&mut ann, PASSWORD, NEW).await.status, 200);
        let left = db.texts("SELECT token_hash FROM one_time_tokens").await;
        assert_eq!(left, ["bob@example.com"]);
    }
}
