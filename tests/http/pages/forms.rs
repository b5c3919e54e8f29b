//! What every page and every form has in common.

use std::collections::HashSet;

use super::{ANN, FORM, OWN, csrf, encoded, fill, guest, sign_in, with_pages};
use crate::support::{PASSWORD, db_test};

const PAGES: [&str; 5] = [
    "/sign-in",
    "/sign-up",
    "/forgot-password",
    "/verify-email",
    "/reset-password",
];

db_test! {
    async fn sec_h1_every_page_has_a_policy_with_a_nonce_of_its_own(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        let mut nonces = HashSet::new();
        for path in PAGES.iter().chain(&["/account"]) {
            let mut visitor = if *path == "/account" { ann.clone() } else { guest(&app) };
            let page = visitor.get(path).await;
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(page.header("cache-control"), "no-store");
            assert_eq!(page.header("x-frame-options"), "DENY");
            assert_eq!(page.header("x-content-type-options"), "nosniff");
            let policy = page.header("content-security-policy").to_owned();
            let rest = policy.strip_prefix("default-src 'none'; style-src 'nonce-").unwrap();
            let (nonce, rest) = rest.split_once('\'').unwrap();
            assert_eq!(rest, "; img-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            let text = page.text();
            assert_eq!(text.matches(&format!("<style nonce=\"{nonce}\">")).count(), 1);
            assert!(nonces.insert(nonce.to_owned()));
            for never in ["<script", "style=\"", "onclick", "http://", "https://"] {
                assert!(!text.contains(never), "{path} {never}");
            }
        }
    }

    async fn sec_d1_a_form_needs_our_page_our_cookie_and_our_token(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let mut ann = guest(&app);
        let token = csrf(&ann.get("/sign-in").await);
        let body = |csrf: &str| encoded(&[("csrf", csrf), ("email", ANN), ("password", PASSWORD)]);
        let other = csrf(&guest(&app).get("/sign-in").await);
        for (wrong, text) in [
            ("", "This page was open for too long"),
            (&token[1..], "This page was open for too long"),
            (other.as_str(), "This page was open for too long"),
        ] {
            let answer = ann.post_raw("/sign-in", FORM, body(wrong)).await;
            assert_eq!(answer.status, 403);
            assert!(answer.text().contains(text), "{}", answer.text());
            assert!(answer.text().contains("Try again"));
        }
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "http://localhost:3000"),
            ("origin", "null"),
            ("origin", "http://localhost:7861"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let mut foreign = ann.clone().with(name, value);
            let answer = foreign.post_raw("/sign-in", FORM, body(&token)).await;
            assert_eq!(answer.status, 403, "{name}: {value}");
            assert!(answer.text().contains("another page than ours"), "{}", answer.text());
        }
        let mut cookieless = guest(&app);
        let answer = cookieless.post_raw("/sign-in", FORM, body(&token)).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("Your browser kept no cookie"), "{}", answer.text());
        assert!(ann.cookie(crate::support::SESSION).is_none());
        assert_eq!(ann.post_raw("/sign-in", FORM, body(&token)).await.status, 303);
    }

    async fn sec_d1_every_form_asks_for_its_token(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        ann.sign_up(ANN).await;
        ann.get("/account").await;
        for path in PAGES.iter().chain(&["/account"]) {
            for action in ["name", "password", "end", "end-others", "delete", "sign-out"] {
                let fields = [("action", action), ("email", ANN), ("password", PASSWORD), ("deletePassword", PASSWORD)];
                let answer = ann.post_raw(path, FORM, encoded(&fields)).await;
                assert_eq!(answer.status, 403, "{path} {action}");
            }
        }
        assert_eq!(ann.session().await["user"]["name"], "Ann");
    }

    async fn sec_c3_of_two_different_marks_neither_counts(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        let token = csrf(&ann.get("/sign-in").await);
        let planted = ann.cookie("doorkey.forms").unwrap().to_owned();
        let mut victim = guest(&app).and("cookie", format!("doorkey.forms={planted}").as_bytes());
        victim.get("/sign-in").await;
        assert_ne!(victim.cookie("doorkey.forms"), Some(planted.as_str()), "a new one");
        victim.set_cookie("doorkey.forms", "AAAAAAAAAAAAAAAAAAAAAA");
        let body = encoded(&[("csrf", &token), ("email", ANN), ("password", PASSWORD)]);
        assert_eq!(victim.post_raw("/sign-in", FORM, body).await.status, 403);
    }

    async fn a_mark_is_kept_and_hidden_from_scripts(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        let first = ann.get("/sign-in").await;
        assert_eq!(first.set_cookies.len(), 1);
        assert!(first.set_cookies[0].starts_with("doorkey.forms="), "{:?}", first.set_cookies);
        assert!(first.set_cookies[0].ends_with("; Path=/; HttpOnly; SameSite=Lax"));
        let again = ann.get("/sign-up").await;
        assert!(again.set_cookies.is_empty());
        assert_eq!(csrf(&first), csrf(&again));
        let https = with_pages(&db, &[("PUBLIC_URL", "https://auth.example.com")]).await;
        let page = https.browser().get("/sign-in").await;
        assert!(page.set_cookies[0].starts_with("__Host-doorkey.forms="), "{:?}", page.set_cookies);
        assert!(page.set_cookies[0].ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"));
    }

    async fn sec_g1_odd_forms_are_refused_before_anything_is_done(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        let token = csrf(&ann.get("/sign-in").await);
        let fields = encoded(&[("csrf", &token), ("email", ANN), ("password", "x")]);
        for (kind, body, status) in [
            ("application/json", "{}".to_owned(), 415),
            ("text/plain", fields.clone(), 415),
            ("multipart/form-data; boundary=x", fields.clone(), 415),
            (FORM, format!("{fields}&email=b"), 400),
            (FORM, format!("{fields}&x={}", "y".repeat(70_000)), 413),
            (FORM, format!("{fields}&x=%ff%00&&="), 401),
            ("application/x-www-form-urlencoded; charset=UTF-8", fields.clone(), 401),
        ] {
            let answer = ann.post_raw("/sign-in", kind, body).await;
            assert_eq!(answer.status, status, "{kind}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        }
    }

    async fn other_methods_are_refused(db) {
        let app = with_pages(&db, &[]).await;
        for path in PAGES {
            for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
                let answer = guest(&app).send(method, path, axum::body::Body::empty()).await;
                assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"), "{method} {path}");
            }
            let head = guest(&app).send("HEAD", path, axum::body::Body::empty()).await;
            assert!(matches!(head.status, 200 | 400), "{path}");
            assert_eq!(guest(&app).get(&format!("{path}/")).await.status, 404);
        }
    }

    async fn switched_off_there_are_none(db) {
        let app = db.app(&[]).await;
        for path in PAGES.iter().chain(&["/account", "/"]) {
            assert_eq!(app.browser().get(path).await.status, 404, "{path}");
            let posted = app.browser().with("origin", OWN).post_raw(path, FORM, "a=b").await;
            assert_eq!(posted.status, 404, "{path}");
        }
    }

    async fn the_protocol_still_takes_no_form(db) {
        let app = with_pages(&db, &[]).await;
        let mut ann = guest(&app);
        let token = csrf(&ann.get("/sign-in").await);
        let body = encoded(&[("csrf", &token), ("email", ANN), ("password", PASSWORD)]);
        assert_eq!(ann.post_raw("/api/auth/sign-in/email", FORM, body).await.status, 415);
    }

    async fn a_database_that_is_away_is_told_as_a_page(db) {
        let app = with_pages(&db, &[]).await;
        app.browser().sign_up(ANN).await;
        let mut ann = guest(&app);
        let page = ann.get("/sign-in").await;
        let body = encoded(&[("csrf", &csrf(&page)), ("email", ANN), ("password", PASSWORD)]);
        let mut signed_in = guest(&app);
        sign_in(&mut signed_in, ANN, PASSWORD).await;
        app.web.app.db.close().await;
        let answer = ann.post_raw("/sign-in", FORM, body).await;
        assert!(matches!(answer.status, 500 | 503), "{}", answer.status);
        assert!(answer.text().contains("Try again in a moment."), "{}", answer.text());
        assert!(answer.text().contains(ANN), "what was typed is kept");
        let answer = signed_in.get("/account").await;
        assert!(matches!(answer.status, 500 | 503), "{}", answer.status);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }

    async fn a_picture_stands_above_the_page_where_there_is_one(db) {
        for (url, images) in [
            ("/logo.svg", "img-src 'self'"),
            ("https://cdn.example.com/a/logo.png?v=1", "img-src https://cdn.example.com"),
        ] {
            let app = with_pages(&db, &[("LOGO_URL", url)]).await;
            let page = guest(&app).get("/sign-in").await;
            assert!(page.header("content-security-policy").contains(&format!("; {images}; ")));
            assert!(page.text().replace("&#x2f;", "/").contains(&format!("<img src=\"{url}\" alt=\"\"")), "{}", page.text());
        }
    }

    async fn the_services_name_is_on_every_page(db) {
        let app = with_pages(&db, &[("SERVICE_NAME", "Fish & <Chips>")]).await;
        for path in PAGES {
            let page = guest(&app).get(path).await.text();
            assert_eq!(page.matches("Fish &amp; &lt;Chips&gt;").count(), 2, "{page}");
        }
        let mut ann = guest(&app);
        let fields = [("name", ""), ("email", ANN), ("newPassword", PASSWORD)];
        fill(&mut ann, "/sign-up", &fields).await;
        assert!(ann.get("/account").await.text().contains("Fish &amp; &lt;Chips&gt;"));
    }
}
