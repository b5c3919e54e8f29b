//! The page on which links end that lead nowhere.

use crate::support::{Instance, db_test};

const ERROR: &str = "/api/auth/error";

/// The nonce of the page's policy, which must be the one we know but for that.
fn nonce(policy: &str) -> &str {
    let nonce = policy
        .strip_prefix("default-src 'none'; style-src 'nonce-")
        .and_then(|rest| {
            rest.strip_suffix("'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        });
    nonce.unwrap_or_else(|| panic!("{policy}"))
}

async fn page(app: &Instance, query: &str) -> String {
    let answer = app.browser().get(&format!("{ERROR}{query}")).await;
    assert_eq!(answer.status, 200, "{query}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert!(answer.set_cookies.is_empty());
    let policies: Vec<_> = answer
        .headers
        .get_all("content-security-policy")
        .iter()
        .collect();
    assert_eq!(policies.len(), 1, "{policies:?}");
    let nonce = nonce(answer.header("content-security-policy"));
    assert_eq!(nonce.len(), 22, "16 bytes");
    let text = answer.text();
    assert_eq!(
        text.matches(&format!("<style nonce=\"{nonce}\">")).count(),
        1
    );
    text.replace(nonce, "NONCE")
}

db_test! {
    async fn says_what_went_wrong(db) {
        let app = db.app(&[]).await;
        let used_up = page(&app, "?error=INVALID_TOKEN").await;
        assert!(used_up.contains("<code>INVALID_TOKEN</code>"), "{used_up}");
        assert!(used_up.contains("Ask for a new one."), "{used_up}");
        let other = page(&app, "?error=state_mismatch&error_description=x").await;
        assert!(other.contains("<code>state_mismatch</code>"), "{other}");
        assert!(page(&app, "").await.contains("<code>UNKNOWN</code>"));
    }

    async fn sec_d7_the_error_page_reflects_a_plain_code_and_nothing_else(db) {
        let app = db.app(&[]).await;
        let unknown = page(&app, "").await;
        for query in [
            "?error=%3Cscript%3Ealert(1)%3C/script%3E",
            "?error=%22onload=x",
            "?error=a%20b",
            "?error=a1",
            "?error=%E2%80%AE",
            "?error=%00",
            "?error[]=FINE",
            "?ERROR=FINE",
            "?error=%3C&error=FINE",
            "?error_description=m4rk3r&callbackURL=https://evil.example",
            &format!("?error={}", "x".repeat(65)),
        ] {
            assert_eq!(page(&app, query).await, unknown, "{query}");
        }
        let named = page(&app, "?error=FINE&error_description=%3Cb%3Em4rk3r").await;
        assert_eq!(named, unknown.replace("UNKNOWN", "FINE"));
        for loads in ["http", "//", "src=", "href=", "<script", "<form", "url("] {
            assert!(!named.contains(loads), "{loads}: {named}");
        }
    }

    async fn sec_h1_the_page_has_a_nonce_of_its_own_each_time(db) {
        let app = db.app(&[]).await;
        let first = app.browser().get(ERROR).await;
        let second = app.browser().get(ERROR).await;
        let policy = "content-security-policy";
        assert_ne!(nonce(first.header(policy)), nonce(second.header(policy)));
        assert!(!first.header(policy).contains("unsafe-inline"));
    }
}
