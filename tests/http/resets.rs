//! `POST request-password-reset`, the mailed link, `POST reset-password`.

use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Instance, PASSWORD, db_test, together, token_of};

const REQUEST: &str = "/api/auth/request-password-reset";
const RESET: &str = "/api/auth/reset-password";
const NEW: &str = "another-horse-battery";
const MESSAGE: &str = "If this email exists in our system, check your email for the reset link";

async fn request(app: &Instance, email: &str) -> Answer {
    let body = json!({"email": email, "redirectTo": "/r"});
    app.browser().post(REQUEST, body).await
}

/// Asks for a link; its token.
async fn token_for(app: &Instance, email: &str) -> String {
    // So that no earlier mail overtakes this one.
    app.mails().await;
    assert_eq!(request(app, email).await.status, 200);
    token_of(&app.link_to(email).await)
}

async fn reset(browser: &mut Browser, token: &str, password: &str) -> Answer {
    let body = json!({"newPassword": password, "token": token});
    browser.post(RESET, body).await
}

fn invalid_token() -> (u16, String) {
    (400, "INVALID_TOKEN".into())
}

db_test! {
    async fn a_forgotten_password_is_replaced(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        app.mails().await;
        let asked = request(&app, "ANN@example.com").await;
        assert_eq!((asked.status, asked.json()), (200, json!({"status": true, "message": MESSAGE})));
        assert_eq!(asked.set_cookies.len(), 0);
        let link = app.whole_link_to("ann@example.com").await.unwrap();
        let token = token_of(&link);
        assert_eq!(token.len(), 43);
        let expected = format!("http://localhost:7860{RESET}/{token}?callbackURL=%2Fr");
        assert_eq!(link, expected);

        let opened = app.browser().get(&app.link_to("ann@example.com").await).await;
        assert_eq!(opened.status, 302);
        assert_eq!(opened.header("location"), format!("http://localhost:7860/r?token={token}"));
        let before = app.mails_to("ann@example.com").await;
        let done = reset(&mut app.browser(), &token, NEW).await;
        assert_eq!((done.status, done.json()), (200, json!({"status": true})));
        assert!(done.set_cookies.is_empty());
        assert_eq!(app.mails_to("ann@example.com").await, before + 1, "its owner is told");

        assert_eq!(app.browser().sign_in("ann@example.com", PASSWORD).await.status, 401);
        let answer = app.browser().sign_in("ann@example.com", NEW).await;
        assert_eq!(answer.json()["user"]["emailVerified"], false, "as with the reference");
        let again = reset(&mut app.browser(), &token, "a-third-horse-battery").await;
        assert_eq!(again.refusal(), invalid_token());
    }

    async fn a_reset_changes_the_way_in_and_not_the_user(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let user = ann.session().await["user"].clone();
        let token = token_for(&app, "ann@example.com").await;
        app.advance(Duration::from_mins(5));
        assert_eq!(reset(&mut app.browser(), &token, NEW).await.status, 200);
        ann.sign_in("ann@example.com", NEW).await;
        assert_eq!(ann.session().await["user"], user, "`updatedAt` too");
        let account = ann.get("/api/auth/list-accounts").await.json()[0].clone();
        assert_eq!(account["createdAt"], user["createdAt"]);
        assert_eq!(account["updatedAt"], "2026-11-24T15:05:00.000Z");
    }

    async fn sec_c4_a_reset_ends_every_session_on_every_instance(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let mut ann = apps[0].browser();
        ann.sign_up("ann@example.com").await;
        let mut phone = apps[1].browser();
        phone.sign_in("ann@example.com", PASSWORD).await;
        let mut bob = apps[0].browser();
        bob.sign_up("bob@example.com").await;
        let mut elsewhere = apps[1].browser_like(&ann);
        assert_ne!(elsewhere.session().await, Value::Null);
        let token = token_for(&apps[0], "ann@example.com").await;
        // Even the one that is sent along.
        let done = reset(&mut ann, &token, NEW).await;
        assert_eq!((done.status, done.set_cookies.len()), (200, 0));
        for browser in [&mut elsewhere, &mut ann, &mut phone] {
            assert_eq!(browser.session().await, Value::Null);
        }
        assert_ne!(bob.session().await, Value::Null, "nobody else's");
    }

    async fn sec_b2_known_and_unknown_addresses_are_answered_alike(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        app.mails().await;
        let known = request(&app, "ann@example.com").await;
        let unknown = request(&app, "bob@example.com").await;
        assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
        let names = |answer: &Answer| {
            let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(&known), names(&unknown));
        assert_eq!(app.mails_to("bob@example.com").await, 0);
        let rows = "SELECT COUNT(*) FROM one_time_tokens WHERE purpose = 'reset-password'";
        assert_eq!(db.count(rows).await, 1);
    }

    async fn without_mail_nobody_is_promised_any(db) {
        let app = db.mailless(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        for email in ["ann@example.com", "bob@example.com"] {
            let answer = request(&app, email).await;
            assert_eq!(answer.status, 400);
            assert_eq!(answer.json(), json!({
                "message": "Reset password isn't enabled",
                "code": "RESET_PASSWORD_DISABLED",
            }));
        }
        let answer = request(&app, "nope").await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()));
        assert_eq!(reset(&mut app.browser(), "x", NEW).await.refusal(), invalid_token());
    }

    async fn what_is_no_address_is_refused(db) {
        let app = db.app(&[]).await;
        for email in ["", "zz", "@example.com", "zz@", "a\nb@example.com"] {
            let answer = request(&app, email).await;
            let message = "[body.email] Invalid email address";
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected), "{email}");
        }
    }

    async fn an_address_in_several_spellings_is_told_to_each(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("like@example.com").await;
        let left = ["Erin@example.com", "ERIN@example.com", " erin@example.com", "eRIN@Example.com"];
        for address in left {
            db.leave_account(address, "like@example.com").await;
        }
        request(&app, "ERIN@example.com").await;
        let mut tokens = Vec::new();
        for address in left {
            let found = app.mails_to(address).await;
            assert_eq!(found, usize::from(address == "ERIN@example.com"), "{address}");
        }
        request(&app, "erin@example.com").await;
        for address in left {
            tokens.push((address, token_of(&app.link_to(address).await)));
        }
        for (n, (address, token)) in tokens.iter().enumerate() {
            let password = format!("horse-battery-of-{n}");
            assert_eq!(reset(&mut app.browser(), token, &password).await.status, 200);
            let answer = app.browser().sign_in(address, &password).await;
            assert_eq!(answer.json()["user"]["email"], *address);
        }
    }

    async fn a_refused_password_leaves_the_link_as_it_was(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let token = token_for(&app, "ann@example.com").await;
        let hash = db.password_hash("ann@example.com").await;
        for (password, code) in [
            ("short", "PASSWORD_TOO_SHORT"),
            (&"x".repeat(129), "PASSWORD_TOO_LONG"),
            ("password123", "PASSWORD_TOO_COMMON"),
            ("ann@example.com", "PASSWORD_TOO_PERSONAL"),
        ] {
            let answer = reset(&mut app.browser(), &token, password).await;
            assert_eq!(answer.refusal(), (400, code.into()), "{password}");
            // What is no token is told next to the length, before whose it is.
            let answer = reset(&mut app.browser(), &token.replace('_', "-").to_lowercase(), password).await;
            let of_length = code.ends_with("SHORT") || code.ends_with("LONG");
            let expected = if of_length { (400, code.into()) } else { invalid_token() };
            assert_eq!(answer.refusal(), expected, "{password}");
        }
        assert_eq!(db.password_hash("ann@example.com").await, hash);
        assert_eq!(reset(&mut app.browser(), &token, NEW).await.status, 200);
    }

    async fn the_token_may_stand_in_the_query(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let token = token_for(&app, "ann@example.com").await;
        let path = format!("{RESET}?token={token}");
        let mut ann = app.browser();
        let both = ann.post(&path, json!({"newPassword": NEW, "token": "other"})).await;
        assert_eq!(both.refusal(), invalid_token(), "the body's comes first");
        for body in [json!({"newPassword": NEW}), json!({"newPassword": NEW, "token": ""})] {
            let none = ann.post(RESET, body).await;
            let expected = json!({"message": "Invalid token", "code": "INVALID_TOKEN"});
            assert_eq!((none.status, none.json()), (400, expected));
        }
        let done = ann.post(&path, json!({"newPassword": NEW, "token": ""})).await;
        assert_eq!(done.status, 200);
    }

    async fn sec_f1_of_16_uses_at_once_one_sets_a_password(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        apps[0].browser().sign_up("ann@example.com").await;
        let token = token_for(&apps[0], "ann@example.com").await;
        let crowd = (0..16).map(|n| {
            let (mut browser, token) = (apps[n % 2].browser(), token.clone());
            async move { reset(&mut browser, &token, &format!("horse-battery-of-{n}")).await }
        });
        let answers = together(crowd).await;
        let winners: Vec<_> = (0..16).filter(|n| answers[*n].status == 200).collect();
        let [winner] = winners[..] else {
            panic!("{answers:?}");
        };
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.refusal(), invalid_token());
        }
        for n in 0..16 {
            let password = format!("horse-battery-of-{n}");
            let answer = apps[0].browser().sign_in("ann@example.com", &password).await;
            assert_eq!(answer.status, if n == winner { 200 } else { 401 }, "{n}");
        }
    }

    async fn sec_f1_a_reset_link_works_for_an_hour(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let late = token_for(&app, "ann@example.com").await;
        app.advance(Duration::from_hours(1));
        assert_eq!(reset(&mut app.browser(), &late, NEW).await.refusal(), invalid_token());
        let path = format!("{RESET}/{late}?callbackURL=/r");
        let opened = app.browser().get(&path).await;
        assert_eq!(opened.header("location"), "http://localhost:7860/r?error=INVALID_TOKEN");
        let in_time = token_for(&app, "ann@example.com").await;
        app.advance(Duration::from_millis(3_599_999));
        assert_eq!(reset(&mut app.browser(), &in_time, NEW).await.status, 200);
    }

    async fn sec_f1_a_newer_link_voids_the_older_and_a_reset_all_that_open_something(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let verify = app.link_to("ann@example.com").await;
        let older = token_for(&app, "ann@example.com").await;
        let newer = token_for(&app, "ann@example.com").await;
        assert_eq!(reset(&mut app.browser(), &older, NEW).await.refusal(), invalid_token());
        assert_eq!(reset(&mut app.browser(), &newer, NEW).await.status, 200);
        assert_eq!(db.count("SELECT COUNT(*) FROM one_time_tokens").await, 1);
        let opened = app.browser().get(&verify).await;
        assert_eq!(opened.header("location"), "/", "it proves an address and no more");
    }

    async fn sec_f1_a_reset_link_is_bound_to_the_address_it_was_mailed_to(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let token = token_for(&app, "ann@example.com").await;
        db.execute("UPDATE users SET email = 'new@example.com', email_canonical = 'new@example.com'").await;
        assert_eq!(reset(&mut app.browser(), &token, NEW).await.refusal(), invalid_token());
        assert_eq!(app.browser().sign_in("new@example.com", PASSWORD).await.status, 200);
    }

    async fn sec_f3_opening_a_reset_link_consumes_nothing(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        let token = token_for(&app, "ann@example.com").await;
        let link = app.link_to("ann@example.com").await;
        let before = db.dump().await;
        for method in ["GET", "HEAD", "GET", "HEAD"] {
            let mut scanner = app.browser().from("198.51.100.7").without("origin");
            let answer = scanner.send(method, &link, Body::empty()).await;
            let location = format!("http://localhost:7860/r?token={token}");
            assert_eq!((answer.status, answer.header("location")), (302, location.as_str()));
            assert!(answer.set_cookies.is_empty());
        }
        assert_eq!(db.dump().await, before);
        assert_eq!(reset(&mut app.browser(), &token, NEW).await.status, 200);
    }
}
