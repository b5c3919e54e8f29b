//! `callbackURL` and its kin, wherever they are: judged before anything else, and in
//! the reference's words.

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{ORIGIN, PASSWORD, db_test, endpoints, token_of};
use doorkey::http::Kind;

const SIGN_IN: &str = "/api/auth/sign-in/email";

fn with(callback: impl Into<Value>) -> Value {
    json!({"email": "ann@example.com", "password": PASSWORD, "callbackURL": callback.into()})
}

db_test! {
    async fn sec_d4_no_endpoint_takes_a_foreign_callback_in_body_or_query(db) {
        let app = db.app(&[]).await;
        let invalid = json!({"message": "Invalid callbackURL", "code": "INVALID_CALLBACK_URL"});
        for endpoint in endpoints().filter(|endpoint| endpoint.kind != Kind::Read) {
            let path = endpoint.path;
            let body = json!({"callbackURL": "https://evil.example/"});
            let answer = app.browser().post(path, body).await;
            assert_eq!((answer.status, answer.json()), (403, invalid.clone()), "{path}");
            let query = format!("{path}?callbackURL=https%3A%2F%2Fevil.example%2F");
            for body in [json!({}), json!({"callbackURL": ""}), json!({"callbackURL": null})] {
                let answer = app.browser().post(&query, body).await;
                assert_eq!((answer.status, answer.json()), (403, invalid.clone()), "{query}");
            }
        }
        let named_twice = format!("{SIGN_IN}?callbackURL=%2Fa&callbackURL=%2Fb");
        let answer = app.browser().post(&named_twice, with("")).await;
        assert_eq!(answer.json()["message"], "Invalid callbackURL: expected a string");
        let ours = format!("{SIGN_IN}?callbackURL=%2Fa");
        assert_eq!(app.browser().post(&ours, with("")).await.status, 401, "nobody yet");
    }

    async fn what_is_false_in_the_protocols_language_is_judged_by_its_type(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for (callback, kind) in [(json!(null), "null"), (json!(0), "number"), (json!(false), "boolean")] {
            let message = format!("[body.callbackURL] Invalid input: expected string, received {kind}");
            for (path, body) in [
                (SIGN_IN, with(callback.clone())),
                ("/api/auth/change-email", json!({"newEmail": "b@example.com", "callbackURL": callback})),
                ("/api/auth/delete-user", json!({"callbackURL": callback})),
                ("/api/auth/send-verification-email", json!({"email": "ann@example.com", "callbackURL": callback})),
                ("/api/auth/sign-in/social", json!({"provider": "x", "callbackURL": callback})),
            ] {
                let answer = ann.post(path, body).await;
                let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
                assert_eq!((answer.status, answer.json()), (400, expected), "{path}");
            }
        }
        let body = json!({"email": "ann@example.com", "redirectTo": null});
        let answer = ann.post("/api/auth/request-password-reset", body).await;
        let message = "[body.redirectTo] Invalid input: expected string, received null";
        assert_eq!(answer.json()["message"], message);
    }

    async fn an_empty_one_is_none_and_comes_back(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let answer = app.browser().post(SIGN_IN, with("")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!((&answer.json()["redirect"], &answer.json()["url"]), (&json!(false), &json!("")));
        assert_eq!(answer.header("location"), "");
    }

    async fn what_is_wrong_with_a_links_query_is_told_at_once(db) {
        let app = db.app(&[]).await;
        let told = |name: &str, received: &str| {
            format!("[query.{name}] Invalid input: expected string, received {received}")
        };
        for path in ["/api/auth/verify-email", "/api/auth/delete-user/callback"] {
            for (query, message) in [
                ("?token=a&callbackURL=/a&callbackURL=/b", told("callbackURL", "array")),
                ("?callbackURL=/a&callbackURL=/b", format!("{}; {}", told("token", "undefined"), told("callbackURL", "array"))),
                ("?callbackURL=https://evil.example", told("token", "undefined")),
            ] {
                let answer = app.browser().get(&format!("{path}{query}")).await;
                let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
                assert_eq!((answer.status, answer.json()), (400, expected), "{path}{query}");
            }
        }
    }

    async fn an_origin_alone_leads_to_its_root(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let query = format!("callbackURL={ORIGIN}");
        let bad = app.browser().get(&format!("/api/auth/verify-email?token=x&{query}")).await;
        assert_eq!(bad.header("location"), format!("{ORIGIN}/?error=INVALID_TOKEN"));
        app.mails().await;
        let body = json!({"email": "ann@example.com", "redirectTo": ORIGIN});
        app.browser().post("/api/auth/request-password-reset", body).await;
        let link = app.link_to("ann@example.com").await;
        let opened = app.browser().get(&link).await;
        assert_eq!(opened.header("location"), format!("{ORIGIN}/?token={}", token_of(&link)));
    }

    async fn a_refused_content_type_is_named_and_broken_json_is_refused_everywhere(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = ann.post_raw(SIGN_IN, "text/plain; a=\"b\"", "{}").await;
        let message = "Content-Type \"text/plain; a=\"b\"\" is not allowed. Allowed types: application/json";
        let expected = json!({"message": message, "code": "UNSUPPORTED_MEDIA_TYPE"});
        assert_eq!((answer.status, answer.json()), (415, expected));
        for endpoint in endpoints().filter(|endpoint| endpoint.kind != Kind::Read) {
            let answer = ann.post_raw(endpoint.path, "application/json", "{bad").await;
            assert_eq!(answer.refusal(), (400, "BAD_REQUEST".into()), "{}", endpoint.path);
        }
        assert_ne!(ann.session().await, Value::Null, "nobody was signed out by it");
        let answer = ann.send("POST", "/api/auth/sign-out", Body::empty()).await;
        assert_eq!(answer.json(), json!({"success": true}));
    }

    async fn lengths_are_told_before_what_costs_a_look(db) {
        let app = db.app(&[]).await;
        let body = json!({"newPassword": "7 chars", "token": "bad"});
        let answer = app.browser().post("/api/auth/reset-password", body).await;
        assert_eq!(answer.refusal(), (400, "PASSWORD_TOO_SHORT".into()));
        let body = json!({"newPassword": "7 chars"});
        let answer = app.browser().post("/api/auth/reset-password", body).await;
        assert_eq!(answer.refusal(), (400, "INVALID_TOKEN".into()));
        let body = json!({"name": "Ann", "email": "ann@example.com", "password": ""});
        let answer = app.browser().post("/api/auth/sign-up/email", body).await;
        let message = "[body.password] Too small: expected string to have >=1 characters";
        let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
        assert_eq!((answer.status, answer.json()), (400, expected));
    }
}
