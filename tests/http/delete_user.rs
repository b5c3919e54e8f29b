//! `delete-user`: how one shows that an account is one's own to delete, and what is
//! left of it.

use std::time::Duration;

use doorkey::mail::Mailer;
use doorkey::store::migrate::migrate;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, CLEARED, Instance, PASSWORD, TestDb, db_test, together};

const DELETE: &str = "/api/auth/delete-user";
const USERS: &str = "SELECT COUNT(*) FROM users";
const DAY: Duration = Duration::from_hours(24);

/// An instance that cannot send mail.
async fn without_mail(db: &TestDb) -> Instance {
    let mut app = db.unmigrated(&[]);
    app.config.mail = None;
    app.mailer = Mailer::off();
    migrate(&app.config.database, &mut |_, _, _| {})
        .await
        .unwrap();
    app.db.open_gate();
    db.instance(app)
}

async fn signed_up(app: &Instance) -> Browser {
    let mut browser = app.browser();
    browser.sign_up("ann@example.com").await;
    browser
}

fn assert_deleted(answer: &Answer) {
    let expected = json!({"success": true, "message": "User deleted"});
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert_eq!(answer.set_cookies, CLEARED);
}

db_test! {
    async fn the_right_password_deletes_from_any_session(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app).await;
        assert_deleted(&ann.post(DELETE, json!({"password": PASSWORD})).await);
        let mut ann = signed_up(&app).await;
        app.advance(3 * DAY);
        let body = json!({"password": PASSWORD, "callbackURL": "/bye"});
        assert_deleted(&ann.post(DELETE, body).await);
        assert_eq!(db.count(USERS).await, 0);
    }

    async fn a_fresh_session_is_proof_enough_without_mail(db) {
        let app = without_mail(&db).await;
        for body in [json!({}), json!({"password": "", "token": ""}), json!({"callbackURL": "/bye"})] {
            let mut ann = signed_up(&app).await;
            app.advance(Duration::from_millis(24 * 60 * 60 * 1000 - 1));
            assert_deleted(&ann.post(DELETE, body).await);
        }
    }

    async fn a_fresh_session_is_proof_enough_with_mail(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app).await;
        assert_deleted(&ann.post(DELETE, json!({})).await);
    }

    async fn an_old_session_without_a_password_is_not(db) {
        let app = without_mail(&db).await;
        let mut ann = signed_up(&app).await;
        app.advance(DAY);
        for body in [json!({}), json!({"password": ""}), json!({"callbackURL": "/bye"})] {
            let answer = ann.post(DELETE, body).await;
            let message = "Session expired. Re-authenticate to perform this action.";
            let expected = json!({"message": message, "code": "SESSION_EXPIRED"});
            assert_eq!((answer.status, answer.json()), (400, expected));
            assert!(!answer.set_cookies.iter().any(|line| line.contains("Max-Age=0")), "{answer:?}");
        }
        assert_ne!(ann.session().await, Value::Null);
        assert_deleted(&ann.post(DELETE, json!({"password": PASSWORD})).await);
    }

    async fn what_proves_nothing_deletes_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app).await;
        let string = |field: &str, kind: &str| {
            format!("[body.{field}] Invalid input: expected string, received {kind}")
        };
        for (body, status, message, code) in [
            (json!({"password": "wrong-password"}), 400, "Invalid password".to_owned(), "INVALID_PASSWORD"),
            (json!({"password": "x".repeat(1025)}), 400, "Invalid password".into(), "INVALID_PASSWORD"),
            (json!({"password": "wrong-password", "token": "x"}), 400, "Invalid password".into(), "INVALID_PASSWORD"),
            (json!({"token": "abc"}), 404, "Invalid token".into(), "INVALID_TOKEN"),
            (json!({"token": "a".repeat(43)}), 404, "Invalid token".into(), "INVALID_TOKEN"),
            (json!({"password": 5}), 400, string("password", "number"), "VALIDATION_ERROR"),
            (json!({"token": null}), 400, string("token", "null"), "VALIDATION_ERROR"),
            (json!({"callbackURL": 5}), 400, "Invalid callbackURL: expected a string".into(), "VALIDATION_ERROR"),
            (json!({"callbackURL": "https://evil.example/", "password": PASSWORD}), 403, "Invalid callbackURL".into(), "INVALID_CALLBACK_URL"),
            (json!({"callbackURL": "//evil.example"}), 403, "Invalid callbackURL".into(), "INVALID_CALLBACK_URL"),
        ] {
            let answer = ann.post(DELETE, body).await;
            let expected = json!({"message": message, "code": code});
            assert_eq!((answer.status, answer.json()), (status, expected));
            assert!(answer.set_cookies.is_empty());
        }
        let answer = ann.post_empty(DELETE).await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()));
        for body in [json!({}), json!({"password": PASSWORD}), json!({"token": "x"})] {
            let answer = app.browser().post(DELETE, body).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
        }
        assert_ne!(ann.session().await, Value::Null);
        assert_eq!(db.count(USERS).await, 1);
    }

    async fn nothing_of_the_account_is_left_and_its_address_is_free(db) {
        let app = db.app(&[("SEND_ON_SIGN_UP", "off")]).await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        let mut ann = signed_up(&app).await;
        let id = ann.session().await["user"]["id"].as_str().unwrap().to_owned();
        db.execute(
            "INSERT INTO one_time_tokens (token_hash, purpose, user_id, created_at, expires_at) \
             SELECT email, 'reset-password', id, created_at, '2999-01-01 00:00:00.000000' FROM users",
        )
        .await;
        assert_deleted(&ann.post(DELETE, json!({"password": PASSWORD})).await);
        let dump = db.dump().await;
        for trace in ["ann@example.com", &id, &id.replace('-', "")] {
            assert!(!dump.iter().any(|value| value.contains(trace)), "{trace}");
        }
        for table in ["users", "sessions", "one_time_tokens"] {
            assert_eq!(db.count(&format!("SELECT COUNT(*) FROM {table}")).await, 1, "{table}: Bob's");
        }
        let answer = app.browser().sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));
        let again = app.browser().sign_up("ann@example.com").await;
        assert_ne!(again, id, "a new account, not the old one");
        assert_ne!(bob.session().await, Value::Null);
    }

    async fn sec_c4_deleting_an_account_ends_its_sessions_on_every_instance(db) {
        let (here, there) = (db.app(&[]).await, db.app(&[]).await);
        let mut ann = signed_up(&here).await;
        let mut phone = there.browser();
        assert_eq!(phone.sign_in("ann@example.com", PASSWORD).await.status, 200);
        let mut copy = there.browser_like(&ann);
        for browser in [&mut phone, &mut copy] {
            assert_ne!(browser.session().await, Value::Null);
        }
        assert_deleted(&ann.post(DELETE, json!({"password": PASSWORD})).await);
        for browser in [&mut phone, &mut copy] {
            assert_eq!(browser.get("/api/verify").await.status, 401);
            let update = browser.clone().post("/api/auth/update-user", json!({"name": "x"})).await;
            assert_eq!(update.status, 401);
            let answer = browser.get("/api/auth/get-session").await;
            assert_eq!((answer.json(), answer.set_cookies), (Value::Null, CLEARED.map(String::from).to_vec()));
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 0);
    }

    async fn sec_c5_nobody_deletes_another_users_account(db) {
        let app = db.app(&[]).await;
        let mut ann = signed_up(&app).await;
        let user = ann.session().await["user"].clone();
        let mut eve = app.browser();
        eve.sign_up("eve@example.com").await;
        let body = json!({"password": PASSWORD, "id": user["id"], "userId": user["id"], "email": user["email"]});
        assert_deleted(&eve.post(DELETE, body).await);
        assert_eq!(ann.session().await["user"], user);
        assert_eq!(db.texts("SELECT email FROM users").await, ["ann@example.com"]);
    }

    async fn of_many_at_once_each_ends_well(db) {
        let app = db.app(&[]).await;
        let ann = signed_up(&app).await;
        let crowd = (0..8).map(|_| {
            let mut browser = app.browser_like(&ann);
            async move { browser.post(DELETE, json!({"password": PASSWORD})).await }
        });
        let answers = together(crowd.collect::<Vec<_>>()).await;
        assert!(answers.iter().any(|answer| answer.status == 200));
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401)), "{answers:?}");
        assert_eq!(db.count(USERS).await, 0);
    }
}
