//! A forgotten password, on pages alone.

use std::time::Duration;

use super::{
    ANN, FORM, OWN, assert_told, csrf, encoded, fill, guest, see_other, sign_in, with_pages,
};
use crate::support::{PASSWORD, db_test, token_of};

const NEW: &str = "another-horse-battery";

db_test! {
    async fn a_forgotten_password_is_replaced_by_a_mailed_link(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        // Of two mails at once either is the last.
        app.mails().await;
        let mut phone = guest(&app);
        let asked = fill(&mut phone, "/forgot-password", &[("email", ANN)]).await;
        assert_eq!(see_other(&asked), "/forgot-password?done=sent");
        let page = phone.get("/forgot-password?done=sent").await.text();
        assert!(page.contains("Look into your mail"), "{page}");
        let link = app.link_to(ANN).await;
        let opened = phone.get(&link).await;
        let place = opened.header("location").strip_prefix(OWN).unwrap().to_owned();
        assert_eq!(place, format!("/reset-password?token={}", token_of(&link)));
        let done = fill(&mut phone, &place, &[("newPassword", NEW)]).await;
        assert_eq!(see_other(&done), "/sign-in?done=reset");
        assert!(phone.get("/sign-in?done=reset").await.text().contains("Your new password is set."));
        assert!(ann.session().await.is_null(), "every session has ended");
        assert_eq!(sign_in(&mut phone, ANN, PASSWORD).await.status, 401);
        assert_eq!(sign_in(&mut phone, ANN, NEW).await.status, 303);
    }

    async fn sec_b2_the_page_tells_nothing_of_who_has_an_account(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        for path in ["/forgot-password", "/verify-email"] {
            let known = fill(&mut guest(&app), path, &[("email", ANN)]).await;
            let unknown = fill(&mut guest(&app), path, &[("email", "bob@example.com")]).await;
            assert_eq!(see_other(&known), see_other(&unknown));
            assert_eq!(known.headers.len(), unknown.headers.len());
        }
        assert_eq!(app.mails_to("bob@example.com").await, 0);
    }

    async fn sec_f3_opening_the_page_uses_nothing_up_and_the_form_works_once(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        app.mails().await;
        let mut ann = guest(&app);
        fill(&mut ann, "/forgot-password", &[("email", ANN)]).await;
        let place = format!("/reset-password?token={}", token_of(&app.link_to(ANN).await));
        for _ in 0..3 {
            assert_eq!(guest(&app).get(&place).await.status, 200);
            assert_eq!(guest(&app).send("HEAD", &place, axum::body::Body::empty()).await.status, 200);
        }
        let weak = fill(&mut ann, &place, &[("newPassword", "password")]).await;
        assert_eq!(weak.status, 400);
        assert!(weak.text().contains("one of the most used passwords"));
        let empty = fill(&mut ann, &place, &[("newPassword", "")]).await;
        assert_told(&empty, "newPassword", "Choose a password.");
        let token = csrf(&ann.get(&place).await);
        let body = encoded(&[("csrf", &token), ("newPassword", NEW)]);
        assert_eq!(see_other(&ann.post_raw(&place, FORM, body.clone()).await), "/sign-in?done=reset");
        let again = ann.post_raw(&place, FORM, body).await;
        assert_eq!(again.status, 400);
        assert!(again.text().contains("This link does not work any more"));
        assert_eq!(ann.get(&place).await.status, 400);
    }

    async fn a_link_that_is_too_old_or_made_up_shows_the_way_to_another(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        app.mails().await;
        fill(&mut guest(&app), "/forgot-password", &[("email", ANN)]).await;
        let link = app.link_to(ANN).await;
        app.advance(Duration::from_hours(2));
        let opened = guest(&app).get(&link).await;
        let place = opened.header("location").strip_prefix(OWN).unwrap().to_owned();
        assert_eq!(place, "/reset-password?error=INVALID_TOKEN");
        for path in [place.as_str(), "/reset-password", "/reset-password?token=x&token=y", "/reset-password?token=%3Cb%3E"] {
            let page = guest(&app).get(path).await;
            assert_eq!(page.status, 400);
            let text = page.text().replace("&#x2f;", "/");
            assert!(text.contains("This link does not work any more") && text.contains("href=\"/forgot-password\""), "{text}");
        }
    }

    async fn what_is_no_address_is_told(db) {
        let app = with_pages(&db, &[]).await;
        for path in ["/forgot-password", "/verify-email"] {
            let empty = fill(&mut guest(&app), path, &[("email", " ")]).await;
            assert_told(&empty, "email", "Enter your e-mail address.");
            let wrong = fill(&mut guest(&app), path, &[("email", "ann")]).await;
            assert_told(&wrong, "email", "This does not look like an e-mail address.");
        }
    }

    async fn sec_e1_the_pages_and_the_protocol_count_mails_together(db) {
        let app = with_pages(&db, &[("RATE_LIMIT", "on")]).await;
        for path in ["/forgot-password", "/verify-email"] {
            for _ in 0..10 {
                assert_eq!(fill(&mut guest(&app), path, &[("email", ANN)]).await.status, 303);
            }
            let answer = fill(&mut guest(&app), path, &[("email", ANN)]).await;
            assert_eq!(answer.status, 429);
            assert!(answer.text().contains("Too many tries. Wait 1 minute"), "{}", answer.text());
        }
        let body = serde_json::json!({"email": ANN});
        assert_eq!(app.browser().post("/api/auth/request-password-reset", body).await.status, 429);
    }

    async fn without_mail_the_pages_say_so(db) {
        let app = db.mailless(&[("PAGES", "on")]).await;
        let page = guest(&app).get("/sign-in").await.text();
        assert!(!page.contains("Forgot"), "{page}");
        let page = guest(&app).get("/forgot-password").await.text();
        assert!(page.contains("No mail can be sent here.") && !page.contains("<form"), "{page}");
        let page = guest(&app).get("/verify-email").await.text();
        assert!(page.contains("No mail can be sent here.") && !page.contains("<form"), "{page}");
        let mut ann = guest(&app);
        let token = csrf(&ann.get("/sign-in").await);
        let body = encoded(&[("csrf", &token), ("email", ANN)]);
        assert_eq!(ann.post_raw("/forgot-password", FORM, body).await.status, 400);
    }
}
