//! What comes in: only what was meant gets anywhere, and nothing of it comes back.

use doorkey::http::FUNCTIONS;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, db_test};

/// Every path whose handler reads a body, and the texts that it must have.
const READERS: &[(&str, &[&str])] = &[
    ("/api/auth/sign-up/email", &["name", "email", "password"]),
    ("/api/signup", &["email", "password"]),
    ("/api/auth/sign-in/email", &["email", "password"]),
    ("/api/signin", &["email", "password"]),
    ("/api/auth/revoke-session", &["token"]),
    ("/api/auth/update-user", &["name"]),
    ("/api/auth/update-session", &[]),
    (
        "/api/auth/change-password",
        &["newPassword", "currentPassword"],
    ),
    ("/api/auth/verify-password", &["password"]),
    ("/api/auth/delete-user", &["password", "token"]),
    ("/api/auth/unlink-account", &["accountId"]),
    ("/api/auth/sign-in/social", &[]),
    ("/api/auth/link-social", &[]),
    ("/api/auth/get-access-token", &[]),
    ("/api/auth/refresh-token", &[]),
    ("/api/auth/request-password-reset", &["email"]),
    ("/api/recovery", &["email"]),
    ("/api/auth/reset-password", &["newPassword", "token"]),
    ("/api/auth/send-verification-email", &["email"]),
    ("/api/auth/change-email", &["newEmail"]),
];
/// Those that take a `POST` and look at no body.
const BODYLESS: [&str; 3] = [
    "/api/auth/sign-out",
    "/api/auth/revoke-sessions",
    "/api/auth/revoke-other-sessions",
];
const SIGN_UP: &str = READERS[0].0;
const SIGN_IN: &str = READERS[2].0;
/// Something to look for in an answer.
const MARK: &str = "m4rk3r";

/// A 4xx of this API that says nothing of what was sent.
fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert!(!answer.refusal().1.is_empty(), "{what}: {answer:?}");
    assert!(answer.set_cookies.is_empty(), "{what}: {answer:?}");
    let shown = format!("{} {:?}", answer.text(), answer.headers);
    assert!(!shown.contains(MARK), "{what}: {shown}");
}

/// A body that would be taken at that path.
fn good(path: &str) -> Value {
    if path.ends_with("revoke-session") {
        return json!({"token": "no-such-handle"});
    }
    if path.ends_with("change-password") {
        return json!({"newPassword": PASSWORD, "currentPassword": PASSWORD});
    }
    if path.ends_with("update-user") {
        return json!({"name": "Ann"});
    }
    if path.ends_with("reset-password") {
        return json!({"newPassword": PASSWORD, "token": "no-such-token"});
    }
    if path.ends_with("change-email") {
        return json!({"newEmail": "new@example.com"});
    }
    json!({"name": "Ann", "email": "new@example.com", "password": PASSWORD})
}

fn malformed() -> Vec<Vec<u8>> {
    let (deep, fill) = ("[".repeat(60_000), "x".repeat(70_000));
    let texts = [
        "",
        " ",
        "{",
        "{\"m4rk3r\"",
        "[\"m4rk3r\"]",
        "\"m4rk3r\"",
        "5",
        "null",
        "true",
        "{\"email\":\"m4rk3r@example.com\"}{}",
        "{\"email\":\"m4rk3r@example.com\",}",
        "{'email':'m4rk3r'}",
        "{email:\"m4rk3r\"}",
        "{\"email\":\"a@example.com\"/*m4rk3r*/}",
        "{\"email\":\"m4rk3r@example.com\",\"email\":\"m4rk3r@example.com\"}",
        "{\"token\":\"m4rk3r\",\"token\":\"m4rk3r\"}",
        "{\"a\":1e999}",
        "{\"a\":-1e999}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":\"m4rk3r\\ud800\"}",
        "{\"a\":\"m4rk3r\\udc00\\ud800\"}",
        "{\"a\":\"m4rk3r\\x\"}",
        "{\"a\":\"m4rk3r\u{1}\"}",
        "{\"a\":\"m4rk3r\n\"}",
        "\u{feff}{}",
        &deep,
        &format!("{{\"a\":{deep}"),
        &"{\"a\":".repeat(10_000),
        &format!("{{\"{MARK}\":\"{fill}\"}}"),
        &format!("{{\"email\":{}}}", "9".repeat(5_000)),
    ];
    let mut all: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| text.as_bytes().to_owned())
        .collect();
    all.push(b"{\"email\":\"m4rk3r\xff\"}".to_vec());
    all.push(b"{\"m4rk3r\xc0\xaf\":1}".to_vec());
    all.push(b"\0".to_vec());
    all
}

