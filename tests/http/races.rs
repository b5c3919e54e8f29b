//! Two things done to one account at the same moment: whatever is checked must still be
//! so when it is acted upon (CWE-367).

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, Held, Instance, PASSWORD, TestDb, db_test, together, token_of,
};

const ANN: &str = "ann@example.com";
const NEW: &str = "a-new-password-1";
const RESET: &str = "/api/auth/reset-password";
const CHANGE: &str = "/api/auth/change-password";
const DELETE: &str = "/api/auth/delete-user";
const SESSIONS: &str = "SELECT COUNT(*) FROM sessions";
const USERS: &str = "SELECT COUNT(*) FROM users";

/// Costs other than those of the rest: every hash is outdated here.
const DEARER: &[(&str, &str)] = &[("ARGON2_M_KIB", "128"), ("ARGON2_T", "2")];

async fn change(browser: &mut Browser, new: &str, renew: bool) -> Answer {
    let body = json!({
        "currentPassword": PASSWORD, "newPassword": new, "revokeOtherSessions": renew,
    });
    browser.post(CHANGE, body).await
}

/// The token of a link that sets Ann's password.
async fn reset_token(app: &Instance) -> String {
    app.mails().await;
    let body = json!({"email": ANN, "redirectTo": "/r"});
    let asked = app
        .browser()
        .post("/api/auth/request-password-reset", body)
        .await;
    assert_eq!(asked.status, 200);
    token_of(&app.link_to(ANN).await)
}

async fn reset(app: &Instance, token: &str) {
    let body = json!({"newPassword": NEW, "token": token});
    assert_eq!(app.browser().post(RESET, body).await.status, 200);
}

/// Commits once `asking` had the time to come as far as it comes before that.
async fn commit_under<T>(held: Held, asking: tokio::task::JoinHandle<T>) -> T {
    tokio::time::sleep(Duration::from_millis(300)).await;
    held.commit().await;
    asking.await.unwrap()
}

/// What makes Ann's password another one, and ends her sessions, by hand.
async fn other_password(db: &TestDb, app: &Instance) -> String {
    app.browser().sign_up("like@example.com").await;
    let other = db.password_hash("like@example.com").await;
    format!("UPDATE users SET password_hash = '{other}' WHERE email = '{ANN}'")
}

