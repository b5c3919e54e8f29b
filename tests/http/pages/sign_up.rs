//! Making an account on a page.

use super::{ANN, assert_told, fill, guest, see_other, sign_in, sign_up, with_pages};
use crate::support::{PASSWORD, db_test, token_of};

db_test! {
    async fn makes_an_account_signs_in_and_mails_a_link_that_ends_on_a_page(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        assert_eq!(see_other(&sign_up(&mut ann, "Ann@Example.com").await), "/account");
        let session = ann.session().await;
        assert_eq!((&session["user"]["email"], &session["user"]["name"]), (&ANN.into(), &"Ann".into()));
        let opened = guest(&app).get(&app.link_to(ANN).await).await;
        assert_eq!((opened.status, opened.header("location")), (302, "/verify-email?done=verified"));
        let page = guest(&app).get("/verify-email?done=verified").await;
        assert!(page.text().contains("Your address is confirmed"), "{}", page.text());
        assert_eq!(ann.session().await["user"]["emailVerified"], true);
    }

    async fn where_sign_up_is_off_no_form_is_shown_and_none_is_taken(db) {
        let closed = with_pages(&db, &[("SIGN_UP", "off")]).await;
        let page = guest(&closed).get("/sign-up").await;
        assert!(page.text().contains("No new accounts are made here"), "{}", page.text());
        assert!(!page.text().contains("<form"), "{}", page.text());
        assert!(!guest(&closed).get("/sign-in").await.text().contains("/sign-up"));
    }

    async fn an_address_that_is_not_on_the_list_is_told_beside_its_field(db) {
        let list = [("SIGN_UP", "@uni.edu"), ("REQUIRE_EMAIL_VERIFICATION", "on")];
        let app = with_pages(&db, &list).await;
        let answer = sign_up(&mut guest(&app), ANN).await;
        assert_eq!(answer.status, 403);
        assert_told(&answer, "email", "Not every address can have an account here, and this one cannot. Ask whoever runs this service.");
    }

    async fn every_fault_is_told_beside_its_field_at_once(db) {
        let app = with_pages(&db, &[]).await;
        let name = "x".repeat(256);
        let fields = [("name", name.as_str()), ("email", "ann@"), ("newPassword", "")];
        let answer = fill(&mut guest(&app), "/sign-up", &fields).await;
        assert_eq!(answer.status, 422);
        assert_told(&answer, "name", "This is too long, or has a character that cannot be kept.");
        assert_told(&answer, "email", "This does not look like an e-mail address.");
        assert_told(&answer, "newPassword", "Choose a password.");
        assert_eq!(answer.text().matches(" autofocus").count(), 1, "the first of them has the focus");
        assert!(answer.text().contains("value=\"ann@\""));
        let fields = [("name", "a\0b"), ("email", ANN), ("newPassword", PASSWORD)];
        assert_eq!(fill(&mut guest(&app), "/sign-up", &fields).await.status, 422);
    }

    async fn a_password_that_the_policy_refuses_is_told_why(db) {
        let app = with_pages(&db, &[("PASSWORD_MIN", "10"), ("SERVICE_NAME", "Example Shop")]).await;
        for (password, told) in [
            ("ninechars".to_owned(), "Too short: use at least 10 characters.".to_owned()),
            ("x".repeat(129), "Too long: use at most 128 characters.".to_owned()),
            ("1234567890".to_owned(), "This is one of the most used passwords, which are tried first. Choose another.".to_owned()),
            ("ann@example.com".to_owned(), "This is too close to your name or address, or to the name of this service. Choose another.".to_owned()),
        ] {
            let fields = [("name", "Ann"), ("email", ANN), ("newPassword", &password)];
            let answer = fill(&mut guest(&app), "/sign-up", &fields).await;
            assert_eq!(answer.status, 400, "{password}");
            assert_told(&answer, "newPassword", &told);
            assert!(password == ANN || !answer.text().contains(&password));
        }
        assert!(guest(&app).get("/sign-up").await.text().contains("At least 10 characters."));
    }

    async fn a_taken_address_is_told_as_the_protocol_does(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let answer = sign_up(&mut guest(&app), ANN).await;
        assert_eq!(answer.status, 422);
        assert_told(&answer, "email", "There is an account with this address already. Sign in instead?");
    }

    async fn sec_b3_where_an_address_must_be_verified_a_taken_one_looks_free_on_the_page(db) {
        let app = with_pages(&db, &[("REQUIRE_EMAIL_VERIFICATION", "on")]).await;
        let mut ann = guest(&app);
        let first = sign_up(&mut ann, ANN).await;
        assert_eq!(see_other(&first), "/verify-email?done=signed-up");
        assert!(first.set_cookies.is_empty());
        let link = app.link_to(ANN).await;
        let again = sign_up(&mut guest(&app), ANN).await;
        assert_eq!(see_other(&again), see_other(&first));
        assert_eq!(again.set_cookies, first.set_cookies);
        let page = ann.get("/verify-email?done=signed-up").await.text();
        assert!(page.contains("Look into your mail"), "{page}");
        assert_eq!(ann.get(&link).await.header("location"), "/verify-email?done=verified");
        assert_eq!(see_other(&sign_in(&mut ann, ANN, PASSWORD).await), "/account");
        assert!(!token_of(&link).is_empty());
    }

    async fn sec_e1_the_page_and_the_protocol_count_sign_ups_together(db) {
        let app = with_pages(&db, &[("RATE_LIMIT", "on")]).await;
        for n in 0..10 {
            app.browser().sign_up(&format!("a{n}@example.com")).await;
        }
        let answer = sign_up(&mut guest(&app), ANN).await;
        assert_eq!(answer.status, 429);
        assert!(answer.text().contains("Too many tries. Wait 1 minute, then try again."));
    }

    async fn an_operators_required_fields_are_asked_for(db) {
        let fields = r#"{"companyName":{"type":"string","required":true},
            "age":{"type":"number","required":true},"terms":{"type":"boolean","required":true},
            "size":{"type":["S","L"],"required":true},"born":{"type":"date","required":true},
            "note":{"type":"string","required":false},
            "plan":{"type":"string","required":true,"defaultValue":"free"}}"#;
        let app = with_pages(&db, &[("USER_FIELDS", fields)]).await;
        let mut ann = guest(&app);
        let page = ann.get("/sign-up").await.text();
        assert!(page.contains(">Company name</label>"), "{page}");
        for not_asked in ["note", "plan"] {
            assert!(!page.contains(&format!("field-{not_asked}")), "{page}");
        }
        let all = [
            ("name", "Ann"), ("email", ANN), ("newPassword", PASSWORD), ("field-companyName", "Acme"),
            ("field-age", "33"), ("field-terms", "on"), ("field-size", "L"), ("field-born", "1990-02-03"),
        ];
        let mut bad = all;
        (bad[4].1, bad[6].1) = ("old", "XL");
        let answer = fill(&mut ann, "/sign-up", &bad).await;
        assert_eq!(answer.status, 422);
        assert_told(&answer, "field-age", "This is not a number.");
        assert_told(&answer, "field-size", "Choose one of these: S, L");
        assert_eq!(see_other(&fill(&mut ann, "/sign-up", &all).await), "/account");
        let user = &ann.session().await["user"];
        assert_eq!((&user["companyName"], &user["age"], &user["terms"], &user["size"]), (&"Acme".into(), &33.into(), &true.into(), &"L".into()));
    }
}
