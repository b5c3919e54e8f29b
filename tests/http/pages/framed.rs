//! Shown within a page of huggingface.co, where cookies are third-party ones.

use super::{ANN, FORM, csrf, encoded, with_pages};
use crate::support::{PASSWORD, db_test};

const SPACE: [(&str, &str); 4] = [
    ("SPACE_HOST", "team-auth.hf.space"),
    ("FRONTEND_URL", "https://team-auth.hf.space"),
    ("ARGON2_M_KIB", "47104"),
    ("SECRET_KEY", "q7Vn2LxT0eYbK4mHs9WcRj5uZpD8fAgi1oXvN6tE3kM"),
];
const HERE: &str = "https://team-auth.hf.space";

db_test! {
    async fn sec_h1_on_a_space_pages_are_framed_by_huggingface_alone(db) {
        let app = with_pages(&db, &SPACE).await;
        for path in ["/sign-in", "/forgot-password", "/api/auth/error"] {
            let page = app.browser().get(path).await;
            let policy = page.header("content-security-policy");
            assert!(policy.ends_with("; frame-ancestors https://huggingface.co"), "{policy}");
            assert!(!page.headers.contains_key("x-frame-options"));
        }
        for path in ["/api/auth/ok", "/nope"] {
            let answer = app.browser().get(path).await;
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
            assert_eq!(answer.header("x-frame-options"), "DENY");
        }
    }

    async fn on_a_space_cookies_are_kept_within_another_sites_page(db) {
        let app = with_pages(&db, &SPACE).await;
        let mut ann = app.browser().with("origin", HERE);
        let body = serde_json::json!({"name": "", "email": ANN, "password": PASSWORD});
        assert_eq!(app.browser().with("origin", HERE).post("/api/auth/sign-up/email", body).await.status, 200);
        let page = ann.get("/sign-in").await;
        let partitioned = "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned";
        assert!(page.set_cookies[0].ends_with(partitioned), "{:?}", page.set_cookies);
        let body = encoded(&[("csrf", &csrf(&page)), ("email", ANN), ("password", PASSWORD)]);
        let answer = ann.post_raw("/sign-in", FORM, body).await;
        assert_eq!(answer.status, 303);
        for cookie in &answer.set_cookies {
            assert!(cookie.ends_with(partitioned), "{cookie}");
        }
    }

    async fn where_no_cookie_is_kept_the_page_offers_a_window_of_its_own(db) {
        let app = with_pages(&db, &SPACE).await;
        let mut ann = app.browser().with("origin", HERE);
        let page = ann.get("/sign-in").await;
        let body = encoded(&[("csrf", &csrf(&page)), ("email", ANN), ("password", PASSWORD)]);
        ann.forget();
        let answer = ann.post_raw("/sign-in?callbackURL=%2Fx", FORM, body).await;
        assert_eq!(answer.status, 403);
        let text = answer.text().replace("&#x2f;", "/");
        let link = format!("<a href=\"{HERE}/sign-in?callbackURL=%2Fx\" target=\"_blank\" rel=\"noopener\">");
        assert!(text.contains(&link), "{text}");
    }
}
