//! Links that confirm an address, ending on a page.

use std::time::Duration;

use super::{ANN, fill, guest, see_other, with_pages};
use crate::support::{db_test, token_of};

db_test! {
    async fn another_link_is_asked_for_on_the_page(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let first = token_of(&app.link_to(ANN).await);
        let account = ann.get("/account").await.text();
        assert!(account.contains("Your address is not confirmed yet."), "{account}");
        assert_eq!(see_other(&fill(&mut ann, "/verify-email", &[("email", ANN)]).await), "/verify-email?done=sent");
        let link = app.link_to(ANN).await;
        assert_ne!(token_of(&link), first);
        // Scanners first, twice.
        for _ in 0..3 {
            let opened = guest(&app).get(&link).await;
            assert_eq!((opened.status, opened.header("location")), (302, "/verify-email?done=verified"));
        }
        assert!(!ann.get("/account").await.text().contains("not confirmed"));
    }

    async fn a_link_that_failed_ends_where_another_is_asked_for(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let link = app.link_to(ANN).await;
        app.advance(Duration::from_hours(2));
        let opened = guest(&app).get(&link).await;
        assert_eq!(opened.header("location"), "/verify-email?done=verified&error=TOKEN_EXPIRED");
        let page = guest(&app).get(opened.header("location")).await.text();
        assert!(page.contains("This link does not work any more") && page.contains("Send the link"), "{page}");
        assert!(!page.contains("Thank you"), "{page}");
    }

    async fn a_changed_address_ends_on_the_page_too(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let body = serde_json::json!({"newEmail": "ann@example.org"});
        assert_eq!(ann.post("/api/auth/change-email", body).await.status, 200);
        let opened = ann.get(&app.link_to("ann@example.org").await).await;
        assert_eq!(opened.header("location"), "/verify-email?done=verified");
    }

    async fn where_the_caller_names_a_page_the_link_leads_there(db) {
        let app = with_pages(&db, &[]).await;
        let body = serde_json::json!({"name": "", "email": ANN, "password": crate::support::PASSWORD, "callbackURL": "/welcome"});
        app.browser().post("/api/auth/sign-up/email", body).await;
        assert_eq!(guest(&app).get(&app.link_to(ANN).await).await.header("location"), "/welcome");
    }
}
