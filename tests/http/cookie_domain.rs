//! `COOKIE_DOMAIN`: cookies that all hosts of a domain are sent.

use serde_json::{Value, json};

use crate::support::{Browser, Instance, PASSWORD, db_test};

const PAGE: &str = "https://app.example.com";
const SHARED: [(&str, &str); 4] = [
    ("PUBLIC_URL", "https://auth.example.com"),
    ("FRONTEND_URL", PAGE),
    ("COOKIE_DOMAIN", "example.com"),
    ("RATE_LIMIT", "on"),
];
const SESSION: &str = "__Secure-better-auth.session_token";
const DATA: &str = "__Secure-better-auth.session_data";
const FLAG: &str = "__Secure-better-auth.dont_remember";
const OWN: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";
const ALL: &str = "Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax";

fn page(app: &Instance) -> Browser {
    app.browser().with("origin", PAGE)
}

/// The lines, each value cut out.
fn shapes(lines: &[String]) -> Vec<(&str, &str)> {
    let apart = lines.iter().map(|line| {
        let (pair, attributes) = line.split_once("; ").unwrap();
        (pair.split_once('=').unwrap().0, attributes)
    });
    apart.collect()
}

db_test! {
    async fn sec_c3_the_domain_is_on_every_cookie_of_the_session_and_none_of_before_stays(db) {
        let app = db.app(&SHARED).await;
        let mut ann = page(&app);
        let body = json!({"name": "Ann", "email": "ann@example.com", "password": PASSWORD});
        let answer = ann.post("/api/auth/sign-up/email", body.clone()).await;
        let (gone, week) = (format!("Max-Age=0; {OWN}"), format!("Max-Age=604800; {ALL}"));
        let device = format!("Max-Age=15552000; {OWN}");
        let expected = [
            (SESSION, gone.as_str()),
            (SESSION, week.as_str()),
            ("__Secure-doorkey.known_device", device.as_str()),
        ];
        assert_eq!(shapes(&answer.set_cookies), expected);
        assert_ne!(ann.session().await, Value::Null, "set after the other was cleared");

        let mut brief = body.clone();
        brief["rememberMe"] = json!(false);
        let answer = ann.post("/api/auth/sign-in/email", brief).await;
        let expected = [(SESSION, gone.as_str()), (SESSION, ALL), (FLAG, gone.as_str()), (FLAG, ALL)];
        assert_eq!(shapes(&answer.set_cookies), expected);

        let answer = ann.post_empty("/api/auth/sign-out").await;
        let all_gone = format!("Max-Age=0; {ALL}");
        let both = [gone.as_str(), all_gone.as_str()];
        let expected = [SESSION, DATA, FLAG].map(|name| both.map(|line| (name, line)));
        assert_eq!(shapes(&answer.set_cookies), expected.concat());
        assert_eq!(ann.session().await, Value::Null);
    }

    async fn a_refreshed_session_moves_to_the_domain(db) {
        let before = db.app(&SHARED[..2]).await;
        let mut ann = page(&before);
        ann.sign_up("ann@example.com").await;
        let app = db.app(&SHARED).await;
        let mut same = page(&app);
        same.set_cookie(SESSION, ann.cookie(SESSION).unwrap());
        assert!(same.get("/api/auth/get-session").await.set_cookies.is_empty());
        app.advance(std::time::Duration::from_hours(24));
        let answer = same.get("/api/auth/get-session").await;
        let (gone, week) = (format!("Max-Age=0; {OWN}"), format!("Max-Age=604800; {ALL}"));
        assert_eq!(shapes(&answer.set_cookies), [(SESSION, gone.as_str()), (SESSION, week.as_str())]);
        assert_eq!(same.session().await["user"]["email"], "ann@example.com");
    }

    async fn the_cached_copy_goes_there_too(db) {
        let app = db.app(&[&SHARED[..], &[("COOKIE_CACHE", "on")]].concat()).await;
        let mut ann = page(&app);
        ann.sign_up("ann@example.com").await;
        let gone = format!("Max-Age=0; {OWN}");
        let copied = format!("Max-Age=300; {ALL}");
        let answer = ann.get("/api/auth/get-session?disableCookieCache=true").await;
        assert_eq!(shapes(&answer.set_cookies), [(DATA, gone.as_str()), (DATA, copied.as_str())]);
        app.web.app.db.close().await;
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    }

    async fn a_stale_copy_is_cleared_in_both_places(db) {
        let app = db.app(&SHARED).await;
        let mut ann = page(&app);
        ann.sign_up("ann@example.com").await;
        ann.set_cookie(DATA, "stale");
        let answer = ann.get("/api/auth/get-session").await;
        let (gone, all_gone) = (format!("Max-Age=0; {OWN}"), format!("Max-Age=0; {ALL}"));
        assert_eq!(shapes(&answer.set_cookies), [(DATA, gone.as_str()), (DATA, all_gone.as_str())]);
    }
}
