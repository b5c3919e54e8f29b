//! Fields of one's own (`USER_FIELDS`): at sign-up, in every answer that has a user,
//! and in the database.

use serde_json::{Value, json};

use crate::support::{Answer, Instance, PASSWORD, TestDb, db_test};

mod store;

const SIGN_UP: &str = "/api/auth/sign-up/email";
const SHORT: &str = "/api/signup";

/// As the recorded exchanges have them.
const FIELDS: &str = r#"{
    "company":{"type":"string","required":true},
    "age":{"type":"number","required":false},
    "role":{"type":"string","defaultValue":"user","input":false},
    "since":{"type":"date","required":false},
    "tags":{"type":"string[]","required":false},
    "news":{"type":"boolean","required":false,"defaultValue":false},
    "secretNote":{"type":"string","required":false,"returned":false},
    "locked":{"type":"string","required":false,"input":false}
}"#;

/// An instance with those fields.
async fn app(db: &TestDb) -> Instance {
    app_with(db, FIELDS).await
}

async fn app_with(db: &TestDb, fields: &str) -> Instance {
    db.app(&[("USER_FIELDS", fields)]).await
}

/// A sign-up's body with these members beside the usual ones.
fn body(email: &str, further: &Value) -> Value {
    let mut body = json!({"name": "Ann", "email": email, "password": PASSWORD});
    let further = further.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(further);
    body
}

fn assert_refused(answer: &Answer, status: u16, code: &str, message: &str) {
    let body = json!({"message": message, "code": code});
    assert_eq!((answer.status, answer.json()), (status, body));
    assert!(answer.set_cookies.is_empty());
}

