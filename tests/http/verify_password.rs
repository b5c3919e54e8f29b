//! Showing the password once more: `verify-password`, and what all three that ask
//! for it share, the hash that it is compared with and the count of tries.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, db_test, together};

const VERIFY: &str = "/api/auth/verify-password";
const CHANGE: &str = "/api/auth/change-password";
const DELETE: &str = "/api/auth/delete-user";
const ON: &[(&str, &str)] = &[("RATE_LIMIT", "on")];
// Of the password `correct-horse`, by Python's bcrypt and hashlib.scrypt.
const BCRYPT: &str = "$2b$04$nWk10sLxKXyZ.AkQxa2t5u.tMdVJvsSV3Mgdp3Bv7rMzMWOKXgb5u";
const SCRYPT: &str = "00112233445566778899aabbccddeeff:\
    e4415c4f0f3ef52c354385cc5759e0ef7298236fd91aba16cf9b381c10dc1151\
    5d10f298ab4b78aaeffccdf977e8fabed1016643fea03e27caf732c8b00ebdae";
const DEVICE: &str = "doorkey.known_device";

async fn verify(browser: &mut Browser, password: &str) -> Answer {
    browser.post(VERIFY, json!({"password": password})).await
}

/// A wrong password at each of the three in turn.
async fn guess(browser: &mut Browser, n: usize) -> Answer {
    let wrong = "not-the-password";
    let change = json!({"currentPassword": wrong, "newPassword": "a-new-password-1"});
    match n % 3 {
        0 => browser.post(VERIFY, json!({"password": wrong})).await,
        1 => browser.post(CHANGE, change).await,
        _ => browser.post(DELETE, json!({"password": wrong})).await,
    }
}

/// A thief's browser: it has the session's cookie, and no device that is known.
fn thief(of: &Browser, peer: &str) -> Browser {
    let mut thief = of.clone().from(peer);
    let session = of.cookie(crate::support::SESSION).unwrap().to_owned();
    thief.forget();
    thief.set_cookie(crate::support::SESSION, &session);
    thief
}

