//! The mailed link that deletes an account.

use std::time::Duration;

use axum::body::Body;
use doorkey::app::App;
use doorkey::domain::redirect::RedirectTarget;
use doorkey::domain::token::SessionToken;
use doorkey::service::authenticate::{Authenticated, Credential, authenticate};
use doorkey::service::{AuthError, delete_by_link};
use serde_json::{Value, json};

use crate::support::{Browser, CLEARED, Instance, PASSWORD, SESSION, db_test, together, token_of};

const CALLBACK: &str = "/api/auth/delete-user/callback";
const ANN: &str = "ann@example.com";

async fn who(app: &App, browser: &Browser) -> Authenticated {
    let cookie = browser.cookie(SESSION).unwrap();
    let token = cookie.split_once('.').unwrap().0;
    let token = SessionToken::parse(token).unwrap();
    authenticate(app, &Credential::Own(token))
        .await
        .unwrap()
        .unwrap()
}

/// Somebody with an account and a link to delete it, which leads on to `/bye`.
async fn doomed(app: &Instance, email: &str) -> (Browser, String) {
    let mut browser = app.browser();
    browser.sign_up(email).await;
    app.mails().await;
    let callback = RedirectTarget::parse("/bye", &app.web.app.config.trusted);
    let who = who(&app.web.app, &browser).await;
    delete_by_link::send(&app.web.app, &who, callback.as_ref())
        .await
        .unwrap();
    (browser, app.link_to(email).await)
}

db_test! {
    async fn the_link_and_the_session_together_delete_the_user(db) {
        let app = db.app(&[]).await;
        let (mut ann, link) = doomed(&app, ANN).await;
        let mut phone = app.browser();
        phone.sign_in(ANN, PASSWORD).await;
        let token = token_of(&link);
        assert_eq!(link, format!("{CALLBACK}?token={token}&callbackURL=%2Fbye"));
        let answer = ann.get(&link).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/bye"));
        assert_eq!(answer.set_cookies, CLEARED);
        assert_eq!(phone.session().await, Value::Null);
        for table in ["users", "sessions", "one_time_tokens"] {
            assert_eq!(db.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(app.browser().sign_in(ANN, PASSWORD).await.status, 401);
    }

    async fn without_a_callback_it_says_what_was_done(db) {
        let app = db.app(&[]).await;
        let (mut ann, link) = doomed(&app, ANN).await;
        let answer = ann.get(&format!("{CALLBACK}?token={}", token_of(&link))).await;
        let expected = json!({"success": true, "message": "User deleted"});
        assert_eq!((answer.status, answer.json()), (200, expected));
        assert_eq!(answer.set_cookies, CLEARED);
    }

    async fn sec_f1_a_deletion_link_is_of_its_user_alone(db) {
        let app = db.app(&[]).await;
        let (mut ann, link) = doomed(&app, ANN).await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        let nobody = app.browser().get(&link).await;
        assert_eq!((nobody.status, nobody.json()), (404, json!({
            "message": "Failed to get user info", "code": "FAILED_TO_GET_USER_INFO",
        })));
        let never = format!("{CALLBACK}?token={}&callbackURL=/bye", "A".repeat(43));
        for (browser, path) in [(&mut bob, link.as_str()), (&mut ann, &never)] {
            let answer = browser.get(path).await;
            let expected = json!({"message": "Invalid token", "code": "INVALID_TOKEN"});
            assert_eq!((answer.status, answer.json()), (404, expected));
            assert!(answer.set_cookies.is_empty());
        }
        let user = who(&app.web.app, &bob).await;
        let refused = delete_by_link::confirm(&app.web.app, &user, &token_of(&link)).await;
        assert!(matches!(refused, Err(AuthError::InvalidDeleteLink)));
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 2);
        assert_eq!(ann.get(&link).await.status, 302, "and it was not used up");
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 1);
    }

    async fn sec_f3_a_scanner_deletes_nobody(db) {
        let app = db.app(&[]).await;
        let (mut ann, link) = doomed(&app, ANN).await;
        let before = db.dump().await;
        for method in ["GET", "HEAD", "GET", "HEAD"] {
            let mut scanner = app.browser().from("198.51.100.7").without("origin");
            assert_eq!(scanner.send(method, &link, Body::empty()).await.status, 404);
        }
        let looked = ann.send("HEAD", &link, Body::empty()).await;
        assert_eq!((looked.status, looked.set_cookies.len()), (302, 0));
        assert_eq!(db.dump().await, before);
        assert_eq!(ann.get(&link).await.status, 302);
    }

    async fn sec_f1_a_deletion_link_works_once_for_a_day(db) {
        let app = db.app(&[]).await;
        let (mut ann, link) = doomed(&app, ANN).await;
        app.advance(Duration::from_hours(24));
        assert_eq!(ann.get(&link).await.refusal(), (404, "INVALID_TOKEN".into()));
        let user = who(&app.web.app, &ann).await;
        delete_by_link::send(&app.web.app, &user, None).await.unwrap();
        let link = app.link_to(ANN).await;
        assert!(link.ends_with("&callbackURL=%2F"), "{link}");
        app.advance(Duration::from_millis(86_399_999));
        let crowd = (0..16).map(|_| {
            let (mut ann, link) = (ann.clone(), link.clone());
            async move { ann.get(&link).await.status }
        });
        let statuses = together(crowd).await;
        let done = statuses.iter().filter(|status| **status == 302).count();
        let refused = statuses.iter().filter(|status| **status == 404).count();
        assert_eq!((done, refused), (1, 15), "{statuses:?}");
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
    }
}
