//! What asks for a provider, of which there is none: `sign-in/social`,
//! `link-social`, `account-info`, `get-access-token`, `refresh-token`.

use serde_json::{Value, json};

use crate::support::{Answer, Browser, db_test};

const SOCIAL: &str = "/api/auth/sign-in/social";
const LINK: &str = "/api/auth/link-social";
const INFO: &str = "/api/auth/account-info";
const TOKENS: [&str; 2] = ["/api/auth/get-access-token", "/api/auth/refresh-token"];

fn error(code: &str, message: &str) -> Value {
    json!({"message": message, "code": code})
}

fn invalid(message: &str) -> Value {
    error("VALIDATION_ERROR", message)
}

fn assert_is(answer: &Answer, status: u16, body: &Value) {
    assert_eq!((answer.status, &answer.json()), (status, body));
    assert!(answer.set_cookies.is_empty(), "{answer:?}");
}

async fn account_id(browser: &mut Browser) -> String {
    let list = browser.get("/api/auth/list-accounts").await.json();
    list[0]["id"].as_str().unwrap().to_owned()
}

db_test! {
    async fn no_provider_is_found(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let missing = error("PROVIDER_NOT_FOUND", "Provider not found");
        for body in [
            json!({"provider": "github"}),
            json!({"provider": ""}),
            json!({
                "provider": "google", "callbackURL": "/a", "errorCallbackURL": "http://localhost:3000/b",
                "newUserCallbackURL": "/c", "disableRedirect": true, "requestSignUp": false,
                "scopes": ["a"], "loginHint": "x", "additionalData": {"a": 1},
                "idToken": {"token": "t"}, "unknown": 5,
            }),
        ] {
            assert_is(&app.browser().post(SOCIAL, body.clone()).await, 404, &missing);
            assert_is(&ann.post(SOCIAL, body.clone()).await, 404, &missing);
            assert_is(&ann.post(LINK, body.clone()).await, 404, &missing);
            let nobody = error("UNAUTHORIZED", "Unauthorized");
            assert_is(&app.browser().post(LINK, body).await, 401, &nobody);
        }
    }

    async fn what_is_wrong_with_a_social_sign_in_is_told_first(db) {
        let app = db.app(&[]).await;
        let string = |kind: &str| format!("Invalid input: expected string, received {kind}");
        for (field, value, at, why) in [
            ("provider", json!(5), "provider", "Invalid input".to_owned()),
            ("provider", json!(null), "provider", "Invalid input".to_owned()),
            ("idToken", json!("x"), "idToken", "Invalid input: expected object, received string".into()),
            ("idToken", json!({}), "idToken.token", string("undefined")),
            ("idToken", json!({"token": 5}), "idToken.token", string("number")),
            ("scopes", json!("x"), "scopes", "Invalid input: expected array, received string".into()),
            ("scopes", json!(["x", 5]), "scopes.1", string("number")),
            ("disableRedirect", json!("x"), "disableRedirect", "Invalid input: expected boolean, received string".into()),
            ("loginHint", json!(5), "loginHint", string("number")),
            ("additionalData", json!([]), "additionalData", "Invalid input: expected record, received array".into()),
        ] {
            let mut body = json!({"provider": "github"});
            body[field] = value;
            for path in [SOCIAL, LINK] {
                let answer = app.browser().post(path, body.clone()).await;
                assert_is(&answer, 400, &invalid(&format!("[body.{at}] {why}")));
            }
        }
        for path in [SOCIAL, LINK] {
            let answer = app.browser().post(path, json!({})).await;
            assert_is(&answer, 400, &invalid("[body.provider] Invalid input"));
            let answer = app.browser().post_empty(path).await;
            let message = "[body] Invalid input: expected object, received undefined";
            assert_is(&answer, 400, &invalid(message));
        }
    }

    async fn sec_d4_a_social_sign_in_leads_nowhere_foreign(db) {
        let app = db.app(&[]).await;
        for (field, code) in [
            ("callbackURL", "INVALID_CALLBACK_URL"),
            ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
            ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
        ] {
            for path in [SOCIAL, LINK] {
                for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"] {
                    let answer = app.browser().post(path, json!({field: foreign})).await;
                    assert_is(&answer, 403, &error(code, &format!("Invalid {field}")));
                }
                let answer = app.browser().post(path, json!({field: 5})).await;
                let message = format!("Invalid {field}: expected a string");
                assert_is(&answer, 400, &invalid(&message));
            }
        }
    }

    async fn no_account_is_a_providers(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let user_id = ann.sign_up("ann@example.com").await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        let (own, other) = (account_id(&mut ann).await, account_id(&mut bob).await);
        let missing = error("ACCOUNT_NOT_FOUND", "Account not found");
        let nobody = error("UNAUTHORIZED", "Unauthorized");
        for id in ["", "x", &user_id, &other] {
            assert_is(&ann.get(&format!("{INFO}?accountId={id}")).await, 400, &missing);
            for path in TOKENS {
                let body = json!({"accountId": id, "userId": user_id});
                assert_is(&ann.post(path, body.clone()).await, 400, &missing);
                assert_is(&app.browser().post(path, body).await, 401, &nobody);
            }
        }
        for path in TOKENS {
            assert_is(&ann.post(path, json!({"useAccountCookie": true})).await, 400, &missing);
            let body = json!({"accountId": own});
            let refused = error("PROVIDER_NOT_SUPPORTED", "Provider credential is not supported.");
            assert_is(&ann.post(path, body).await, 400, &refused);
        }
        let mine = format!("{INFO}?accountId={own}");
        let message = "Account is not associated with a configured social provider.";
        assert_is(&ann.get(&mine).await, 400, &error("PROVIDER_NOT_CONFIGURED", message));
        assert_is(&app.browser().get(&mine).await, 401, &nobody);
    }

    async fn an_account_must_be_named_in_one_way(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let unrecognized = |place: &str| invalid(&format!("[{place}] Unrecognized key: \"providerId\""));
        for mut browser in [ann, app.browser()] {
            for query in [
                "",
                "?providerId=credential",
                "?useAccountCookie=true",
                "?accountId=a&accountId=b",
                "?accountId=a&%3Cscript%3E=b",
            ] {
                let answer = browser.get(&format!("{INFO}{query}")).await;
                assert_is(&answer, 400, &invalid("[query] Invalid input"));
            }
            let answer = browser.get(&format!("{INFO}?accountId=x&providerId=y")).await;
            assert_is(&answer, 400, &unrecognized("query"));
            for path in TOKENS {
                for body in [
                    json!({}),
                    json!([]),
                    json!({"accountId": 5}),
                    json!({"providerId": "credential"}),
                    json!({"useAccountCookie": false}),
                    json!({"useAccountCookie": true, "accountId": "x"}),
                    json!({"accountId": "x", "<script>": "y"}),
                ] {
                    let answer = browser.post(path, body).await;
                    assert_is(&answer, 400, &invalid("[body] Invalid input"));
                }
                let answer = browser.post_empty(path).await;
                assert_is(&answer, 400, &invalid("[body] Invalid input"));
                let body = json!({"accountId": "x", "providerId": "y"});
                assert_is(&browser.post(path, body).await, 400, &unrecognized("body"));
            }
        }
    }
}