db_test! {
    async fn the_right_password_is_told_from_every_other(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = verify(&mut ann, PASSWORD).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": true})));
        assert!(answer.set_cookies.is_empty());
        let wrong = json!({"message": "Invalid password", "code": "INVALID_PASSWORD"});
        for password in ["bad-password", "", &format!("{PASSWORD} "), &"x".repeat(1024), &"x".repeat(1025)] {
            let answer = verify(&mut ann, password).await;
            assert_eq!((answer.status, answer.json()), (400, wrong.clone()), "{password:.30}");
        }
        assert_ne!(ann.session().await, Value::Null);
    }

    async fn the_body_is_checked_first_and_then_the_session(db) {
        let app = db.app(&[]).await;
        for (body, received) in [(json!({}), "undefined"), (json!({"password": 5}), "number")] {
            let answer = app.browser().post(VERIFY, body).await;
            let message = format!("[body.password] Invalid input: expected string, received {received}");
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        let answer = verify(&mut app.browser(), PASSWORD).await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
    }

    async fn sec_a6_a_hash_of_another_system_verifies_and_a_broken_one_never_does(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let password = "correct-horse";
        for hash in [BCRYPT, SCRYPT] {
            db.set_password_hash("ann@example.com", hash).await;
            assert_eq!(verify(&mut ann, password).await.status, 200, "{hash}");
            assert_eq!(verify(&mut ann, "wrong-password").await.status, 400, "{hash}");
            let change = json!({"currentPassword": password, "newPassword": "a-new-password-1"});
            assert_eq!(ann.post(CHANGE, change).await.status, 200, "{hash}");
            let new = db.password_hash("ann@example.com").await;
            assert!(new.starts_with("$argon2id$"), "{new}");
        }
        for broken in ["", "!", "$2b$12$short", "$argon2id$v=19$m=64,t=1,p=1$$"] {
            db.set_password_hash("ann@example.com", broken).await;
            for n in 0..3 {
                assert_eq!(guess(&mut ann, n).await.refusal(), (400, "INVALID_PASSWORD".into()), "{broken}");
            }
        }
    }

    async fn sec_e1_a_stolen_session_guesses_ten_times_a_minute_from_however_many_clients(db) {
        let (here, there) = (db.app(ON).await, db.app(ON).await);
        let mut ann = here.browser();
        ann.sign_up("ann@example.com").await;
        let crowd = (0..64).map(|n| {
            let app = if n % 2 == 0 { &here } else { &there };
            let mut thief = thief(&app.browser_like(&ann), &format!("198.51.100.{n}"));
            async move { guess(&mut thief, n).await }
        });
        let answers = together(crowd.collect::<Vec<_>>()).await;
        let checked = answers.iter().filter(|a| a.refusal() == (400, "INVALID_PASSWORD".into()));
        assert_eq!(checked.count(), 10);
        let limited = answers.iter().filter(|a| a.refusal() == (429, "TOO_MANY_REQUESTS".into()));
        assert_eq!(limited.count(), 54);
        assert!(answers.iter().filter(|a| a.status == 429).all(|a| !a.header("retry-after").is_empty()));

        let mut late = thief(&ann, "198.51.100.99");
        assert_eq!(verify(&mut late, PASSWORD).await.status, 429, "the right one must not get past");
        assert!(ann.cookie(DEVICE).is_some());
        assert_eq!(verify(&mut ann, PASSWORD).await.status, 200, "the owner's device has tries of its own");
        here.advance(Duration::from_mins(1));
        assert_eq!(verify(&mut late, PASSWORD).await.status, 200);
    }

    async fn sec_e1_one_client_guesses_ten_times_a_minute_at_however_many_accounts(db) {
        let (here, there) = (db.app(ON).await, db.app(ON).await);
        let mut crowd = Vec::new();
        for n in 0..16 {
            let app = if n % 2 == 0 { &here } else { &there };
            let mut browser = app.browser().from(&format!("198.51.100.{n}"));
            browser.sign_up(&format!("user{n}@example.com")).await;
            for m in 0..4 {
                let mut thief = thief(&browser, "192.0.2.1");
                crowd.push(async move { guess(&mut thief, n + m).await });
            }
        }
        let answers = together(crowd).await;
        assert_eq!(answers.len(), 64);
        assert_eq!(answers.iter().filter(|a| a.status == 400).count(), 10);
        assert_eq!(answers.iter().filter(|a| a.status == 429).count(), 54);
    }

    async fn sec_e1_these_tries_and_those_at_signing_in_count_apart(db) {
        let app = db.app(ON).await;
        let mut ann = app.browser().from("192.0.2.1");
        ann.sign_up("ann@example.com").await;
        let mut stranger = app.browser().from("192.0.2.1");
        for _ in 0..10 {
            assert_eq!(stranger.sign_in("ann@example.com", "not-the-password").await.status, 401);
        }
        assert_eq!(verify(&mut ann, PASSWORD).await.status, 200);
        for n in 0..9 {
            assert_eq!(guess(&mut ann, n).await.status, 400, "{n}");
        }
        assert_eq!(verify(&mut ann, PASSWORD).await.status, 429);
        let mut elsewhere = app.browser().from("192.0.2.2");
        app.advance(Duration::from_mins(1));
        assert_eq!(elsewhere.sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn what_checks_no_password_counts_none(db) {
        let app = db.app(ON).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for _ in 0..11 {
            let short = json!({"currentPassword": PASSWORD, "newPassword": "x"});
            assert_eq!(ann.post(CHANGE, short).await.refusal().1, "PASSWORD_TOO_SHORT");
            assert_eq!(ann.post(VERIFY, json!({})).await.refusal().1, "VALIDATION_ERROR");
            assert_eq!(verify(&mut app.browser(), PASSWORD).await.status, 401);
            assert_eq!(ann.post(DELETE, json!({"token": "x"})).await.status, 404);
        }
        assert_eq!(verify(&mut ann, PASSWORD).await.status, 200);
    }

    async fn sec_e7_without_the_limiters_store_no_password_is_checked(db) {
        let app = db.app(ON).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        db.execute("DROP TABLE rate_limits").await;
        for n in 0..3 {
            let answer = guess(&mut ann, n).await;
            assert_eq!(answer.status, 503, "{answer:?}");
        }
        assert_eq!(verify(&mut ann, PASSWORD).await.status, 503);
        assert_eq!(ann.post(DELETE, json!({"password": PASSWORD})).await.status, 503);
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
    }
}
