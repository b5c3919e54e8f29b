//! `POST /api/auth/sign-in/email` and `POST /api/signin`.

use serde_json::{Value, json};

use crate::support::{Browser, Instance, ORIGIN, PASSWORD, db_test};

const PATH: &str = "/api/auth/sign-in/email";
const OTHER_PASSWORD: &str = "staple-under-the-moon";

/// Somebody with an account, signed in nowhere; their user as it is answered.
async fn ann(app: &Instance) -> (Browser, Value) {
    let mut browser = app.browser();
    browser.sign_up("ann@example.com").await;
    let user = browser.session().await["user"].clone();
    (app.browser(), user)
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut body = json!({"email": "ann@example.com", "password": PASSWORD});
    body[field] = value.into();
    body
}

fn wrong_credentials() -> Value {
    json!({"message": "Invalid email or password", "code": "INVALID_EMAIL_OR_PASSWORD"})
}

db_test! {
    async fn signs_in_with_handle_user_and_cookie(db) {
        let app = db.app(&[]).await;
        let (mut ann, user) = ann(&app).await;
        for path in [PATH, "/api/signin"] {
            let credentials = json!({"email": "ann@example.com", "password": PASSWORD});
            let answer = ann.post(path, credentials).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let session = ann.session().await;
            let handle = &session["session"]["token"];
            assert_eq!(
                answer.json(),
                json!({"redirect": false, "token": handle, "user": user}),
            );
            let value = ann.cookie("better-auth.session_token").unwrap();
            let cookie = format!(
                "better-auth.session_token={value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
            );
            assert_eq!(answer.set_cookies, [cookie]);
            let secret = value.split('.').next().unwrap();
            assert!(!answer.text().contains(secret), "the secret is in the body");
            assert_eq!(answer.header("location"), "");
        }
    }

    async fn the_address_is_taken_in_any_case_and_with_spaces(db) {
        let app = db.app(&[]).await;
        let (_, user) = ann(&app).await;
        for typed in ["ANN@example.com", "ann@EXAMPLE.COM", "  Ann@Example.com "] {
            let answer = app.browser().sign_in(typed, PASSWORD).await;
            assert_eq!(answer.status, 200, "{typed}: {answer:?}");
            assert_eq!(answer.json()["user"], user);
        }
    }

    async fn refusals_are_the_recorded_ones(db) {
        let app = db.app(&[]).await;
        let (mut ann, _) = ann(&app).await;
        for (email, password, status, answered) in [
            ("ann@example.com", "wrong-password", 401, wrong_credentials()),
            ("nobody@example.com", PASSWORD, 401, wrong_credentials()),
            ("nobody", PASSWORD, 400, json!({"message": "Invalid email", "code": "INVALID_EMAIL"})),
        ] {
            let answer = ann.sign_in(email, password).await;
            assert_eq!((answer.status, answer.json()), (status, answered), "{email}");
            assert!(answer.set_cookies.is_empty());
        }
        assert_eq!(ann.session().await, Value::Null);
    }

    async fn rules_for_new_passwords_do_not_apply(db) {
        let app = db.app(&[]).await;
        let (mut ann, _) = ann(&app).await;
        for typed in ["", "x", "password1", "ann@example.com", &"x".repeat(129), &"x".repeat(5000)] {
            let answer = ann.sign_in("ann@example.com", typed).await;
            assert_eq!((answer.status, answer.json()), (401, wrong_credentials()), "{typed:.20}");
        }
    }

    async fn without_remember_me_the_session_ends_with_the_browser_or_the_day(db) {
        let app = db.app(&[]).await;
        let (mut ann, _) = ann(&app).await;
        let answer = ann.post(PATH, with("rememberMe", false)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let session = ann.cookie("better-auth.session_token").unwrap();
        let flag = ann.cookie("better-auth.dont_remember").unwrap();
        assert!(flag.starts_with("true.") && flag.ends_with("%3D"), "{flag}");
        assert_eq!(answer.set_cookies, [
            format!("better-auth.session_token={session}; Path=/; HttpOnly; SameSite=Lax"),
            format!("better-auth.dont_remember={flag}; Path=/; HttpOnly; SameSite=Lax"),
        ]);
        let expires = ann.session().await["session"]["expiresAt"].clone();
        assert_eq!(expires, "2026-11-25T15:00:00.000Z");
        // Closing the browser takes both cookies away.
        ann.forget();
        assert_eq!(ann.session().await, Value::Null);
    }

    async fn with_remember_me_it_is_as_without_the_field(db) {
        let app = db.app(&[]).await;
        let (mut ann, _) = ann(&app).await;
        let answer = ann.post(PATH, with("rememberMe", true)).await;
        assert_eq!(answer.set_cookies.len(), 1);
        assert!(answer.set_cookies[0].contains("; Max-Age=604800; "), "{answer:?}");
        let expires = ann.session().await["session"]["expiresAt"].clone();
        assert_eq!(expires, "2026-12-01T15:00:00.000Z");
    }

    async fn a_trusted_callback_is_where_to_go_next(db) {
        let app = db.app(&[]).await;
        let (mut ann, user) = ann(&app).await;
        let absolute = format!("{ORIGIN}/dash");
        for target in ["/dashboard", "/a/b?c=d&e=%20#f", &absolute] {
            let answer = ann.post(PATH, with("callbackURL", target)).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let token = answer.json()["token"].clone();
            assert_eq!(
                answer.json(),
                json!({"redirect": true, "token": token, "url": target, "user": user}),
            );
            assert_eq!(answer.header("location"), target);
        }
    }

    async fn sec_d4_any_other_callback_is_refused_and_signs_nobody_in(db) {
        let app = db.app(&[]).await;
        let (mut ann, _) = ann(&app).await;
        let untrusted = json!({"message": "Invalid callbackURL", "code": "INVALID_CALLBACK_URL"});
        for target in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example/",
            "dash",
            "https:evil.example",
            "javascript:alert(1)",
            "/%2f%2fevil.example",
            "/%09/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "http://localhost:3000.evil.example/",
            "http://localhost:3000@evil.example/",
            "https://localhost:3000/dash",
        ] {
            let answer = ann.post(PATH, with("callbackURL", target)).await;
            assert_eq!((answer.status, answer.json()), (403, untrusted.clone()), "{target}");
            assert_eq!(answer.header("location"), "");
        }
        let mistyped = json!({
            "message": "Invalid callbackURL: expected a string",
            "code": "VALIDATION_ERROR",
        });
        for target in [json!(5), json!(true), json!(["/dash"]), json!({})] {
            let answer = ann.post(PATH, with("callbackURL", target)).await;
            assert_eq!((answer.status, answer.json()), (400, mistyped.clone()));
        }
        assert_eq!(ann.session().await, Value::Null);
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 1);
    }

    async fn several_spellings_that_the_first_system_took_are_several_people(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("like@example.com").await;
        let other = json!({"name": "", "email": "other@example.com", "password": OTHER_PASSWORD});
        app.browser().post("/api/auth/sign-up/email", other).await;
        db.leave_account("Erin.Jones@Example.com", "like@example.com").await;
        db.leave_account("erin.jones@example.com", "other@example.com").await;
        for (typed, password, status) in [
            ("Erin.Jones@Example.com", PASSWORD, 200),
            ("Erin.Jones@Example.com", OTHER_PASSWORD, 401),
            ("erin.jones@example.com", OTHER_PASSWORD, 200),
            ("erin.jones@example.com", PASSWORD, 401),
            // Neither: to guess which would be to try one's password at the other.
            ("ERIN.JONES@EXAMPLE.COM", PASSWORD, 401),
            ("ERIN.JONES@EXAMPLE.COM", OTHER_PASSWORD, 401),
            (" erin.jones@example.com", OTHER_PASSWORD, 401),
        ] {
            let answer = app.browser().sign_in(typed, password).await;
            assert_eq!(answer.status, status, "{typed} {password}");
            if status == 200 {
                assert_eq!(answer.json()["user"]["email"], typed);
            } else {
                assert_eq!(answer.json(), wrong_credentials());
            }
        }
    }

    async fn the_exact_spelling_wins_among_many(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("like@example.com").await;
        let spellings = ["dan@example.com", "Dan@example.com", "DAN@example.com", "dAN@example.com",
            " dan@example.com", "dan@Example.com"];
        for left in spellings {
            db.leave_account(left, "like@example.com").await;
        }
        for typed in spellings {
            let answer = app.browser().sign_in(typed, PASSWORD).await;
            assert_eq!(answer.status, 200, "{typed}");
            assert_eq!(answer.json()["user"]["email"], typed);
        }
    }

    async fn an_address_that_sign_up_would_refuse_today_still_signs_in(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("like@example.com").await;
        let long = format!("{}@example.com", "l".repeat(243));
        for left in [
            " Carl@example.com",
            "\"a b\"@example.com",
            "root@[192.0.2.1]",
            "zoë@example.com",
            &long,
        ] {
            db.leave_account(left, "like@example.com").await;
            let answer = app.browser().sign_in(left, PASSWORD).await;
            assert_eq!(answer.status, 200, "{left}: {answer:?}");
            assert_eq!(answer.json()["user"]["email"], left);
        }
        // The only canonical match, typed as its owner would type it today.
        let carl = app.browser().sign_in("carl@example.com", PASSWORD).await;
        assert_eq!(carl.json()["user"]["email"], " Carl@example.com");
    }
}
