//! `GET /api/verify`: for a proxy that asks before it lets a request through.

use std::time::Duration;

use axum::body::Body;
use serde_json::json;

use crate::support::{Answer, PASSWORD, SESSION, db_test};

const PATH: &str = "/api/verify";
/// All that a refresh would change.
const SESSION_ROWS: &str = "SELECT CAST(id AS TEXT) || CAST(expires_at AS TEXT) \
    || CAST(COALESCE(updated_at, created_at) AS TEXT) FROM sessions ORDER BY id";

fn assert_tells_nobody(answer: &Answer) {
    let names: Vec<&str> = answer
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert!(
        !names.iter().any(|name| name.starts_with("x-auth-")),
        "{names:?}"
    );
}

db_test! {
    async fn tells_the_proxy_who_it_is_in_headers(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let user_id = ann.sign_up("ann@example.com").await;
        let answer = ann.get(PATH).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-auth-user-id"), user_id);
        assert_eq!(answer.header("x-auth-email"), "ann@example.com");
        assert_eq!(answer.header("x-auth-email-verified"), "false");
        assert_eq!(answer.header("x-auth-name"), "Ann");
        assert_eq!(answer.header("x-auth-session-expires"), "2026-12-01T15:00:00.000Z");
        assert_eq!(answer.json(), ann.session().await);

        let head = ann.send("HEAD", PATH, Body::empty()).await;
        assert_eq!((head.status, head.text().as_str()), (200, ""));
        assert_eq!(head.header("x-auth-user-id"), user_id);
    }

    async fn an_address_is_verified_once_its_link_was_opened(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for told in ["false", "true"] {
            let answer = ann.get(PATH).await;
            assert_eq!(answer.header("x-auth-email-verified"), told);
            app.browser().get(&app.link_to("ann@example.com").await).await;
        }
    }

    async fn a_name_outside_ascii_is_percent_encoded(db) {
        let app = db.app(&[]).await;
        let mut zoe = app.browser();
        let name = "Zoë 李\r\nX-Auth-Email: eve@example.com 100%";
        let body = json!({"name": name, "email": "zoe@example.com", "password": PASSWORD});
        assert_eq!(zoe.post("/api/auth/sign-up/email", body).await.status, 200);
        let answer = zoe.get(PATH).await;
        let told = "Zo%C3%AB %E6%9D%8E%0D%0AX-Auth-Email: eve@example.com 100%25";
        assert_eq!(answer.header("x-auth-name"), told);
        assert_eq!(answer.header("x-auth-email"), "zoe@example.com");
        assert_eq!(answer.headers.get_all("x-auth-email").iter().count(), 1);
    }

    async fn refuses_everybody_else(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let token = ann.cookie(SESSION).unwrap().split_once('.').unwrap().0.to_owned();
        let unknown = app.signed(&"a".repeat(43));
        for value in [None, Some("x"), Some(token.as_str()), Some(unknown.as_str())] {
            let mut eve = app.browser();
            if let Some(value) = value {
                eve.set_cookie(SESSION, value);
            }
            let answer = eve.get(PATH).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{value:?}");
            assert_tells_nobody(&answer);
        }
        app.advance(Duration::from_hours(7 * 24));
        let answer = ann.get(PATH).await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
        assert_tells_nobody(&answer);
    }

    async fn never_writes(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.web.app.background.idle().await;
        let before = db.texts(SESSION_ROWS).await;
        for _ in 0..6 {
            app.advance(Duration::from_hours(24));
            let answer = ann.get(PATH).await;
            assert_eq!(answer.header("x-auth-session-expires"), "2026-12-01T15:00:00.000Z");
            assert!(answer.set_cookies.is_empty(), "{answer:?}");
        }
        app.advance(Duration::from_hours(24));
        assert_eq!(ann.get(PATH).await.status, 401);
        app.web.app.background.idle().await;
        assert_eq!(db.texts(SESSION_ROWS).await, before);
    }
}
