//! `POST send-verification-email` and `GET verify-email`.

use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{Instance, PASSWORD, db_test, together, token_of};

const SEND: &str = "/api/auth/send-verification-email";
const VERIFY: &str = "/api/auth/verify-email";
const ANN: &str = "ann@example.com";

async fn is_verified(app: &Instance, email: &str) -> bool {
    let answer = app.browser().sign_in(email, PASSWORD).await;
    answer.json()["user"]["emailVerified"] == true
}

async fn send(app: &Instance, email: &str) -> u16 {
    let body = json!({"email": email, "callbackURL": "/welcome"});
    app.browser().post(SEND, body).await.status
}

db_test! {
    async fn a_sign_up_is_mailed_a_link_that_verifies_and_signs_nobody_in(db) {
        let app = db.app(&[]).await;
        let body = json!({
            "name": "Ann", "email": ANN, "password": PASSWORD, "callbackURL": "/welcome?x=1",
        });
        app.browser().post("/api/auth/sign-up/email", body).await;
        let link = app.whole_link_to(ANN).await.unwrap();
        let token = token_of(&link);
        assert_eq!(
            link,
            format!("http://localhost:7860{VERIFY}?token={token}&callbackURL=%2Fwelcome%3Fx%3D1"),
        );
        assert!(!is_verified(&app, ANN).await);
        for _ in 0..2 {
            let mut somebody = app.browser();
            let answer = somebody.get(&app.link_to(ANN).await).await;
            assert_eq!((answer.status, answer.header("location")), (302, "/welcome?x=1"));
            assert!(answer.set_cookies.is_empty());
            assert_eq!(somebody.session().await, Value::Null);
        }
        let plain = app.browser().get(&format!("{VERIFY}?token={token}")).await;
        assert_eq!((plain.status, plain.json()), (200, json!({"status": true, "user": null})));
        assert!(is_verified(&app, ANN).await);
    }

    async fn no_mail_at_sign_up_where_the_operator_wants_none(db) {
        let app = db.app(&[("SEND_ON_SIGN_UP", "off")]).await;
        app.browser().sign_up(ANN).await;
        assert_eq!(app.mails_to(ANN).await, 0);
        assert_eq!(send(&app, ANN).await, 200);
        assert!(app.link_to(ANN).await.ends_with("&callbackURL=%2Fwelcome"));
    }

    async fn what_is_no_link_of_ours_is_refused(db) {
        let app = db.app(&[]).await;
        let never = "A".repeat(43);
        for token in ["", "abc", &never] {
            let plain = app.browser().get(&format!("{VERIFY}?token={token}")).await;
            let expected = json!({"message": "Invalid token", "code": "INVALID_TOKEN"});
            assert_eq!((plain.status, plain.json()), (401, expected), "{token}");
            let path = format!("{VERIFY}?token={token}&callbackURL=/welcome?x=1%23f");
            let sent_on = app.browser().get(&path).await;
            let expected = "/welcome?x=1&error=INVALID_TOKEN#f";
            assert_eq!((sent_on.status, sent_on.header("location")), (302, expected));
        }
        for (query, received) in [("", "undefined"), ("?token=a&token=b", "array")] {
            let answer = app.browser().get(&format!("{VERIFY}{query}")).await;
            let message = format!("[query.token] Invalid input: expected string, received {received}");
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
    }

    async fn sec_f1_a_verification_link_works_for_an_hour(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up(ANN).await;
        let token = token_of(&app.link_to(ANN).await);
        app.advance(Duration::from_hours(1));
        let path = format!("{VERIFY}?token={token}");
        let late = app.browser().get(&path).await;
        assert_eq!(late.refusal(), (401, "TOKEN_EXPIRED".into()));
        let late = app.browser().get(&format!("{path}&callbackURL=/w")).await;
        assert_eq!(late.header("location"), "/w?error=TOKEN_EXPIRED");
        assert!(!is_verified(&app, ANN).await);
        send(&app, ANN).await;
        let link = app.link_to(ANN).await;
        app.advance(Duration::from_millis(3_599_999));
        assert_eq!(app.browser().get(&link).await.header("location"), "/welcome");
        assert!(is_verified(&app, ANN).await);
        app.advance(Duration::from_millis(1));
        let again = app.browser().get(&link).await;
        assert_eq!(again.header("location"), "/welcome?error=TOKEN_EXPIRED");
    }

    async fn sec_f1_a_newer_verification_link_voids_the_older(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up(ANN).await;
        let older = app.link_to(ANN).await;
        send(&app, ANN).await;
        let newer = app.link_to(ANN).await;
        assert_ne!(older, newer);
        let answer = app.browser().get(&older).await;
        assert_eq!(answer.header("location"), "/?error=INVALID_TOKEN");
        assert!(!is_verified(&app, ANN).await);
        assert_eq!(app.browser().get(&newer).await.header("location"), "/welcome");
    }

    async fn sec_f1_a_verification_link_opened_16_times_at_once_is_success_each_time(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        apps[0].browser().sign_up(ANN).await;
        let link = apps[0].link_to(ANN).await;
        let crowd = (0..16).map(|n| {
            let (mut browser, link) = (apps[n % 2].browser(), link.clone());
            async move { browser.get(&link).await }
        });
        for answer in together(crowd).await {
            assert_eq!((answer.status, answer.header("location")), (302, "/"), "{answer:?}");
        }
        assert!(is_verified(&apps[0], ANN).await);
    }

    async fn sec_f3_a_scanner_that_opens_it_first_takes_nothing_from_its_reader(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        app.browser().sign_up(ANN).await;
        let link = app.link_to(ANN).await;
        let before = db.dump().await;
        for _ in 0..2 {
            let mut scanner = app.browser().from("198.51.100.7").without("origin");
            let answer = scanner.send("HEAD", &link, Body::empty()).await;
            assert_eq!((answer.status, answer.header("location")), (302, "/"));
        }
        assert_eq!(db.dump().await, before, "HEAD changes nothing");
        for _ in 0..12 {
            let mut scanner = app.browser().from("198.51.100.7").without("origin");
            let answer = scanner.get(&link).await;
            assert_eq!((answer.status, answer.header("location")), (302, "/"));
            assert!(answer.set_cookies.is_empty());
            assert_eq!(scanner.session().await, Value::Null);
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 1);
        assert_eq!(app.browser().get(&link).await.header("location"), "/");
        assert!(is_verified(&app, ANN).await);
    }

    async fn signed_in_one_is_told_what_is_wrong(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        app.browser().sign_up("bob@example.com").await;
        app.mails().await;
        for other in ["bob@example.com", "nobody@example.com"] {
            let answer = ann.post(SEND, json!({"email": other})).await;
            let expected = json!({"message": "Email mismatch", "code": "EMAIL_MISMATCH"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        let own = ann.post(SEND, json!({"email": "ANN@example.com"})).await;
        assert_eq!((own.status, own.json()), (200, json!({"status": true})));
        assert_eq!(app.mails_to(ANN).await, 2);
        let link = app.link_to(ANN).await;
        assert!(link.ends_with("&callbackURL=%2F"), "{link}");
        ann.get(&link).await;
        let again = ann.post(SEND, json!({"email": ANN})).await;
        let message = "Email is already verified";
        let expected = json!({"message": message, "code": "EMAIL_ALREADY_VERIFIED"});
        assert_eq!((again.status, again.json()), (400, expected));
        assert_eq!(app.mails_to("bob@example.com").await, 1, "that of the sign-up");
    }

    async fn sec_b2_unknown_known_and_verified_are_answered_alike(db) {
        let app = db.app(&[]).await;
        for email in [ANN, "bob@example.com"] {
            app.browser().sign_up(email).await;
        }
        app.browser().get(&app.link_to(ANN).await).await;
        let mut answers = Vec::new();
        for email in [ANN, "bob@example.com", "nobody@example.com"] {
            let answer = app.browser().post(SEND, json!({"email": email})).await;
            let names = answer.headers.keys().map(ToString::to_string);
            answers.push((answer.status, answer.text(), names.collect::<Vec<_>>()));
        }
        assert_eq!(answers[0].1, r#"{"status":true}"#);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        for (email, mails) in [(ANN, 1), ("bob@example.com", 2), ("nobody@example.com", 0)] {
            assert_eq!(app.mails_to(email).await, mails, "{email}");
        }
    }

    async fn without_mail_it_says_so(db) {
        let app = db.mailless(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let message = "Verification email isn't enabled";
        let expected = json!({"message": message, "code": "VERIFICATION_EMAIL_NOT_ENABLED"});
        for (path, body) in [
            (SEND, json!({"email": ANN})),
            ("/api/auth/change-email", json!({"newEmail": "ann2@example.com"})),
        ] {
            let answer = ann.post(path, body).await;
            assert_eq!((answer.status, answer.json()), (400, expected.clone()), "{path}");
        }
    }

    async fn a_link_is_for_the_address_it_was_mailed_to(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up(ANN).await;
        let link = app.link_to(ANN).await;
        db.execute("UPDATE users SET email = 'ann2@example.com', email_canonical = 'ann2@example.com'").await;
        let answer = app.browser().get(&link).await;
        assert_eq!(answer.header("location"), "/?error=INVALID_TOKEN");
        assert!(!is_verified(&app, "ann2@example.com").await);
    }
}
