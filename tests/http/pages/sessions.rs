//! The list of sessions on the account's page.

use std::time::Duration;

use super::{ANN, fill, guest, see_other, sign_in, with_pages};
use crate::support::{Browser, PASSWORD, SESSION, db_test};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

/// The handles that the page offers to end.
async fn handles(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/account").await.text();
    let parts = page.split("name=\"session\" value=\"").skip(1);
    parts
        .map(|rest| rest[..rest.find('"').unwrap()].to_owned())
        .collect()
}

db_test! {
    async fn sessions_are_listed_with_this_one_marked_and_ended_one_by_one(db) {
        let app = with_pages(&db, &[]).await;
        let mut laptop = guest(&app).with("user-agent", FIREFOX);
        laptop.sign_up(ANN).await;
        assert_eq!(handles(&mut laptop).await.len(), 0);
        let mut phone = guest(&app).with("user-agent", IPHONE).from("198.51.100.7");
        sign_in(&mut phone, ANN, PASSWORD).await;
        let page = laptop.get("/account").await.text();
        let firefox = page.find("Firefox on Linux").unwrap();
        let this = page.find("This device").unwrap();
        let iphone = page.find("Safari on iPhone").unwrap();
        assert!(firefox < this && this < iphone, "{page}");
        assert!(page.contains("198.51.100.7") && page.contains(" UTC"), "{page}");
        let handles = handles(&mut laptop).await;
        assert_eq!(handles.len(), 1, "this session's way out is above");
        let answer = fill(&mut laptop, "/account", &[("action", "end"), ("session", &handles[0])]).await;
        assert_eq!(see_other(&answer), "/account?done=ended");
        assert!(phone.session().await.is_null());
        assert!(!laptop.session().await.is_null());
    }

    async fn all_others_are_ended_at_once(db) {
        let app = with_pages(&db, &[]).await;
        let mut laptop = guest(&app);
        laptop.sign_up(ANN).await;
        let (mut one, mut two) = (guest(&app), guest(&app));
        sign_in(&mut one, ANN, PASSWORD).await;
        sign_in(&mut two, ANN, PASSWORD).await;
        let answer = fill(&mut laptop, "/account", &[("action", "end-others")]).await;
        assert_eq!(see_other(&answer), "/account?done=ended-others");
        assert!(one.session().await.is_null() && two.session().await.is_null());
        assert!(!laptop.session().await.is_null());
    }

    async fn sec_c5_on_the_page_nobody_ends_another_users_session(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let handle = ann.session().await["session"]["id"].as_str().unwrap().to_owned();
        let mut eve = guest(&app);
        eve.sign_up("eve@example.com").await;
        for session in [handle.as_str(), "", "nonsense", "../x"] {
            let answer = fill(&mut eve, "/account", &[("action", "end"), ("session", session)]).await;
            assert_eq!(see_other(&answer), "/account?done=ended", "it tells nothing");
        }
        assert!(!ann.session().await.is_null());
        // One's own by its handle is signing out.
        let answer = fill(&mut ann, "/account", &[("action", "end"), ("session", &handle)]).await;
        assert_eq!(see_other(&answer), "/sign-in?done=signed-out");
        assert!(ann.cookie(SESSION).is_none());
    }

    async fn after_a_day_the_list_is_shown_to_whoever_signs_in_again(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        app.advance(Duration::from_hours(25));
        let page = ann.get("/account").await.text();
        assert!(page.contains("You signed in more than a day ago."), "{page}");
        assert!(!page.contains("This device"), "{page}");
        let answer = fill(&mut ann, "/account", &[("action", "sign-in-again")]).await;
        assert_eq!(see_other(&answer), "/sign-in?callbackURL=%2Faccount");
        sign_in(&mut ann, ANN, PASSWORD).await;
        assert!(ann.get("/account").await.text().contains("This device"));
    }
}