db_test! {
    async fn sec_c4_no_session_begins_with_a_password_that_was_changed_meanwhile(db) {
        for (settings, passed) in [(&[][..], 0), (DEARER, 0), (DEARER, 1)] {
            let there = db.app(&[]).await;
            let (here, random) = db.pausing(settings).await;
            db.execute("DELETE FROM users").await;
            there.browser().sign_up(ANN).await;
            let token = reset_token(&there).await;
            let mut eve = here.browser();
            random.stop_after(passed);
            let signing_in = tokio::spawn(async move { eve.sign_in(ANN, PASSWORD).await });
            random.stopped().await;
            reset(&there, &token).await;
            random.let_go();
            let answer = signing_in.await.unwrap();
            assert_eq!(answer.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));
            assert!(answer.set_cookies.is_empty());
            assert_eq!(db.count(SESSIONS).await, 0, "{settings:?} {passed}");
            assert_eq!(there.browser().sign_in(ANN, NEW).await.status, 200);
        }
    }

    async fn sec_c4_nor_with_one_that_is_being_changed(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up(ANN).await;
        let sql = other_password(&db, &app).await;
        db.execute("DELETE FROM sessions").await;
        let held = db.hold(&sql).await;
        let mut eve = app.browser();
        let asking = tokio::spawn(async move { eve.sign_in(ANN, PASSWORD).await });
        // The other hash is one of the same password: only Ann's of before is void.
        let answer = commit_under(held, asking).await;
        assert_eq!(answer.status, 200, "{answer:?}");

        let held = db.hold("UPDATE users SET password_hash = 'none'").await;
        let mut eve = app.browser();
        let asking = tokio::spawn(async move { eve.sign_in(ANN, PASSWORD).await });
        let answer = commit_under(held, asking).await;
        assert_eq!(answer.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));
        assert_eq!(db.count(SESSIONS).await, 1);
    }

    async fn sec_c4_no_session_begins_at_an_address_that_was_changed_meanwhile(db) {
        let (app, random) = db.pausing(&[]).await;
        app.browser().sign_up(ANN).await;
        db.execute("DELETE FROM sessions").await;
        let mut eve = app.browser();
        random.stop_after(0);
        let signing_in = tokio::spawn(async move { eve.sign_in(ANN, PASSWORD).await });
        random.stopped().await;
        db.execute("UPDATE users SET email = 'b@example.com', email_canonical = 'b@example.com'").await;
        random.let_go();
        assert_eq!(signing_in.await.unwrap().status, 401);
        assert_eq!(db.count(SESSIONS).await, 0);
    }

    async fn a_link_that_was_held_up_does_not_take_the_place_of_a_newer_one(db) {
        let there = db.app(&[]).await;
        let (here, random) = db.pausing(&[]).await;
        there.browser().sign_up(ANN).await;
        let before = there.mails_to(ANN).await;
        let body = json!({"email": ANN, "redirectTo": "/older"});
        random.stop_after(0);
        let asked = here.browser().post("/api/auth/request-password-reset", body).await;
        assert_eq!(asked.status, 200);
        random.stopped().await;
        there.advance(Duration::from_millis(1));
        let newer = reset_token(&there).await;
        random.let_go();
        // The older one would be a mail whose link does not work.
        assert_eq!(here.mails_to(ANN).await, before + 1);
        reset(&there, &newer).await;
        assert_eq!(there.browser().sign_in(ANN, NEW).await.status, 200);
    }

    async fn a_hash_that_another_sign_in_upgraded_turns_nobody_away(db) {
        let before = db.app(&[]).await;
        before.browser().sign_up(ANN).await;
        let (here, random) = db.pausing(DEARER).await;
        let there = db.app(DEARER).await;
        let mut ann = here.browser();
        random.stop_after(0);
        let signing_in = tokio::spawn(async move { ann.sign_in(ANN, PASSWORD).await });
        random.stopped().await;
        assert_eq!(there.browser().sign_in(ANN, PASSWORD).await.status, 200);
        let upgraded = db.password_hash(ANN).await;
        random.let_go();
        assert_eq!(signing_in.await.unwrap().status, 200);
        assert_eq!(db.password_hash(ANN).await, upgraded, "and is upgraded once");
    }

    async fn of_many_sign_ins_with_an_outdated_hash_each_gets_in(db) {
        let before = db.app(&[]).await;
        before.browser().sign_up(ANN).await;
        let apps = [db.app(DEARER).await, db.app(DEARER).await];
        let crowd = (0..16).map(|n| {
            let mut ann = apps[n % 2].browser();
            async move { ann.sign_in(ANN, PASSWORD).await }
        });
        for answer in together(crowd).await {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }

    async fn sec_c4_sign_ins_during_a_change_of_password_leave_no_session_of_the_old_one(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let mut ann = apps[0].browser();
        ann.sign_up(ANN).await;
        let crowd = (0..24).map(|n| {
            let (mut eve, mut ann) = (apps[n % 2].browser(), ann.clone());
            async move {
                if n == 12 {
                    assert_eq!(change(&mut ann, NEW, true).await.status, 200);
                } else {
                    eve.sign_in(ANN, PASSWORD).await;
                }
            }
        });
        together(crowd).await;
        assert_eq!(db.count(SESSIONS).await, 1, "that of whoever changed it");
    }

    async fn sec_c4_a_change_of_password_loses_to_a_reset(db) {
        for renew in [false, true] {
            let there = db.app(&[]).await;
            let (here, random) = db.pausing(&[]).await;
            db.execute("DELETE FROM users").await;
            let mut thief = here.browser();
            thief.sign_up(ANN).await;
            let token = reset_token(&there).await;
            random.stop_after(0);
            let changing = tokio::spawn(async move { change(&mut thief, "the-thiefs-password", renew).await });
            random.stopped().await;
            reset(&there, &token).await;
            random.let_go();
            let answer = changing.await.unwrap();
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
            assert_eq!(db.count(SESSIONS).await, 0);
            assert_eq!(there.browser().sign_in(ANN, NEW).await.status, 200);
        }
    }

    async fn sec_c4_a_session_that_was_revoked_meanwhile_is_not_replaced(db) {
        let (app, random) = db.pausing(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let mut thief = app.browser();
        thief.sign_in(ANN, PASSWORD).await;
        random.stop_after(0);
        let changing = tokio::spawn(async move { change(&mut thief, NEW, true).await });
        random.stopped().await;
        assert_eq!(ann.post_empty("/api/auth/revoke-other-sessions").await.status, 200);
        random.let_go();
        assert_eq!(changing.await.unwrap().refusal(), (401, "UNAUTHORIZED".into()));
        assert_eq!(db.count(SESSIONS).await, 1);
        assert_ne!(ann.session().await, Value::Null);
    }

    async fn sec_c4_a_password_that_is_being_changed_changes_and_deletes_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        for path in [CHANGE, DELETE] {
            let sql = other_password(&db, &app).await;
            let held = db.hold(&sql).await;
            let mut thief = ann.clone();
            let asking = tokio::spawn(async move {
                let body = json!({"currentPassword": PASSWORD, "newPassword": NEW, "password": PASSWORD});
                thief.post(path, body).await
            });
            let answer = commit_under(held, asking).await;
            assert_eq!(answer.refusal(), (400, "INVALID_PASSWORD".into()), "{path}");
            assert_eq!(db.count(USERS).await, 2);
            db.execute("DELETE FROM users WHERE email = 'like@example.com'").await;
        }
    }

    async fn sec_c4_a_session_that_is_being_ended_deletes_nothing(db) {
        let app = db.app(&[]).await;
        for body in [json!({}), json!({"password": PASSWORD})] {
            db.execute("DELETE FROM users").await;
            let mut thief = app.browser();
            thief.sign_up(ANN).await;
            let lock = "UPDATE users SET updated_at = updated_at; DELETE FROM sessions";
            let held = db.hold(lock).await;
            let asking = tokio::spawn(async move { thief.post(DELETE, body).await });
            let answer = commit_under(held, asking).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
            assert_eq!(db.count(USERS).await, 1);
        }
    }
}
