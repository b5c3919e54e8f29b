//! What visitors or strangers typed, shown again: as text, and never as anything else.

use super::{ANN, FORM, csrf, encoded, fill, guest, with_pages};
use crate::support::{PASSWORD, db_test};

const EVIL: &str = "\"'><script>alert(1)</script><b onmouseover=x>&{{1234567*8}}";

/// Panics where markup got through.
fn assert_escaped(html: &str) {
    for never in [
        "<script",
        "<b ",
        "onmouseover=x>",
        "{{1234567*8}}<",
        "9876536",
    ] {
        let text = html.replace("&#x2f;", "/");
        assert!(!text.contains(never), "{never} in {text}");
    }
    assert!(!html.contains("\"'>"), "{html}");
}

db_test! {
    async fn sec_d7_every_field_that_is_shown_again_is_escaped(db) {
        let fields = r#"{"company":{"type":"string","required":true}}"#;
        let app = with_pages(&db, &[("USER_FIELDS", fields)]).await;
        let long = format!("{EVIL}{}", "x".repeat(300));
        for (path, fields) in [
            ("/sign-in", vec![("email", EVIL), ("password", PASSWORD)]),
            ("/sign-up", vec![("name", &long), ("email", EVIL), ("newPassword", ""), ("field-company", EVIL)]),
            ("/forgot-password", vec![("email", EVIL)]),
            ("/verify-email", vec![("email", EVIL)]),
        ] {
            let answer = fill(&mut guest(&app), path, &fields).await;
            assert_eq!(answer.status, 422, "{path}");
            assert!(answer.text().contains("&lt;script&gt;"), "it is shown: {}", answer.text());
            assert_escaped(&answer.text());
        }
    }

    async fn sec_d7_nothing_of_an_address_is_shown_unescaped(db) {
        let app = with_pages(&db, &[]).await;
        let evil = encoded(&[("x", EVIL)]);
        let evil = evil.strip_prefix("x=").unwrap();
        for path in [
            format!("/sign-in?done={evil}&callbackURL={evil}"),
            format!("/sign-up?callbackURL=/{evil}"),
            format!("/forgot-password?done={evil}"),
            format!("/reset-password?token={evil}&error={evil}"),
            format!("/verify-email?error={evil}&done={evil}"),
        ] {
            assert_escaped(&guest(&app).get(&path).await.text());
            // And on the page of a form that is refused, whose link leads back.
            let refused = guest(&app).post_raw(&path, FORM, "csrf=x").await;
            assert_eq!(refused.status, 403);
            assert_escaped(&refused.text());
        }
    }

    async fn sec_d7_the_account_page_shows_names_and_browsers_as_text(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app).with("user-agent", EVIL);
        let body = serde_json::json!({"name": EVIL, "email": ANN, "password": PASSWORD});
        assert_eq!(ann.post("/api/auth/sign-up/email", body).await.status, 200);
        let page = ann.get("/account").await;
        assert!(page.text().contains("&lt;script&gt;"), "{}", page.text());
        assert_escaped(&page.text());
        let long = format!("{EVIL}{}", "x".repeat(300));
        let body = encoded(&[("csrf", &csrf(&page)), ("action", "name"), ("name", &long)]);
        let refused = ann.post_raw("/account", FORM, body).await;
        assert_eq!(refused.status, 422);
        assert_escaped(&refused.text());
    }
}
