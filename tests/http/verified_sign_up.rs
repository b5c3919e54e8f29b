//! Signing up and in where addresses must be verified first.

use serde_json::{Value, json};

use crate::support::{Answer, Instance, PASSWORD, db_test, together};

const REQUIRED: &[(&str, &str)] = &[("REQUIRE_EMAIL_VERIFICATION", "on"), ("RATE_LIMIT", "on")];
const SIGN_UP: &str = "/api/auth/sign-up/email";
const ANN: &str = "ann@example.com";

async fn sign_up(app: &Instance, peer: &str, email: &str, name: &str) -> Answer {
    let body = json!({
        "name": name, "email": email, "password": PASSWORD, "image": "https://e/x.png",
        "callbackURL": "/welcome",
    });
    app.browser().from(peer).post(SIGN_UP, body).await
}

/// Status, header names, cookies and body, but for the id.
fn shape(answer: &Answer) -> (u16, Vec<String>, Value) {
    let names = answer.headers.keys().map(ToString::to_string).collect();
    let mut body = answer.json();
    let id = body["user"]["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(36), "{answer:?}");
    assert!(answer.set_cookies.is_empty());
    (answer.status, names, body)
}

db_test! {
    async fn a_session_begins_once_the_address_is_verified(db) {
        let app = db.app(REQUIRED).await;
        let answer = sign_up(&app, "192.0.2.1", ANN, "Ann").await;
        let (status, _, body) = shape(&answer);
        assert_eq!((status, body), (200, json!({
            "token": null,
            "user": {
                "name": "Ann", "email": ANN, "emailVerified": false, "image": "https://e/x.png",
                "createdAt": "2026-11-24T15:00:00.000Z", "updatedAt": "2026-11-24T15:00:00.000Z",
                "id": null,
            },
        })));
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 0);
        let mut ann = app.browser();
        let early = ann.sign_in(ANN, PASSWORD).await;
        let expected = json!({"message": "Email not verified", "code": "EMAIL_NOT_VERIFIED"});
        assert_eq!((early.status, early.json()), (403, expected));
        assert!(early.set_cookies.is_empty(), "nor is the device known from now on");
        let wrong = ann.sign_in(ANN, "not-the-password").await;
        assert_eq!(wrong.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));
        assert_eq!(app.mails_to(ANN).await, 1, "signing in mails nothing");
        let opened = ann.get(&app.link_to(ANN).await).await;
        assert_eq!((opened.header("location"), opened.set_cookies.len()), ("/welcome", 0));
        assert_eq!(ann.sign_in(ANN, PASSWORD).await.status, 200);
        assert_eq!(ann.session().await["user"]["id"], answer.json()["user"]["id"]);
    }

    async fn sec_b3_a_taken_address_looks_free_and_its_owner_is_told(db) {
        let app = db.app(REQUIRED).await;
        let free = sign_up(&app, "192.0.2.1", ANN, "Ann").await;
        let hash = db.password_hash(ANN).await;
        assert_eq!(app.mails_to(ANN).await, 1);
        let link = app.link_to(ANN).await;
        for (n, spelling) in [ANN, "ANN@Example.com"].into_iter().enumerate() {
            let taken = sign_up(&app, "192.0.2.2", spelling, "Ann").await;
            assert_eq!(shape(&taken), shape(&free), "{spelling}");
            assert_ne!(taken.json()["user"]["id"], free.json()["user"]["id"]);
            assert_eq!(app.mails_to(ANN).await, 2 + n);
        }
        assert_eq!(app.link_to(ANN).await, link, "no link for a stranger's sign-up");
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(db.password_hash(ANN).await, hash);
        app.browser().get(&link).await;
        assert_eq!(app.browser().sign_in(ANN, PASSWORD).await.status, 200);
    }

    async fn sec_b3_the_given_name_and_password_are_judged_alike(db) {
        let app = db.app(REQUIRED).await;
        sign_up(&app, "192.0.2.1", ANN, "Ann").await;
        for email in [ANN, "bob@example.com"] {
            for (password, code) in [("short", "PASSWORD_TOO_SHORT"), ("password123", "PASSWORD_TOO_COMMON")] {
                let body = json!({"name": "X", "email": email, "password": password});
                let answer = app.browser().post(SIGN_UP, body).await;
                assert_eq!(answer.refusal(), (400, code.into()), "{email}");
            }
        }
        let taken = sign_up(&app, "192.0.2.3", ANN, "Somebody").await;
        assert_eq!(taken.json()["user"]["name"], "Somebody", "nothing of the owner's");
    }

    async fn sec_b3_an_address_left_in_other_spellings_looks_free_and_each_owner_is_told(db) {
        let app = db.app(REQUIRED).await;
        sign_up(&app, "192.0.2.1", "like@example.com", "Like").await;
        let left = ["Erin@example.com", " erin@example.com"];
        for address in left {
            db.leave_account(address, "like@example.com").await;
        }
        let answer = sign_up(&app, "192.0.2.1", "erin@example.com", "E").await;
        assert_eq!(shape(&answer).0, 200);
        for address in left {
            assert_eq!(app.mails_to(address).await, 1, "{address:?}");
        }
        assert_eq!(app.mails_to("erin@example.com").await, 0);
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 3);
    }

    async fn sec_b3_of_many_at_once_one_account_is_made_and_all_look_alike(db) {
        let apps = [db.app(REQUIRED).await, db.app(REQUIRED).await];
        let crowd = (0..8).map(|n| {
            let mut browser = apps[n % 2].browser();
            let body = json!({"name": "Ann", "email": ANN, "password": PASSWORD});
            async move { browser.post(SIGN_UP, body).await }
        });
        let answers = together(crowd).await;
        let first = shape(&answers[0]);
        assert!(answers.iter().all(|answer| shape(answer) == first), "{answers:?}");
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
        apps[1].mails().await;
        assert_eq!(apps[0].mails_to(ANN).await, 8);
    }

    async fn the_short_path_asks_for_it_too(db) {
        let app = db.app(REQUIRED).await;
        let answer = app.browser().post("/api/signup", json!({"email": ANN, "password": PASSWORD})).await;
        assert_eq!((shape(&answer).0, &answer.json()["token"]), (200, &Value::Null));
        let answer = app.browser().post("/api/signin", json!({"email": ANN, "password": PASSWORD})).await;
        assert_eq!(answer.refusal(), (403, "EMAIL_NOT_VERIFIED".into()));
    }
}
