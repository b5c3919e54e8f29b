//! `list-accounts` and `unlink-account`: the ways in to one's account.

use std::time::Duration;

use serde_json::json;

use crate::support::{PASSWORD, db_test};

const LIST: &str = "/api/auth/list-accounts";
const UNLINK: &str = "/api/auth/unlink-account";

db_test! {
    async fn the_password_is_the_one_way_in(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let user_id = ann.sign_up("ann@example.com").await;
        app.browser().sign_up("bob@example.com").await;
        let answer = ann.get(LIST).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        assert!(answer.set_cookies.is_empty());
        let id = answer.json()[0]["id"].clone();
        assert_ne!(id, json!(user_id), "an account is not its user");
        let at = "2026-11-24T15:00:00.000Z";
        let expected = format!(
            "[{{\"accountId\":\"{user_id}\",\"providerId\":\"credential\",\"userId\":\"{user_id}\",\
             \"createdAt\":\"{at}\",\"updatedAt\":\"{at}\",\"id\":{id},\"scopes\":[]}}]"
        );
        assert_eq!(answer.text(), expected);

        app.advance(Duration::from_mins(5));
        let body = json!({"currentPassword": PASSWORD, "newPassword": "a-new-password-1"});
        assert_eq!(ann.post("/api/auth/change-password", body).await.status, 200);
        let account = ann.get(LIST).await.json()[0].clone();
        assert_eq!(account["updatedAt"], "2026-11-24T15:05:00.000Z");
        assert_eq!((&account["createdAt"], &account["id"]), (&json!(at), &id));

        app.advance(Duration::from_hours(36));
        assert_eq!(ann.get(LIST).await.status, 200, "an old session may look");
        let answer = app.browser().get(LIST).await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
    }

    async fn the_only_way_in_cannot_be_taken_away(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let id = ann.get(LIST).await.json()[0]["id"].clone();
        let refused = json!({
            "message": "You can't unlink your last account", "code": "FAILED_TO_UNLINK_LAST_ACCOUNT",
        });
        for id in [id, json!("x"), json!("")] {
            let body = json!({"accountId": id, "providerId": "credential"});
            let answer = ann.post(UNLINK, body).await;
            assert_eq!((answer.status, answer.json()), (400, refused.clone()));
        }
        assert_eq!(ann.get(LIST).await.json().as_array().unwrap().len(), 1);
        assert_eq!(app.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn unlinking_wants_a_body_a_session_and_a_fresh_one(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.advance(Duration::from_hours(24));
        let good = json!({"accountId": "x"});
        for (mut browser, refusal) in [
            (ann, (403, "SESSION_NOT_FRESH".to_owned())),
            (app.browser(), (401, "UNAUTHORIZED".to_owned())),
        ] {
            assert_eq!(browser.post(UNLINK, good.clone()).await.refusal(), refusal);
            for (body, received) in [
                (json!({"providerId": "credential"}), "undefined"),
                (json!({"accountId": 5}), "number"),
            ] {
                let answer = browser.post(UNLINK, body).await;
                let message =
                    format!("[body.accountId] Invalid input: expected string, received {received}");
                let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
                assert_eq!((answer.status, answer.json()), (400, expected));
            }
        }
    }
}
