//! How refused bodies are worded: as the recorded ones.

use serde_json::json;

use crate::support::{PASSWORD, db_test};

const SIGN_UP: &str = "/api/auth/sign-up/email";
const SIGN_IN: &str = "/api/auth/sign-in/email";

db_test! {
    async fn validation_errors_are_worded_as_recorded(db) {
        let app = db.app(&[]).await;
        let missing = |field: &str| {
            format!("[body.{field}] Invalid input: expected string, received undefined")
        };
        let everything = [missing("name"), missing("email"), missing("password")].join("; ");
        let no_body = "[body] Invalid input: expected object, received undefined";
        let no_record = format!("{no_body}; [body] Invalid input: expected record, received undefined");
        let password = PASSWORD;
        let whole = json!({"name": "B", "email": "b@example.com", "password": password}).to_string();
        for (path, body, message) in [
            (SIGN_UP, json!({}), everything.as_str()),
            (SIGN_UP, json!({"email": "n@example.com", "password": password}), &missing("name")),
            (
                SIGN_UP,
                json!({"name": "B", "email": "not-an-email", "password": password}),
                "[body.email] Invalid email address",
            ),
            (
                SIGN_UP,
                json!({"name": "x", "email": 5, "password": password}),
                "[body.email] Invalid input: expected string, received number",
            ),
            (SIGN_IN, json!({"email": "ann@example.com"}), &missing("password")),
        ] {
            let answer = app.browser().post(path, body).await;
            assert_eq!(answer.status, 400);
            assert_eq!(answer.json(), json!({"message": message, "code": "VALIDATION_ERROR"}));
        }
        for (path, message) in [(SIGN_UP, no_record.as_str()), (SIGN_IN, no_body)] {
            let empty = app.browser().post_empty(path).await;
            let bare = app.browser().send("POST", path, whole.clone().into()).await;
            for answer in [empty, bare] {
                assert_eq!(answer.status, 400);
                assert_eq!(answer.json(), json!({"message": message, "code": "VALIDATION_ERROR"}));
            }
        }
        let broken = app.browser().post_raw(SIGN_UP, "application/json", "{bad").await;
        assert_eq!(
            (broken.status, broken.json()),
            (400, json!({"message": "Invalid JSON in request body", "code": "BAD_REQUEST"})),
        );
    }
}
