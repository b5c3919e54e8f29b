//! `POST /api/auth/sign-up/email` and `POST /api/signup`.

use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, db_test, together};

const PATH: &str = "/api/auth/sign-up/email";
const SHORT: &str = "/api/signup";
const TAKEN: &str = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";

fn body(email: &str) -> Value {
    json!({"name": "Ann", "email": email, "password": PASSWORD})
}

/// The recorded answer; `token` and `id` are ours to choose.
fn assert_is_signed_up(answer: &Answer, user: &Value) {
    let body = answer.json();
    let mut user = user.clone();
    user["id"] = body["user"]["id"].clone();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(body, json!({"token": body["token"], "user": user}));
}

db_test! {
    async fn where_sign_up_is_off_nobody_gets_in_and_whoever_is_there_stays(db) {
        let mut ann = db.app(&[]).await.browser();
        ann.sign_up("ann@example.com").await;
        let app = db.app(&[("SIGN_UP", "off")]).await;
        for (path, email) in [(PATH, "bob@example.com"), (SHORT, "ann@example.com")] {
            let answer = app.browser().post(path, body(email)).await;
            let refusal = (400, "EMAIL_PASSWORD_SIGN_UP_DISABLED".to_owned());
            assert_eq!(answer.refusal(), refusal, "{answer:?}");
        }
        assert_eq!(app.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
        assert_eq!(app.browser().sign_in("bob@example.com", PASSWORD).await.status, 401);
    }

    async fn sec_b4_only_addresses_of_the_list_sign_up_and_none_of_them_unverified(db) {
        let settings = [
            ("SIGN_UP", "@uni.edu,ann@example.com"),
            ("REQUIRE_EMAIL_VERIFICATION", "on"),
        ];
        let app = db.app(&settings).await;
        for (email, status) in [
            ("bob@UNI.edu", 200),
            ("Ann@example.com", 200),
            ("eve@example.com", 403),
            ("eve@sub.uni.edu", 403),
            ("eve@uni.edu.example.com", 403),
        ] {
            let answer = app.browser().post(PATH, body(email)).await;
            assert_eq!(answer.status, status, "{email}: {answer:?}");
            if status == 403 {
                assert_eq!(answer.refusal().1, "SIGN_UP_NOT_ALLOWED");
            }
            assert!(answer.set_cookies.is_empty(), "{answer:?}");
        }
        let unverified = app.browser().sign_in("bob@uni.edu", PASSWORD).await;
        assert_eq!(unverified.refusal(), (403, "EMAIL_NOT_VERIFIED".to_owned()));
    }

    async fn signs_up_and_in_at_once(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let answer = ann.post(PATH, body(" Ann@Example.com ")).await;
        assert_is_signed_up(&answer, &json!({
            "name": "Ann",
            "email": "ann@example.com",
            "emailVerified": false,
            "image": null,
            "createdAt": "2026-11-24T15:00:00.000Z",
            "updatedAt": "2026-11-24T15:00:00.000Z",
        }));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(ann.session().await["user"], answer.json()["user"]);
    }

    async fn sets_the_session_cookie_and_answers_with_its_handle(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let answer = ann.post(PATH, body("ann@example.com")).await;
        let [cookie] = answer.set_cookies.as_slice() else {
            panic!("{answer:?}");
        };
        let value = ann.cookie("better-auth.session_token").unwrap();
        let (token, signature) = value.split_once('.').unwrap();
        assert_eq!((token.len(), signature.ends_with("%3D")), (43, true));
        assert_eq!(
            *cookie,
            format!("better-auth.session_token={value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"),
        );
        assert!(!answer.text().contains(token), "the secret is in the body");
        let handle = answer.json()["token"].clone();
        let session = &ann.session().await["session"];
        assert_eq!((&session["token"], &session["id"]), (&handle, &handle));
    }

    async fn a_taken_address_is_422_in_every_spelling(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        for spelling in ["ann@example.com", "ANN@EXAMPLE.COM", " Ann@example.com"] {
            for path in [PATH, SHORT] {
                let mut eve = app.browser();
                let answer = eve.post(path, body(spelling)).await;
                assert_eq!(answer.status, 422, "{spelling}");
                assert_eq!(
                    answer.json(),
                    json!({"message": "User already exists. Use another email.", "code": TAKEN}),
                );
                assert!(answer.set_cookies.is_empty());
                assert_eq!(eve.session().await, Value::Null);
            }
        }
    }

    async fn one_address_is_taken_once_by_many_at_the_same_moment(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let crowd = (0..12).map(|n| {
            let mut browser = apps[n % 2].browser();
            async move { browser.post(PATH, body("ann@example.com")).await }
        });
        let answers = together(crowd).await;
        let made = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 422).count();
        assert_eq!((made, refused), (1, 11), "{answers:?}");
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 1);
    }

    async fn what_the_password_lacks_is_told(db) {
        let app = db.app(&[]).await;
        let (short, long) = ("short".to_owned(), "x".repeat(129));
        for (password, message, code) in [
            (short, "Password too short", "PASSWORD_TOO_SHORT"),
            (long, "Password too long", "PASSWORD_TOO_LONG"),
        ] {
            let body = json!({"name": "B", "email": "b@example.com", "password": password});
            let answer = app.browser().post(PATH, body).await;
            assert_eq!(answer.status, 400);
            assert_eq!(answer.json(), json!({"message": message, "code": code}));
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
    }

    async fn an_empty_name_is_a_name_and_a_picture_is_kept(db) {
        let app = db.app(&[]).await;
        let body = json!({
            "name": "",
            "email": "ann@example.com",
            "password": PASSWORD,
            "image": "https://e/x.png",
            "callbackURL": "/cb",
        });
        let answer = app.browser().post(PATH, body).await;
        assert_is_signed_up(&answer, &json!({
            "name": "",
            "email": "ann@example.com",
            "emailVerified": false,
            "image": "https://e/x.png",
            "createdAt": "2026-11-24T15:00:00.000Z",
            "updatedAt": "2026-11-24T15:00:00.000Z",
        }));
        assert_eq!(answer.header("location"), "");
    }

    async fn a_callback_url_must_be_trusted_here_too(db) {
        let app = db.app(&[]).await;
        for (callback, status, code) in [
            (json!("https://evil.example/"), 403, "INVALID_CALLBACK_URL"),
            (json!("//evil.example/"), 403, "INVALID_CALLBACK_URL"),
            (json!(5), 400, "VALIDATION_ERROR"),
        ] {
            let mut body = body("ann@example.com");
            body["callbackURL"] = callback;
            let answer = app.browser().post(PATH, body).await;
            assert_eq!(answer.refusal(), (status, code.into()));
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
    }

    async fn the_short_path_wants_no_name(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let nameless = json!({"email": "Ann.Lee@example.com", "password": PASSWORD});
        let answer = ann.post(SHORT, nameless.clone()).await;
        assert_is_signed_up(&answer, &json!({
            "name": "ann.lee",
            "email": "ann.lee@example.com",
            "emailVerified": false,
            "image": null,
            "createdAt": "2026-11-24T15:00:00.000Z",
            "updatedAt": "2026-11-24T15:00:00.000Z",
        }));
        assert_eq!(ann.session().await["user"]["name"], "ann.lee");
        let named = app.browser().post(SHORT, body("bob@example.com")).await;
        assert_eq!(named.json()["user"]["name"], "Ann");
        let refused = app.browser().post(PATH, nameless).await;
        assert_eq!(refused.refusal(), (400, "VALIDATION_ERROR".into()));
    }

    async fn an_address_that_the_first_system_left_is_taken_in_every_spelling(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("like@example.com").await;
        for left in ["Erin.Jones@Example.com", "erin.jones@example.com ", " Carl@example.com"] {
            db.leave_account(left, "like@example.com").await;
        }
        for wanted in [
            "erin.jones@example.com",
            "Erin.Jones@Example.com",
            "ERIN.JONES@example.com",
            "carl@example.com",
            " Carl@example.com",
        ] {
            let answer = app.browser().post(PATH, body(wanted)).await;
            assert_eq!(answer.refusal(), (422, TAKEN.into()), "{wanted}");
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 4);
    }
}