db_test! {
    async fn every_answer_with_a_user_has_them_in_their_order(db) {
        let app = app(&db).await;
        let mut ann = app.browser();
        let further = json!({
            "news": true, "tags": ["a", "b"], "since": "2020-01-02", "age": 1.5, "company": "Acme",
            "secretNote": "hush",
        });
        let answer = ann.post(SIGN_UP, body("ann@example.com", &further)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let user = concat!(
            r#""user":{"name":"Ann","email":"ann@example.com","emailVerified":false,"image":null,"#,
            r#""createdAt":"2026-11-24T15:00:00.000Z","updatedAt":"2026-11-24T15:00:00.000Z","#,
            r#""company":"Acme","age":1.5,"role":"user","since":"2020-01-02T00:00:00.000Z","#,
            r#""tags":["a","b"],"news":true,"locked":null,"id":""#,
        );
        let signed_in = ann.sign_in("ann@example.com", PASSWORD).await;
        let session = ann.get("/api/auth/get-session").await;
        let verified = ann.get("/api/verify").await;
        for answer in [answer, signed_in, session, verified] {
            assert!(answer.text().contains(user), "{answer:?}");
            assert!(!answer.text().contains("secretNote"), "{answer:?}");
        }
        let kept = "SELECT COUNT(*) FROM users WHERE fields LIKE '%\"secretNote\":\"hush\"%'";
        assert_eq!(db.count(kept).await, 1);
    }

    async fn what_was_left_out_is_a_default_or_null(db) {
        let app = app(&db).await;
        for (path, email) in [(SIGN_UP, "ann@example.com"), (SHORT, "bob@example.com")] {
            let mut ann = app.browser();
            let further = json!({"company": "", "age": null, "foo": 1});
            let answer = ann.post(path, body(email, &further)).await;
            let user = &answer.json()["user"];
            for (field, value) in [
                ("company", json!("")), ("age", json!(null)), ("role", json!("user")),
                ("since", json!(null)), ("tags", json!(null)), ("news", json!(false)),
                ("locked", json!(null)),
            ] {
                assert_eq!(user.get(field), Some(&value), "{field}");
            }
            assert_eq!(user.get("foo"), None);
            assert_eq!(ann.session().await["user"], *user);
        }
    }

    async fn a_sign_up_without_what_is_needed_is_refused_as_recorded(db) {
        let app = app(&db).await;
        app.browser().post(SIGN_UP, body("taken@example.com", &json!({"company": "A"}))).await;
        for path in [SIGN_UP, SHORT] {
            for email in ["new@example.com", "taken@example.com"] {
                let mut eve = app.browser();
                let missing = eve.post(path, body(email, &json!({}))).await;
                assert_refused(&missing, 400, "MISSING_FIELD", "company is required");
                let null = eve.post(path, body(email, &json!({"company": null}))).await;
                assert_refused(&null, 422, "FAILED_TO_CREATE_USER", "Failed to create user");
                let wrong = eve.post(path, body(email, &json!({"company": "A", "age": "5"}))).await;
                let message = "[body.age] Invalid input: expected number, received string";
                assert_refused(&wrong, 400, "VALIDATION_ERROR", message);
            }
        }
        // What the protocol itself asks for comes first.
        let bare = app.browser().post(SIGN_UP, json!({"email": "x@example.com"})).await;
        assert_eq!(bare.refusal(), (400, "VALIDATION_ERROR".into()));
        let mut short = body("x@example.com", &json!({}));
        short["password"] = json!("short");
        let short = app.browser().post(SIGN_UP, short).await;
        assert_eq!(short.refusal(), (400, "PASSWORD_TOO_SHORT".into()));
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
    }

    async fn a_field_added_later_reads_as_its_default_and_a_removed_one_is_kept(db) {
        let mut ann = app_with(&db, r#"{"company":{"type":"string"},"age":{"type":"string"}}"#).await
            .browser();
        let sent = body("ann@example.com", &json!({"company": "Acme", "age": "5"}));
        assert_eq!(ann.post(SIGN_UP, sent).await.status, 200);
        let later = app_with(
            &db,
            r#"[{"name":"age","type":"number"},{"name":"plan","type":["free","pro"],"default":"free"},
                {"name":"city","type":"string"}]"#,
        ).await;
        let mut again = later.browser();
        let user = again.sign_in("ann@example.com", PASSWORD).await.json()["user"].clone();
        assert_eq!((&user["age"], &user["plan"]), (&json!(null), &json!("free")));
        assert_eq!((user.get("city"), user.get("company")), (Some(&json!(null)), None));
        assert_eq!(again.session().await["user"], user);
        let before = app_with(&db, r#"{"company":{"type":"string"}}"#).await;
        let user = before.browser().sign_in("ann@example.com", PASSWORD).await.json()["user"].clone();
        assert_eq!(user["company"], "Acme");
    }

    async fn sec_g5_nobody_sets_a_field_that_is_not_theirs(db) {
        let app = app(&db).await;
        let mut eve = app.browser();
        let further = json!({
            "company": "A", "role": "admin", "locked": null, "fields": {"role": "admin"},
            "additionalFields": {"role": "admin"}, "user": {"role": "admin"},
            "__proto__": {"role": "admin", "locked": "admin"}, "constructor": {"role": "admin"},
            "emailVerified": true, "id": "00000000-0000-4000-8000-000000000000",
        });
        let answer = eve.post(SIGN_UP, body("eve@example.com", &further)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let user = &eve.session().await["user"];
        assert_eq!((&user["role"], &user["locked"]), (&json!("user"), &json!(null)));
        assert_eq!((&user["emailVerified"], user.as_object().unwrap().len()), (&json!(false), 14));
        assert!(!db.dump().await.iter().any(|value| value.contains("admin")));
        for truthy in [json!("x"), json!(1), json!(true), json!([]), json!({})] {
            let further = json!({"company": "A", "locked": truthy});
            let answer = app.browser().post(SIGN_UP, body("new@example.com", &further)).await;
            assert_refused(&answer, 400, "FIELD_NOT_ALLOWED", "locked is not allowed to be set");
        }
    }

    async fn sec_g1_impossible_values_of_fields_are_refused_without_an_echo(db) {
        let app = app(&db).await;
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        for value in [
            "1e999", "-1e999", "NaN", "Infinity", "\"m4rk3r\\ud800\"", "\"m4rk3r\\u0000\"",
            "{\"m4rk3r\":1}", "[\"m4rk3r\",[]]", "{\"toString\":\"m4rk3r\"}",
            &deep(100), &deep(20_000), &format!("\"m4rk3r{}\"", "x".repeat(995)),
            &format!("[{}1]", "1,".repeat(1000)),
        ] {
            for field in ["company", "age", "tags", "since", "news"] {
                let further = if field == "company" { "" } else { "\"company\":\"A\"," };
                let body = format!(
                    "{{\"name\":\"Ann\",\"email\":\"ann@example.com\",\"password\":\"{PASSWORD}\",\
                     {further}\"{field}\":{value}}}"
                );
                let answer = app.browser().post_raw(SIGN_UP, "application/json", body).await;
                let code = answer.refusal();
                let known = matches!(code.1.as_str(), "VALIDATION_ERROR" | "BAD_REQUEST");
                assert!(code.0 == 400 && known, "{field} {value:.40}: {answer:?}");
                assert!(!answer.text().contains("m4rk3r"), "{answer:?}");
            }
        }
        for number in ["9007199254740993", "1e308", "-0", "5e-324", "123456789012345678901234567890"] {
            let body = format!(
                "{{\"name\":\"A\",\"email\":\"n{}@example.com\",\"password\":\"{PASSWORD}\",\
                 \"company\":\"A\",\"age\":{number}}}", number.len()
            );
            let answer = app.browser().post_raw(SIGN_UP, "application/json", body).await;
            let age = answer.json()["user"]["age"].as_f64();
            assert_eq!(age, number.parse().ok(), "{answer:?}");
        }
    }
}
