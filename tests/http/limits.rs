//! Ten tries a minute: per client, per account, over every instance.

use std::time::Duration;

use serde_json::json;

use crate::support::{Answer, Instance, PASSWORD, db_test, together};

const ON: &[(&str, &str)] = &[("RATE_LIMIT", "on")];
const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

/// A sign-in that fails unless it is limited.
async fn attempt(app: &Instance, peer: &str, email: &str) -> Answer {
    app.browser()
        .from(peer)
        .sign_in(email, "not-the-password")
        .await
}

/// Uses up the ten tries of a client and an account.
async fn use_up(app: &Instance, peer: &str, email: &str) {
    for n in 1..=10 {
        assert_eq!(attempt(app, peer, email).await.status, 401, "try {n}");
    }
}

fn admitted(answers: &[Answer]) -> usize {
    let odd = answers.iter().find(|a| !matches!(a.status, 401 | 429));
    assert!(odd.is_none(), "{odd:?}");
    answers.iter().filter(|answer| answer.status == 401).count()
}

db_test! {
    async fn sec_e5_the_eleventh_try_is_told_when_to_come_back_and_that_works(db) {
        let app = db.app(ON).await;
        app.browser().sign_up("ann@example.com").await;
        use_up(&app, "192.0.2.1", "ann@example.com").await;
        app.advance(20 * SECOND + MILLISECOND);
        let mut ann = app.browser().from("192.0.2.1");
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.status, 429, "the right password must not get past the limit");
        assert_eq!(answer.json(), json!({
            "message": "Too many requests. Please try again later.",
            "code": "TOO_MANY_REQUESTS",
        }));
        for (name, value) in [
            ("retry-after", "40"),
            ("x-retry-after", "40"),
            ("ratelimit-policy", "\"credentials\";q=10;w=60"),
            ("ratelimit", "\"credentials\";r=0;t=40"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        app.advance(39 * SECOND);
        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 429);
        app.advance(SECOND);
        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn sec_e1_the_window_slides_and_is_exact_at_its_edge(db) {
        let app = db.app(ON).await;
        for _ in 0..10 {
            assert_eq!(attempt(&app, "192.0.2.1", "ann@example.com").await.status, 401);
            app.advance(SECOND);
        }
        app.advance(Duration::from_millis(49_999));
        let answer = attempt(&app, "192.0.2.1", "ann@example.com").await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
        // From here on one old try leaves the window each second, and makes room
        // for one.
        app.advance(MILLISECOND);
        for _ in 0..3 {
            assert_eq!(attempt(&app, "192.0.2.1", "ann@example.com").await.status, 401);
            assert_eq!(attempt(&app, "192.0.2.1", "ann@example.com").await.status, 429);
            app.advance(SECOND);
        }
    }

    async fn sec_e1_one_account_is_tried_ten_times_by_64_clients_at_two_instances(db) {
        let apps = [db.app(ON).await, db.app(ON).await];
        let spellings = ["ann@example.com", "ANN@example.com", " ann@example.com"];
        let crowd = (0..64).map(|n| {
            let mut browser = apps[n % 2].browser().from(&format!("198.51.100.{n}"));
            async move { browser.sign_in(spellings[n % 3], "not-the-password").await }
        });
        assert_eq!(admitted(&together(crowd).await), 10);
    }

    async fn sec_e1_one_client_makes_ten_tries_at_64_accounts_at_two_instances(db) {
        let apps = [db.app(ON).await, db.app(ON).await];
        let crowd = (0..64).map(|n| {
            let mut browser = apps[n % 2].browser();
            async move { browser.sign_in(&format!("u{n}@example.com"), "not-the-password").await }
        });
        assert_eq!(admitted(&together(crowd).await), 10);
    }

    async fn sec_e1_sign_in_and_sign_up_count_apart_and_short_paths_count_with_the_long(db) {
        let app = db.app(ON).await;
        use_up(&app, "192.0.2.1", "ann@example.com").await;
        let mut ann = app.browser().from("192.0.2.1");
        let credentials = json!({"email": "ann@example.com", "password": "not-the-password"});
        assert_eq!(ann.post("/api/signin", credentials).await.status, 429);
        for n in 1..=10 {
            let path = if n % 2 == 0 { "/api/signup" } else { "/api/auth/sign-up/email" };
            let body = json!({"name": "A", "email": format!("a{n}@example.com"), "password": PASSWORD});
            assert_eq!(app.browser().from("192.0.2.1").post(path, body).await.status, 200, "{n}");
        }
        for path in ["/api/signup", "/api/auth/sign-up/email"] {
            let body = json!({"name": "A", "email": "a11@example.com", "password": PASSWORD});
            let answer = app.browser().from("192.0.2.1").post(path, body).await;
            assert_eq!(answer.refusal(), (429, "TOO_MANY_REQUESTS".into()));
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 10);
    }

    async fn sec_e2_all_of_a_64_network_and_every_spelling_are_one_client(db) {
        let app = db.app(ON).await;
        for n in 1..=5 {
            let (low, high) = (format!("2001:db8::{n}"), format!("2001:DB8:0:0:ffff::{n}"));
            for peer in [low, high] {
                let email = format!("a{n}@example.com");
                assert_eq!(attempt(&app, &peer, &email).await.status, 401, "{peer}");
            }
        }
        assert_eq!(attempt(&app, "2001:db8::dead:beef", "b@example.com").await.status, 429);
        assert_eq!(attempt(&app, "2001:db8:0:1::1", "b@example.com").await.status, 401);

        use_up(&app, "192.0.2.7", "c@example.com").await;
        assert_eq!(attempt(&app, "::ffff:192.0.2.7", "d@example.com").await.status, 429);
        assert_eq!(attempt(&app, "192.0.2.8", "d@example.com").await.status, 401);
    }

    async fn sec_e3_a_made_up_forwarded_address_changes_nothing(db) {
        let app = db.app(ON).await;
        for n in 0..12 {
            let mut browser = app.browser().from("192.0.2.1");
            for name in ["x-forwarded-for", "x-real-ip", "x-vercel-forwarded-for", "cf-connecting-ip"] {
                browser = browser.with(name, &format!("198.51.100.{n}"));
            }
            browser = browser.with("forwarded", &format!("for=198.51.100.{n}"));
            let answer = browser.sign_in(&format!("u{n}@example.com"), "not-the-password").await;
            assert_eq!(answer.status, if n < 10 { 401 } else { 429 }, "{n}");
        }
    }

    async fn sec_e3_behind_a_trusted_proxy_the_right_most_foreign_hop_counts(db) {
        let app = db.app(&[("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "10.0.0.0/8")]).await;
        let through = |peer: &str, hops: &str| {
            app.browser().from(peer).with("x-forwarded-for", hops)
        };
        for n in 0..10 {
            let hops = format!("203.0.113.{n}, 198.51.100.7, 10.0.0.2");
            let mut browser = through("10.0.0.1", &hops);
            let answer = browser.sign_in(&format!("u{n}@example.com"), "not-the-password").await;
            assert_eq!(answer.status, 401, "{hops}");
        }
        for (peer, hops, status) in [
            ("10.0.0.1", "203.0.113.99, 198.51.100.7", 429),
            ("10.9.9.9", "198.51.100.7:4711, 10.0.0.3", 429),
            ("198.51.100.7", "203.0.113.99", 429),
            ("10.0.0.1", "198.51.100.7, 198.51.100.8", 401),
            ("10.0.0.1", "198.51.100.9", 401),
        ] {
            let answer = through(peer, hops).sign_in("v@example.com", "not-the-password").await;
            assert_eq!(answer.status, status, "{peer}: {hops}");
        }
    }

    async fn sec_b1_over_the_limit_known_and_unknown_accounts_look_the_same(db) {
        let app = db.app(ON).await;
        app.browser().sign_up("ann@example.com").await;
        let mut answers = Vec::new();
        for email in ["ann@example.com", "nobody@example.com"] {
            for n in 0..10 {
                attempt(&app, &format!("198.51.100.{n}"), email).await;
            }
            let mut answer = attempt(&app, "198.51.100.99", email).await;
            assert!(!answer.header("x-request-id").is_empty());
            answer.headers.remove("x-request-id");
            answers.push((answer.status, answer.json(), answer.headers));
            app.advance(60 * SECOND);
        }
        assert_eq!(answers[0].0, 429);
        assert_eq!(answers[0], answers[1]);
    }

    async fn what_cannot_be_a_sign_in_is_not_counted_as_one(db) {
        let app = db.app(ON).await;
        let client = || app.browser().from("192.0.2.1");
        let path = "/api/auth/sign-in/email";
        let fine = json!({"email": "ann@example.com", "password": "not-the-password"});
        for _ in 0..3 {
            for body in [
                json!({"email": "ann@example.com"}),
                json!({"email": "ann", "password": "not-the-password"}),
                json!({"email": "ann@example.com", "password": "x", "callbackURL": "//evil.example"}),
                json!({"email": "ann@example.com", "password": "x".repeat(100_000)}),
                json!([]),
            ] {
                let answer = client().post(path, body).await;
                assert!((400..500).contains(&answer.status) && answer.status != 401, "{answer:?}");
            }
            let mut foreign = client().with("origin", "https://evil.example");
            let foreign = foreign.post(path, fine.clone()).await;
            assert_eq!(foreign.status, 403);
            let form = client().post_raw(path, "text/plain", fine.to_string()).await;
            assert_eq!(form.status, 415);
            assert_eq!(client().post_raw(path, "application/json", "{bad").await.status, 400);
        }
        use_up(&app, "192.0.2.1", "ann@example.com").await;
        assert_eq!(attempt(&app, "192.0.2.1", "ann@example.com").await.status, 429);
    }

    async fn sec_e6_old_tries_are_swept_even_when_nobody_ever_gets_in(db) {
        let app = db.app(ON).await;
        for n in 0..20 {
            attempt(&app, &format!("198.51.100.{n}"), &format!("u{n}@example.com")).await;
        }
        app.web.app.background.idle().await;
        assert_eq!(db.count("SELECT COUNT(*) FROM rate_limits").await, 40);
        app.advance(11 * 60 * SECOND);
        attempt(&app, "192.0.2.1", "ann@example.com").await;
        app.web.app.background.idle().await;
        assert_eq!(db.count("SELECT COUNT(*) FROM rate_limits").await, 2);
    }

    async fn sec_e7_without_its_store_the_limiter_lets_nobody_in(db) {
        let app = db.app(ON).await;
        app.browser().sign_up("ann@example.com").await;
        let sign_up = json!({"name": "B", "email": "b@example.com", "password": PASSWORD});
        db.execute("DROP TABLE rate_limits").await;
        let mut ann = app.browser();
        let answers = [
            ann.sign_in("ann@example.com", PASSWORD).await,
            ann.sign_in("nobody@example.com", PASSWORD).await,
            ann.post("/api/auth/sign-up/email", sign_up).await,
        ];
        app.web.app.db.close().await;
        let closed = ann.sign_in("ann@example.com", PASSWORD).await;
        for answer in answers.iter().chain([&closed]) {
            assert_eq!(answer.status, 503, "{answer:?}");
            assert!(!answer.header("retry-after").is_empty());
            assert!(answer.set_cookies.is_empty());
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 1);
    }
}
