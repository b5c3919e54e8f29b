//! `update-user` and `update-session`: what users say about themselves, and what is
//! not theirs to say.

use serde_json::{Value, json};

use crate::support::{CLEARED, Instance, SESSION, db_test};

const UPDATE: &str = "/api/auth/update-user";
const UPDATE_SESSION: &str = "/api/auth/update-session";

async fn user(app: &Instance, like: &crate::support::Browser) -> Value {
    app.browser_like(like).session().await["user"].clone()
}

db_test! {
    async fn name_and_picture_are_changed_and_the_cookie_is_set_again(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let before = user(&app, &ann).await;
        let cookie = ann.cookie(SESSION).unwrap().to_owned();
        app.advance(std::time::Duration::from_mins(1));

        let body = json!({"name": "Ann Two", "image": "https://e.example/a.png"});
        let answer = ann.post(UPDATE, body).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
        let expected = format!("{SESSION}={cookie}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(answer.set_cookies, [expected]);

        let after = user(&app, &ann).await;
        let mut wanted = before.clone();
        wanted["name"] = "Ann Two".into();
        wanted["image"] = "https://e.example/a.png".into();
        wanted["updatedAt"] = "2026-11-24T15:01:00.000Z".into();
        assert_eq!(after, wanted);
    }

    async fn what_is_not_named_stays_and_null_takes_the_picture_away(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for (body, name, image) in [
            (json!({"image": "a.png"}), "Ann", json!("a.png")),
            (json!({"name": ""}), "", json!("a.png")),
            (json!({"name": "<b> Zoë \u{1F511}"}), "<b> Zoë \u{1F511}", json!("a.png")),
            (json!({"image": ""}), "<b> Zoë \u{1F511}", json!("")),
            (json!({"name": "A", "image": null, "foo": 1}), "A", json!(null)),
            (json!({"name": "B", "email": null}), "B", json!(null)),
            (json!({"name": "n".repeat(255), "image": "i".repeat(2048)}), &"n".repeat(255), json!("i".repeat(2048))),
        ] {
            let answer = ann.post(UPDATE, body.clone()).await;
            assert_eq!((answer.status, answer.json()), (200, json!({"status": true})), "{body}");
            let seen = user(&app, &ann).await;
            assert_eq!((seen["name"].as_str().unwrap(), &seen["image"]), (name, &image), "{body}");
        }
    }

    async fn a_session_of_the_browser_alone_keeps_its_flag(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let mut ann = app.browser();
        let body = json!({
            "email": "ann@example.com", "password": crate::support::PASSWORD, "rememberMe": false,
        });
        assert_eq!(ann.post("/api/auth/sign-in/email", body).await.status, 200);
        let answer = ann.post(UPDATE, json!({"name": "A"})).await;
        assert_eq!(answer.set_cookies.len(), 2, "{answer:?}");
        assert!(!answer.set_cookies.iter().any(|cookie| cookie.contains("Max-Age")), "{answer:?}");
    }

    async fn nothing_to_update_and_the_address_are_refused(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let nothing = json!({"message": "No fields to update", "code": "NO_FIELDS_TO_UPDATE"});
        let address = json!({"message": "Email can not be updated", "code": "EMAIL_CAN_NOT_BE_UPDATED"});
        for (body, expected) in [
            (json!({}), &nothing),
            (json!({"foo": "bar"}), &nothing),
            (json!({"email": null}), &nothing),
            (json!({"email": ""}), &nothing),
            (json!({"email": "evil@example.com"}), &address),
            (json!({"email": {}, "name": "E"}), &address),
            (json!({"email": 1, "name": 5}), &address),
        ] {
            let answer = ann.post(UPDATE, body.clone()).await;
            assert_eq!((answer.status, &answer.json()), (400, expected), "{body}");
            assert!(answer.set_cookies.is_empty());
        }
        let seen = user(&app, &ann).await;
        assert_eq!((&seen["name"], &seen["email"]), (&json!("Ann"), &json!("ann@example.com")));
    }

    async fn sec_g1_texts_that_a_profile_cannot_hold_are_refused(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let received = |kind: &str| format!("Invalid input: expected string, received {kind}");
        for (field, value, why) in [
            ("name", json!(null), received("null")),
            ("name", json!(5), received("number")),
            ("name", json!(true), received("boolean")),
            ("name", json!({"a": 1}), received("object")),
            ("name", json!("n".repeat(256)), "Too big: expected string to have <=255 characters".into()),
            ("name", json!("a\0b"), "Invalid input: NUL is not allowed".into()),
            ("image", json!(5), received("number")),
            ("image", json!([]), received("array")),
            ("image", json!("i".repeat(2049)), "Too big: expected string to have <=2048 characters".into()),
            ("image", json!("a\0b"), "Invalid input: NUL is not allowed".into()),
        ] {
            let mut body = json!({"name": "E", "image": "e.png"});
            body[field] = value;
            let answer = ann.post(UPDATE, body).await;
            let message = format!("[body.{field}] {why}");
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        assert_eq!(user(&app, &ann).await["name"], "Ann");
    }

    async fn what_is_wrong_with_a_body_is_told_before_who_asks(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for path in [UPDATE, UPDATE_SESSION] {
            for mut browser in [ann.clone(), app.browser()] {
                for (body, kind) in [("[]", "array"), ("\"x\"", "string"), ("5", "number"), ("null", "null"), ("", "undefined")] {
                    let answer = browser.post_raw(path, "application/json", body).await;
                    let message = format!("[body] Invalid input: expected record, received {kind}");
                    let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
                    assert_eq!((answer.status, answer.json()), (400, expected), "{path}");
                }
            }
            for body in [json!({"name": "x"}), json!({}), json!({"name": 5}), json!({"email": "x"})] {
                let answer = app.browser().post(path, body).await;
                let expected = json!({"message": "Unauthorized", "code": "UNAUTHORIZED"});
                assert_eq!((answer.status, answer.json()), (401, expected), "{path}");
                let mut stale = app.browser();
                stale.set_cookie(SESSION, &app.signed(&"a".repeat(43)));
                let answer = stale.post(path, json!({"name": "x"})).await;
                assert_eq!((answer.status, answer.set_cookies), (401, CLEARED.map(String::from).to_vec()));
            }
        }
    }

    async fn sec_g5_a_profile_has_a_name_and_a_picture_and_nothing_else_is_set(db) {
        let app = db.app(&[]).await;
        let mut eve = app.browser();
        eve.sign_up("eve@example.com").await;
        let before = eve.session().await;
        let mut everything = json!({"name": "Eve"});
        for (field, value) in [
            ("id", json!("00000000-0000-4000-8000-000000000000")),
            ("userId", json!("00000000-0000-4000-8000-000000000000")),
            ("role", json!("admin")),
            ("emailVerified", json!(true)),
            ("email_verified", json!(true)),
            ("createdAt", json!("2001-01-01T00:00:00.000Z")),
            ("updatedAt", json!("2001-01-01T00:00:00.000Z")),
            ("expiresAt", json!("2999-01-01T00:00:00.000Z")),
            ("ipAddress", json!("198.51.100.1")),
            ("token", json!("m4rk3r")),
            ("password", json!("m4rk3r")),
            ("password_hash", json!("m4rk3r")),
            ("fields", json!({"role": "admin"})),
            ("__proto__", json!({"role": "admin"})),
        ] {
            for path in [UPDATE, UPDATE_SESSION] {
                let answer = eve.post(path, json!({field: value})).await;
                assert_eq!(answer.refusal(), (400, "NO_FIELDS_TO_UPDATE".into()), "{path} {field}");
            }
            everything[field] = value;
        }
        assert_eq!(eve.session().await, before);
        assert_eq!(eve.post(UPDATE, everything).await.status, 200);
        let mut wanted = before;
        wanted["user"]["name"] = "Eve".into();
        assert_eq!(eve.session().await, wanted);
        let dump = db.dump().await;
        assert!(!dump.iter().any(|value| value.contains("m4rk3r") || value.contains("admin")));
    }

    async fn nobody_elses_profile_changes(db) {
        let app = db.app(&[]).await;
        let (mut ann, mut bob) = (app.browser(), app.browser());
        ann.sign_up("ann@example.com").await;
        bob.sign_up("bob@example.com").await;
        let before = user(&app, &bob).await;
        assert_eq!(ann.post(UPDATE, json!({"name": "A", "id": before["id"]})).await.status, 200);
        assert_eq!(user(&app, &bob).await, before);
    }
}
