//! The page of one's own account.

use super::{ANN, FORM, assert_told, csrf, encoded, fill, guest, see_other, sign_in, with_pages};
use crate::support::{PASSWORD, SESSION, db_test};

const NEW: &str = "another-horse-battery";

db_test! {
    async fn whoever_is_signed_out_signs_in_first(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        assert_eq!(see_other(&ann.get("/account").await), "/sign-in?callbackURL=%2Faccount");
        ann.sign_up(ANN).await;
        let page = ann.get("/account").await;
        assert!(page.text().contains("You are signed in as ann@example.com."), "{}", page.text());
        // The session ends elsewhere, while the page is open.
        let mut other = guest(&app);
        sign_in(&mut other, ANN, PASSWORD).await;
        fill(&mut other, "/account", &[("action", "end-others")]).await;
        let body = encoded(&[("csrf", &csrf(&page)), ("action", "name"), ("name", "Eve")]);
        let answer = ann.post_raw("/account", FORM, body).await;
        assert_eq!(see_other(&answer), "/sign-in?callbackURL=%2Faccount");
        assert_eq!(other.session().await["user"]["name"], "Ann");
    }

    async fn signs_out(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let before = ann.clone();
        let answer = fill(&mut ann, "/account", &[("action", "sign-out")]).await;
        assert_eq!(see_other(&answer), "/sign-in?done=signed-out");
        assert!(ann.cookie(SESSION).is_none());
        assert!(ann.get("/sign-in?done=signed-out").await.text().contains("You are signed out."));
        assert!(before.clone().session().await.is_null(), "the session is gone, not only its cookie");
        let mut stale = before;
        assert_eq!(see_other(&stale.get("/account").await), "/sign-in?callbackURL=%2Faccount");
    }

    async fn changes_the_name(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let answer = fill(&mut ann, "/account", &[("action", "name"), ("name", " Zoë ")]).await;
        assert_eq!(see_other(&answer), "/account?done=name");
        let page = ann.get("/account?done=name").await.text();
        assert!(page.contains("Your name is saved.") && page.contains("value=\"Zoë\""), "{page}");
        assert_eq!(ann.session().await["user"]["name"], "Zoë");
        let long = "x".repeat(256);
        let refused = fill(&mut ann, "/account", &[("action", "name"), ("name", &long)]).await;
        assert_told(&refused, "name", "This is too long, or has a character that cannot be kept.");
    }

    async fn sec_c4_a_change_of_password_on_the_page_ends_every_session_but_a_new_one(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let mut other = guest(&app);
        sign_in(&mut other, ANN, PASSWORD).await;
        let before = ann.cookie(SESSION).unwrap().to_owned();
        let change = |current, new| [("action", "password"), ("username", ANN), ("currentPassword", current), ("newPassword", new)];
        for (current, new, status, field, text) in [
            ("", NEW, 422, "currentPassword", "Enter your password."),
            (PASSWORD, "", 422, "newPassword", "Choose a password."),
            ("wrong-password", NEW, 400, "currentPassword", "This is not your password."),
            (PASSWORD, "short", 400, "newPassword", "Too short: use at least 8 characters."),
        ] {
            let answer = fill(&mut ann, "/account", &change(current, new)).await;
            assert_eq!(answer.status, status);
            assert_told(&answer, field, text);
        }
        let answer = fill(&mut ann, "/account", &change(PASSWORD, NEW)).await;
        assert_eq!(see_other(&answer), "/account?done=password");
        assert_ne!(ann.cookie(SESSION).unwrap(), before, "a new token");
        assert_eq!(ann.session().await["user"]["email"], ANN);
        assert!(other.session().await.is_null());
        let mut thief = guest(&app);
        thief.set_cookie(SESSION, &before);
        assert!(thief.session().await.is_null());
        assert_eq!(sign_in(&mut guest(&app), ANN, NEW).await.status, 303);
    }

    async fn sec_e1_passwords_tried_on_the_page_are_counted(db) {
        let app = with_pages(&db, &[("RATE_LIMIT", "on")]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let wrong = [("action", "delete"), ("deletePassword", "wrong-password")];
        for _ in 0..10 {
            assert_eq!(fill(&mut ann, "/account", &wrong).await.status, 400);
        }
        let answer = fill(&mut ann, "/account", &wrong).await;
        assert_eq!(answer.status, 429);
        assert!(answer.text().contains("Too many tries. Wait 1 minute"));
        let change = [("action", "password"), ("currentPassword", PASSWORD), ("newPassword", NEW)];
        assert_eq!(fill(&mut ann, "/account", &change).await.status, 429);
    }

    async fn deletes_the_account_with_its_password_alone(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        for (typed, text) in [("", "Enter your password."), ("wrong-password", "This is not your password.")] {
            let answer = fill(&mut ann, "/account", &[("action", "delete"), ("deletePassword", typed)]).await;
            assert_told(&answer, "deletePassword", text);
            assert!(answer.text().contains("<details open>"), "the form is not folded away");
        }
        assert!(!ann.session().await.is_null());
        let answer = fill(&mut ann, "/account", &[("action", "delete"), ("deletePassword", PASSWORD)]).await;
        assert_eq!(see_other(&answer), "/sign-in?done=deleted");
        assert!(ann.cookie(SESSION).is_none());
        assert!(ann.get("/sign-in?done=deleted").await.text().contains("Your account is deleted."));
        assert_eq!(sign_in(&mut ann, ANN, PASSWORD).await.status, 401);
    }

    async fn what_no_form_of_ours_does_does_nothing(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        for action in ["", "DELETE", "role"] {
            let answer = fill(&mut ann, "/account", &[("action", action), ("deletePassword", PASSWORD)]).await;
            assert_eq!(see_other(&answer), "/account");
        }
        assert!(!ann.session().await.is_null());
    }
}
