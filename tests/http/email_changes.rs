//! `POST change-email`, and the link mailed to the new address.

use axum::body::Body;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, SESSION, db_test, together, token_of};

const CHANGE: &str = "/api/auth/change-email";
const VERIFY: &str = "/api/auth/verify-email";
const OLD: &str = "ann@example.com";
const NEW: &str = "ann2@example.com";

async fn ask(browser: &mut Browser, new: &str) -> Answer {
    let body = json!({"newEmail": new, "callbackURL": "/x"});
    browser.post(CHANGE, body).await
}

db_test! {
    async fn sec_f2_nothing_changes_before_the_new_address_confirms(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        let told = app.mails_to(OLD).await;
        let asked = ask(&mut ann, "ANN2@example.com").await;
        assert_eq!((asked.status, asked.json()), (200, json!({"status": true})));
        assert!(asked.set_cookies.is_empty());
        let link = app.link_to(NEW).await;
        let token = token_of(&link);
        assert_eq!(link, format!("{VERIFY}?token={token}&callbackURL=%2Fx"));
        assert_eq!(app.mails_to(OLD).await, told + 1, "the old address is warned");
        assert_eq!(ann.session().await["user"]["email"], OLD);
        assert_eq!(app.browser().sign_in(NEW, PASSWORD).await.status, 401);

        let opened = ann.get(&link).await;
        assert_eq!((opened.status, opened.header("location")), (302, "/x"));
        assert_eq!(app.mails_to(OLD).await, told + 2, "and told that it was done");
        let user = &ann.session().await["user"];
        assert_eq!((&user["email"], &user["emailVerified"]), (&json!(NEW), &json!(true)));
        assert_eq!(app.browser().sign_in(NEW, PASSWORD).await.status, 200);
        assert_eq!(app.browser().sign_in(OLD, PASSWORD).await.status, 401);
    }

    async fn the_session_that_asked_is_kept_and_its_cookie_set_again(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        ask(&mut ann, NEW).await;
        let path = format!("{VERIFY}?token={}", token_of(&app.link_to(NEW).await));
        let cookie = ann.cookie(SESSION).unwrap().to_owned();
        let done = ann.get(&path).await;
        let user = ann.session().await["user"].clone();
        assert_eq!((done.status, done.json()), (200, json!({"status": true, "user": user})));
        let expected = format!("{SESSION}={cookie}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(done.set_cookies, [expected]);
        // The same link again, by somebody without a session: success, no cookie.
        let again = app.browser().get(&path).await;
        assert_eq!((again.status, again.json()), (200, json!({"status": true, "user": user})));
        assert!(again.set_cookies.is_empty());
    }

    async fn sec_c4_a_changed_address_ends_the_other_sessions_on_every_instance(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let mut ann = apps[0].browser();
        ann.sign_up(OLD).await;
        let mut phone = apps[0].browser();
        phone.sign_in(OLD, PASSWORD).await;
        let mut phone_elsewhere = apps[1].browser_like(&phone);
        ask(&mut ann, NEW).await;
        let link = apps[0].link_to(NEW).await;
        assert_ne!(phone_elsewhere.session().await, Value::Null, "not before");
        assert_eq!(apps[1].browser().get(&link).await.status, 302);
        for browser in [&mut phone_elsewhere, &mut phone] {
            assert_eq!(browser.session().await, Value::Null);
        }
        assert_eq!(ann.session().await["user"]["email"], NEW);
    }

    async fn a_taken_address_is_not_told_to_be_taken(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        app.browser().sign_up("bob@example.com").await;
        ask(&mut ann, NEW).await;
        let earlier = app.link_to(NEW).await;
        let (to_bob, to_ann) = (app.mails_to("bob@example.com").await, app.mails_to(OLD).await);
        let asked = ask(&mut ann, "Bob@example.com").await;
        assert_eq!((asked.status, asked.json()), (200, json!({"status": true})));
        assert_eq!(app.mails_to("bob@example.com").await, to_bob, "not a word to its owner");
        assert_eq!(app.mails_to(OLD).await, to_ann + 1, "the warning goes out either way");
        let answer = ann.get(&earlier).await;
        assert_eq!(answer.header("location"), "/x?error=INVALID_TOKEN", "and voids either way");
    }

    async fn an_address_taken_meanwhile_is_not_given_away(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        ask(&mut ann, NEW).await;
        let link = app.link_to(NEW).await;
        app.browser().sign_up(NEW).await;
        let code = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
        let answer = ann.get(&link).await;
        assert_eq!(answer.header("location"), format!("/x?error={code}"));
        let plain = ann.get(&format!("{VERIFY}?token={}", token_of(&link))).await;
        assert_eq!(plain.refusal(), (422, code.into()));
        assert_eq!(ann.session().await["user"]["email"], OLD);
    }

    async fn one_address_goes_to_one_of_many_who_confirm_it_at_once(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let mut links = Vec::new();
        for n in 0..8 {
            let mut browser = apps[0].browser();
            browser.sign_up(&format!("user{n}@example.com")).await;
            ask(&mut browser, NEW).await;
            links.push(apps[0].link_to(NEW).await);
        }
        let crowd = links.into_iter().enumerate().map(|(n, link)| {
            let mut browser = apps[n % 2].browser();
            async move { browser.get(&link).await }
        });
        let answers = together(crowd).await;
        let done = answers.iter().filter(|answer| answer.header("location") == "/x").count();
        let taken = "/x?error=USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
        let refused = answers.iter().filter(|answer| answer.header("location") == taken).count();
        assert_eq!((done, refused), (1, 7), "{answers:?}");
        assert_eq!(db.count("SELECT COUNT(*) FROM users WHERE email = 'ann2@example.com'").await, 1);
    }

    async fn sec_f1_a_change_opened_16_times_at_once_is_done_once(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let mut ann = apps[0].browser();
        ann.sign_up(OLD).await;
        ask(&mut ann, NEW).await;
        let link = apps[0].link_to(NEW).await;
        let told = apps[0].mails_to(OLD).await;
        let crowd = (0..16).map(|n| {
            let (mut browser, link) = (apps[n % 2].browser(), link.clone());
            async move { browser.get(&link).await }
        });
        for answer in together(crowd).await {
            assert_eq!((answer.status, answer.header("location")), (302, "/x"), "{answer:?}");
        }
        apps[1].mails().await;
        assert_eq!(apps[0].mails_to(OLD).await, told + 1);
        assert_eq!(ann.session().await["user"]["email"], NEW);
    }

    async fn what_is_wrong_with_a_request_is_told_in_the_references_order(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        for mut browser in [ann.clone(), app.browser()] {
            let answer = browser.post(CHANGE, json!({"newEmail": "zz"})).await;
            let message = "[body.newEmail] Invalid email address";
            let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
            assert_eq!((answer.status, answer.json()), (400, expected));
        }
        let nobody = ask(&mut app.browser(), NEW).await;
        assert_eq!(nobody.refusal(), (401, "UNAUTHORIZED".into()));
        let same = ask(&mut ann, "Ann@Example.com").await;
        let expected = json!({"message": "Email is the same", "code": "EMAIL_IS_THE_SAME"});
        assert_eq!((same.status, same.json()), (400, expected));
    }

    async fn a_link_opened_by_another_user_is_refused_and_stays(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        ask(&mut ann, NEW).await;
        let link = app.link_to(NEW).await;
        assert_eq!(bob.get(&link).await.header("location"), "/x?error=INVALID_USER");
        let plain = bob.get(&format!("{VERIFY}?token={}", token_of(&link))).await;
        let expected = json!({"message": "Invalid user", "code": "INVALID_USER"});
        assert_eq!((plain.status, plain.json()), (401, expected));
        assert_eq!(ann.get(&link).await.header("location"), "/x");
    }

    async fn sec_f2_a_change_voids_every_other_link(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        let verify = app.link_to(OLD).await;
        let body = json!({"email": OLD, "redirectTo": "/r"});
        app.browser().post("/api/auth/request-password-reset", body).await;
        let reset = app.link_to(OLD).await;
        ask(&mut ann, NEW).await;
        let change = app.link_to(NEW).await;
        assert_eq!(ann.get(&change).await.header("location"), "/x");
        assert_eq!(ann.get(&verify).await.header("location"), "/?error=INVALID_TOKEN");
        let expected = "http://localhost:7860/r?error=INVALID_TOKEN";
        assert_eq!(ann.get(&reset).await.header("location"), expected);
        // Once the address is another one again, the link is of the past.
        ask(&mut ann, "ann3@example.com").await;
        ann.get(&app.link_to("ann3@example.com").await).await;
        assert_eq!(ann.get(&change).await.header("location"), "/x?error=INVALID_TOKEN");
        assert_eq!(ann.session().await["user"]["email"], "ann3@example.com");
    }

    async fn sec_f2_what_a_session_asked_for_ends_when_it_is_revoked(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        for path in ["revoke-session", "revoke-other-sessions", "revoke-sessions"] {
            ann.sign_in(OLD, PASSWORD).await;
            let mut thief = app.browser();
            thief.sign_in(OLD, PASSWORD).await;
            ask(&mut thief, NEW).await;
            let link = app.link_to(NEW).await;
            let handle = thief.session().await["session"]["token"].clone();
            let revoked = ann.post(&format!("/api/auth/{path}"), json!({"token": handle})).await;
            assert_eq!(revoked.status, 200, "{path}");
            let answer = thief.get(&link).await;
            assert_eq!(answer.header("location"), "/x?error=INVALID_TOKEN", "{path}");
        }
        assert_eq!(db.texts("SELECT email FROM users").await, [OLD]);
    }

    async fn what_another_session_asked_for_stays_and_so_it_does_when_somebody_signs_out(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        let mut phone = app.browser();
        phone.sign_in(OLD, PASSWORD).await;
        ask(&mut ann, NEW).await;
        assert_eq!(ann.post_empty("/api/auth/revoke-other-sessions").await.status, 200);
        assert_eq!(ann.post_empty("/api/auth/sign-out").await.status, 200);
        let link = app.link_to(NEW).await;
        assert_eq!(app.browser().get(&link).await.header("location"), "/x");
        assert_eq!(app.browser().sign_in(NEW, PASSWORD).await.status, 200);
    }

    async fn sec_f3_head_changes_no_address(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(OLD).await;
        ask(&mut ann, NEW).await;
        let link = app.link_to(NEW).await;
        let before = db.dump().await;
        for mut browser in [app.browser().from("198.51.100.7"), ann.clone()] {
            let answer = browser.send("HEAD", &link, Body::empty()).await;
            assert_eq!((answer.status, answer.header("location")), (302, "/x"));
        }
        assert_eq!(db.dump().await, before);
        assert_eq!(ann.get(&link).await.header("location"), "/x");
        assert_eq!(ann.session().await["user"]["email"], NEW);
    }
}