#[test]
fn every_post_is_known_to_read_a_body_or_not() {
    for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
        let reads = READERS.iter().any(|(path, _)| *path == endpoint.path);
        let known = reads || BODYLESS.contains(&endpoint.path);
        assert!(known || endpoint.method() != "POST", "{}", endpoint.path);
    }
}

db_test! {
    async fn sec_g1_malformed_bodies_are_refused_without_an_echo(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for (path, _) in READERS {
            for body in malformed() {
                let what = format!("{path} {:.60}", String::from_utf8_lossy(&body));
                let answer = ann.post_raw(path, "application/json", body).await;
                assert_refused(&answer, &what);
            }
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    }

    async fn sec_g1_a_body_where_none_is_read_is_no_fault_unless_it_is_broken(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for path in BODYLESS {
            for body in malformed().into_iter().filter(|body| body.len() < 65_000) {
                let mut ann = ann.clone();
                ann.sign_in("ann@example.com", PASSWORD).await;
                let answer = ann.post_raw(path, "application/json", body).await;
                if answer.status != 200 {
                    assert_eq!(answer.refusal(), (400, "BAD_REQUEST".into()), "{path}");
                    assert_ne!(ann.session().await, Value::Null, "{path}");
                }
            }
        }
    }

    async fn sec_g1_texts_of_another_type_are_named_and_refused(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for &(path, fields) in READERS {
            for &field in fields {
                for (value, kind) in [
                    (json!(5), "number"),
                    (json!(5.5e300), "number"),
                    (json!(null), "null"),
                    (json!(true), "boolean"),
                    (json!([MARK]), "array"),
                    (json!({"m4rk3r": MARK}), "object"),
                ] {
                    let mut body = good(path);
                    body[field] = value;
                    let answer = ann.post(path, body).await;
                    assert_refused(&answer, path);
                    let message =
                        format!("[body.{field}] Invalid input: expected string, received {kind}");
                    assert_eq!(
                        answer.json(),
                        json!({"message": message, "code": "VALIDATION_ERROR"}),
                    );
                }
            }
        }
    }

    async fn sec_g1_over_long_and_impossible_texts_are_refused(db) {
        let app = db.app(&[]).await;
        let long = |n: usize| format!("{MARK}{}", "x".repeat(n - MARK.len()));
        let nul = format!("{MARK}\0");
        for (path, field, value, status, code) in [
            (SIGN_UP, "name", long(256), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "name", nul.clone(), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "image", long(2049), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "image", nul.clone(), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "password", long(1025), 400, "PASSWORD_TOO_LONG"),
            (SIGN_UP, "email", format!("{}@example.com", long(65)), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "email", format!("{nul}@example.com"), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "email", format!("{MARK}@exam\u{1F511}ple"), 400, "VALIDATION_ERROR"),
            (SIGN_UP, "callbackURL", format!("/{}", long(2048)), 403, "INVALID_CALLBACK_URL"),
            (SIGN_UP, "callbackURL", format!("/{nul}"), 403, "INVALID_CALLBACK_URL"),
            (SIGN_IN, "email", format!("{}@example.com", long(244)), 400, "INVALID_EMAIL"),
            (SIGN_IN, "email", format!("{nul}@example.com"), 400, "INVALID_EMAIL"),
            (SIGN_IN, "password", long(1025), 401, "INVALID_EMAIL_OR_PASSWORD"),
            (SIGN_IN, "password", nul, 401, "INVALID_EMAIL_OR_PASSWORD"),
            (SIGN_IN, "rememberMe", long(7), 400, "VALIDATION_ERROR"),
        ] {
            let mut body = good(path);
            body[field] = value.into();
            let answer = app.browser().post(path, body).await;
            assert_refused(&answer, field);
            assert_eq!(answer.refusal(), (status, code.into()), "{path} {field}");
        }
        let mut longest = good(SIGN_UP);
        longest["name"] = "n".repeat(255).into();
        longest["image"] = "i".repeat(2048).into();
        longest["email"] = format!("{}@example.com", "e".repeat(64)).into();
        assert_eq!(app.browser().post(SIGN_UP, longest).await.status, 200);
    }

    async fn sec_g2_look_alikes_reach_nobody_elses_account(db) {
        let app = db.app(&[]).await;
        for owner in ["kate.admin@example.com", "staff@kiosk.example"] {
            app.browser().sign_up(owner).await;
        }
        for typed in [
            "\u{212a}ate.admin@example.com",
            "kate.adm\u{131}n@example.com",
            "kate.adm\u{130}n@example.com",
            "\u{ff4b}ate.admin@example.com",
            "kate\u{2024}admin@example.com",
            "k\u{200b}ate.admin@example.com",
            "kate.admin\u{ff20}example.com",
            "\u{17f}taff@kiosk.example",
            "sta\u{fb00}@kiosk.example",
            "staff@\u{212a}iosk.example",
            "staff@kio\u{17f}k.example",
        ] {
            let signed_in = app.browser().sign_in(typed, PASSWORD).await;
            assert!(matches!(signed_in.status, 400 | 401), "{typed}: {signed_in:?}");
            let mut body = good(SIGN_UP);
            body["email"] = typed.into();
            let answer = app.browser().post(SIGN_UP, body).await;
            assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{typed}");
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 2);
    }

    async fn sec_g2_an_address_is_kept_in_one_form(db) {
        let app = db.app(&[]).await;
        for (n, (typed, kept)) in [
            ("\t ZOE@Example.COM \n", "zoe@example.com"),
            ("info@B\u{dc}CHER.example", "info@xn--bcher-kva.example"),
            ("info2@bu\u{308}cher.example", "info2@xn--bcher-kva.example"),
            ("first.last+tag@sub.example.com", "first.last+tag@sub.example.com"),
        ].into_iter().enumerate() {
            let mut body = good(SIGN_UP);
            body["email"] = typed.into();
            let answer = app.browser().post(SIGN_UP, body).await;
            assert_eq!(answer.json()["user"]["email"], kept, "{answer:?}");
            let again = app.browser().sign_in(typed.trim(), PASSWORD).await;
            assert_eq!(again.json()["user"]["email"], kept, "{n}");
        }
    }

    async fn sec_g5_nobody_can_say_what_is_not_theirs_to_say(db) {
        let app = db.app(&[]).await;
        let mut eve = app.browser();
        let id = "00000000-0000-4000-8000-000000000000";
        let mut body = good(SIGN_UP);
        for (field, value) in [
            ("id", json!(id)),
            ("userId", json!(id)),
            ("role", json!("admin")),
            ("emailVerified", json!(true)),
            ("email_verified", json!(true)),
            ("createdAt", json!("2001-01-01T00:00:00.000Z")),
            ("updatedAt", json!("2001-01-01T00:00:00.000Z")),
            ("expiresAt", json!("2999-01-01T00:00:00.000Z")),
            ("ipAddress", json!("198.51.100.1")),
            ("token", json!("m4rk3r")),
            ("password_hash", json!("m4rk3r")),
            ("user", json!({"emailVerified": true, "role": "admin"})),
            ("__proto__", json!({"role": "admin"})),
        ] {
            body[field] = value;
        }
        for path in [SIGN_UP, SIGN_IN] {
            let answer = eve.post(path, body.clone()).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let seen = eve.session().await;
            let (user, session) = (&seen["user"], &seen["session"]);
            assert_eq!(*user, json!({
                "id": user["id"], "name": "Ann", "email": "new@example.com", "emailVerified": false,
                "image": null, "createdAt": "2026-11-24T15:00:00.000Z",
                "updatedAt": "2026-11-24T15:00:00.000Z",
            }));
            assert_ne!(user["id"], id);
            assert_eq!(session["expiresAt"], "2026-12-01T15:00:00.000Z");
            assert_eq!(session["ipAddress"], "203.0.113.1");
        }
        let dump = db.dump().await;
        assert!(!dump.iter().any(|value| value.contains(MARK) || value.contains("admin")));
    }
}
