//! Signing in on a page.

use std::time::Duration;

use super::{ANN, assert_told, csrf, encoded, fill, guest, see_other, sign_in, with_pages};
use crate::support::{PASSWORD, SESSION, db_test};

const MISMATCH: &str = "That e-mail address and password do not go together.";

db_test! {
    async fn signs_in_and_goes_on_to_the_account(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let mut ann = guest(&app);
        let answer = sign_in(&mut ann, " Ann@Example.com ", PASSWORD).await;
        assert_eq!(see_other(&answer), "/account");
        assert_eq!(answer.header("cache-control"), "no-store");
        let session = answer.set_cookies.iter().find(|cookie| cookie.starts_with(SESSION)).unwrap();
        assert!(session.contains("; Max-Age=604800; "), "{session}");
        assert_eq!(ann.session().await["user"]["email"], ANN);
        // Who is signed in has nothing to do there.
        assert_eq!(see_other(&ann.get("/sign-in").await), "/account");
        assert_eq!(see_other(&ann.get("/sign-in?callbackURL=%2Fx%3Fy").await), "/x?y");
        assert_eq!(see_other(&ann.get("/sign-up").await), "/account");
        assert_eq!(see_other(&ann.get("/").await), "/account");
    }

    async fn not_to_be_remembered_it_ends_with_the_browser(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let mut ann = guest(&app);
        let fields = [("email", ANN), ("password", PASSWORD)];
        let answer = fill(&mut ann, "/sign-in", &fields).await;
        let session = answer.set_cookies.iter().find(|cookie| cookie.starts_with(SESSION)).unwrap();
        assert!(!session.contains("Max-Age"), "{session}");
        let failed = fill(&mut guest(&app), "/sign-in", &[("email", ANN), ("password", "x")]).await;
        assert!(!failed.text().contains(" checked"), "the box stays as it was");
    }

    async fn sec_b1_unknown_and_wrong_look_the_same_on_the_page(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let mut texts = Vec::new();
        for (email, password) in [(ANN, "wrong-password"), ("bob@example.com", PASSWORD)] {
            let mut visitor = guest(&app);
            let answer = sign_in(&mut visitor, email, password).await;
            assert_eq!(answer.status, 401);
            assert_told(&answer, "password", MISMATCH);
            let text = answer.text();
            assert!(text.contains(&format!("value=\"{email}\"")), "what was typed is kept");
            assert!(!text.contains(password), "but no password");
            let nonce = text.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
            let same = text.replace(email, "EMAIL").replace(&csrf(&answer), "CSRF").replace(nonce, "NONCE");
            texts.push(same);
        }
        assert_eq!(texts[0], texts[1]);
    }

    async fn what_is_missing_is_told_beside_its_field(db) {
        let app = with_pages(&db, &[]).await;
        for (email, password, field, text) in [
            ("", PASSWORD, "email", "Enter your e-mail address."),
            ("ann", PASSWORD, "email", "This does not look like an e-mail address."),
            (ANN, "", "password", "Enter your password."),
        ] {
            let answer = sign_in(&mut guest(&app), email, password).await;
            assert_eq!(answer.status, 422);
            assert_told(&answer, field, text);
        }
        let long = "x".repeat(1025);
        let answer = sign_in(&mut guest(&app), ANN, &long).await;
        assert_eq!(answer.status, 401);
        assert_told(&answer, "password", MISMATCH);
    }

    async fn sec_e5_over_the_limit_the_page_says_how_long_to_wait(db) {
        let app = with_pages(&db, &[("RATE_LIMIT", "on")]).await;
        let mut eve = guest(&app);
        for _ in 0..10 {
            assert_eq!(sign_in(&mut eve, ANN, "wrong").await.status, 401);
        }
        app.advance(Duration::from_secs(15));
        let answer = sign_in(&mut eve, ANN, "wrong").await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.header("retry-after"), "45");
        assert!(answer.text().contains("Too many tries. Wait 45 seconds, then try again."));
        // The page and the protocol count together.
        assert_eq!(app.browser().sign_in(ANN, "wrong").await.status, 429);
    }

    async fn sec_e4_the_page_knows_a_device_that_signed_in_before(db) {
        let app = with_pages(&db, &[("RATE_LIMIT", "on")]).await;
        app.browser().sign_up(ANN).await;
        let mut ann = guest(&app).from("203.0.113.9");
        assert_eq!(sign_in(&mut ann, ANN, PASSWORD).await.status, 303);
        let known = ann.cookie("doorkey.known_device").unwrap().to_owned();
        for n in 1..=10 {
            let mut stranger = guest(&app).from(&format!("198.51.100.{n}"));
            sign_in(&mut stranger, ANN, "wrong").await;
        }
        let mut elsewhere = guest(&app).from("203.0.113.9");
        assert_eq!(sign_in(&mut elsewhere, ANN, PASSWORD).await.status, 429);
        elsewhere.set_cookie("doorkey.known_device", &known);
        assert_eq!(sign_in(&mut elsewhere, ANN, PASSWORD).await.status, 303);
    }

    async fn sec_d4_the_pages_lead_to_trusted_places_alone(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        for (callback, expected) in [
            ("/x?y=1#z", "/x?y=1#z"),
            ("http://localhost:3000/dash", "http://localhost:3000/dash"),
            ("http://localhost:7860/account", "http://localhost:7860/account"),
            ("//evil.example", "/account"),
            ("/\\evil.example", "/account"),
            ("\\\\evil.example", "/account"),
            ("/%2f%2fevil.example", "/account"),
            ("/\t/evil.example", "/account"),
            ("https:evil.example", "/account"),
            ("https://evil.example/", "/account"),
            ("http://localhost:3000@evil.example/", "/account"),
            ("javascript:alert(1)", "/account"),
            ("data:text/html,x", "/account"),
            ("evil.example", "/account"),
            ("", "/account"),
        ] {
            let path = format!("/sign-in?{}", encoded(&[("callbackURL", callback)]));
            let mut ann = guest(&app);
            let page = ann.get(&path).await.text();
            assert!(expected != "/account" || !page.contains("evil"), "{page}");
            let answer = fill(&mut ann, &path, &[("email", ANN), ("password", PASSWORD)]).await;
            assert_eq!(see_other(&answer), expected, "{callback}");
            assert_eq!(see_other(&ann.get(&path).await), expected, "{callback}");
        }
        let twice = "/sign-in?callbackURL=%2Fa&callbackURL=%2Fb";
        let answer = fill(&mut guest(&app), twice, &[("email", ANN), ("password", PASSWORD)]).await;
        assert_eq!(see_other(&answer), "/account");
    }

    async fn the_way_to_another_page_keeps_where_to_go(db) {
        let app = with_pages(&db, &[]).await;
        let page = guest(&app).get("/sign-in?callbackURL=http%3A%2F%2Flocalhost%3A3000%2Fa").await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("; form-action 'self' http://localhost:3000; "), "{policy}");
        let link = "/sign-up?callbackURL=http%3A%2F%2Flocalhost%3A3000%2Fa";
        assert!(page.text().replace("&#x2f;", "/").contains(link), "{}", page.text());
        let mut ann = guest(&app);
        let fields = [("name", ""), ("email", ANN), ("newPassword", PASSWORD)];
        let answer = fill(&mut ann, link, &fields).await;
        assert_eq!(see_other(&answer), "http://localhost:3000/a");
    }

    async fn an_unverified_address_is_shown_the_way_to_another_mail(db) {
        let app = with_pages(&db, &[("REQUIRE_EMAIL_VERIFICATION", "on")]).await;
        app.browser().post("/api/auth/sign-up/email", serde_json::json!({"name": "", "email": ANN, "password": PASSWORD})).await;
        let answer = sign_in(&mut guest(&app), ANN, PASSWORD).await;
        assert_eq!(answer.status, 403);
        let text = answer.text().replace("&#x2f;", "/");
        assert!(text.contains("Please confirm your e-mail address first"), "{text}");
        assert!(text.contains("href=\"/verify-email\""), "{text}");
        assert!(text.contains("tabindex=\"-1\" autofocus"), "what belongs to no field is read first");
    }
}
