//! How often one user may ask.

use std::time::Duration;

use super::wire::{echo, upstream};
use super::{Front, cookie_of};
use crate::support::db_test;

db_test! {
    async fn a_user_asks_so_often_and_others_are_not_counted_with_them(db) {
        let settings = [("UPSTREAM_RATE", "3/min"), ("PUBLIC_PATHS", "/open")];
        let front = Front::of(&db, upstream(echo).await, &settings).await;
        let (_, cookie) = front.ann().await;
        let mut bob = front.app.browser();
        bob.sign_up("bob@example.com").await;
        for path in ["/", "/x", "/open"] {
            assert_eq!(front.ask(&format!("GET {path}"), &cookie).await.status, 200);
        }
        let refused = front.ask("GET /", &cookie).await;
        assert_eq!(refused.refusal(), (429, "TOO_MANY_REQUESTS".into()));
        assert_eq!(refused.field("retry-after"), "60");
        assert_eq!(refused.field("ratelimit-policy"), "\"upstream\";q=3;w=60");
        let person = format!("{cookie}sec-fetch-mode: navigate\r\n");
        let page = front.ask("GET /", &person).await;
        assert_eq!((page.status, page.field("retry-after")), (429, "60"), "{page:?}");
        assert!(page.body.contains("<h1>Too many requests"), "{page:?}");
        assert_eq!(front.ask("GET /", &cookie_of(&bob)).await.status, 200);
        assert_eq!(front.ask("GET /open", "").await.status, 200);
        assert_eq!(front.ask("GET /api/auth/get-session", &cookie).await.status, 200);
        front.app.advance(Duration::from_mins(1));
        assert_eq!(front.ask("GET /", &cookie).await.status, 200);
    }
}
