//! What every answer carries, and what no answer tells.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use doorkey::app::Random;
use doorkey::store::migrate::migrate;
use serde_json::json;

use crate::support::{
    Answer, Browser, INSIDE, Instance, Mood, MoodyRandom, ORIGIN, PASSWORD, SESSION, TestDb,
    db_test,
};

const HSTS: (&str, &str) = (
    "strict-transport-security",
    "max-age=31536000; includeSubDomains",
);
const EVERYWHERE: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("vary", "Origin, Cookie"),
];
const SIGN_UP: &str = "/api/auth/sign-up/email";
const SIGN_IN: &str = "/api/auth/sign-in/email";

/// One answer of every kind: the status that it should have, and the answer.
async fn of_every_kind(app: &Instance, page: &str) -> Vec<(u16, Answer)> {
    let new = || app.browser().with("origin", page);
    let mut ann = new();
    ann.sign_up("ann@example.com").await;
    let body = json!({"name": "Ann", "email": "ann@example.com", "password": PASSWORD});
    let evil = || app.browser().with("origin", "https://evil.example");
    let mut seen = vec![
        (200, ann.get("/api/auth/get-session").await),
        (200, new().get("/api/auth/get-session").await),
        (
            200,
            ann.send("HEAD", "/api/auth/get-session", Body::empty())
                .await,
        ),
        (200, ann.sign_in("ann@example.com", PASSWORD).await),
        (200, new().get("/health").await),
        (204, new().send("OPTIONS", SIGN_IN, Body::empty()).await),
        (
            204,
            new()
                .without("origin")
                .send("OPTIONS", SIGN_IN, Body::empty())
                .await,
        ),
        (403, evil().send("OPTIONS", SIGN_IN, Body::empty()).await),
        (400, ann.post_raw(SIGN_IN, "application/json", "{").await),
        (401, ann.sign_in("ann@example.com", "wrong-password").await),
        (401, new().get("/api/verify").await),
        (403, evil().sign_in("ann@example.com", PASSWORD).await),
        (404, ann.get("/nothing/here").await),
        (405, ann.get(SIGN_IN).await),
        (405, ann.send("TRACE", "/health", Body::empty()).await),
        (
            413,
            ann.post_raw(SIGN_IN, "application/json", vec![b' '; 70_000])
                .await,
        ),
        (415, ann.post_raw(SIGN_IN, "text/plain", "x").await),
        (422, ann.post(SIGN_UP, body.clone()).await),
        (200, ann.clone().post_empty("/api/auth/sign-out").await),
    ];
    app.web.app.db.close().await;
    seen.push((503, ann.get("/api/auth/get-session").await));
    seen.push((503, ann.get("/health?deep=1").await));
    seen
}

/// An instance whose randomness fails on demand.
async fn moody(db: &TestDb) -> (Instance, Arc<MoodyRandom>) {
    let random: Arc<MoodyRandom> = Arc::default();
    let mut app = db.unmigrated(&[]);
    app.random = Arc::clone(&random) as Arc<dyn Random>;
    migrate(&app.config.database, &mut |_, _, _| {})
        .await
        .unwrap();
    app.db.open_gate();
    (db.instance(app), random)
}

async fn sign_up(browser: &mut Browser, email: &str) -> Answer {
    browser
        .post(
            SIGN_UP,
            json!({"name": "Ann", "email": email, "password": PASSWORD}),
        )
        .await
}

fn assert_says_nothing_of_the_inside(db: &TestDb, answer: &Answer) {
    let all = format!("{answer:?}").to_ascii_lowercase() + &answer.text().to_ascii_lowercase();
    for word in [
        "sqlx", "pool", "panic", "hunter2", "random", "table", "select", "src/", "sqlite",
        "postgres",
    ] {
        assert!(!all.contains(word), "{word} in {all}");
    }
    assert!(!all.contains(&db.url().to_ascii_lowercase()), "{all}");
    let id = answer.header("x-request-id");
    assert!(
        id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
}

db_test! {
    async fn sec_h1_every_answer_carries_the_security_headers(db) {
        let app = db.app(&[]).await;
        for (status, answer) in of_every_kind(&app, ORIGIN).await {
            assert_eq!(answer.status, status, "{answer:?}");
            for (name, value) in EVERYWHERE {
                let found: Vec<_> = answer.headers.get_all(name).iter().collect();
                assert_eq!(found, [value], "{name} of {answer:?}");
            }
            assert_eq!(answer.header(HSTS.0), "", "http: {answer:?}");
        }
    }

    async fn sec_h1_and_on_https_strict_transport_security(db) {
        let page = "https://app.example.com";
        let app = db.app(&[("PUBLIC_URL", page), ("FRONTEND_URL", page)]).await;
        for (status, answer) in of_every_kind(&app, page).await {
            assert_eq!(answer.status, status, "{answer:?}");
            for (name, value) in EVERYWHERE.into_iter().chain([HSTS]) {
                assert_eq!(answer.header(name), value, "{name} of {answer:?}");
            }
        }
    }

    async fn sec_h3_no_answer_names_its_software(db) {
        let app = db.app(&[]).await;
        for (_, answer) in of_every_kind(&app, ORIGIN).await {
            for name in ["server", "x-powered-by", "via", "x-version", "x-runtime"] {
                assert_eq!(answer.header(name), "", "{name} of {answer:?}");
            }
        }
    }

    async fn sec_h2_every_answer_has_a_request_id_of_its_own(db) {
        let app = db.app(&[]).await;
        let answers = of_every_kind(&app, ORIGIN).await;
        let ids: BTreeSet<&str> = answers.iter().map(|(_, a)| a.header("x-request-id")).collect();
        assert_eq!(ids.len(), answers.len());
        assert!(ids.iter().all(|id| id.len() == 20), "{ids:?}");
    }

    async fn sec_h2_a_database_that_is_away_is_503_and_says_no_more(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        app.web.app.db.close().await;
        for answer in [
            ann.get("/api/auth/get-session").await,
            ann.get("/api/auth/list-sessions").await,
            ann.get("/api/verify").await,
            ann.post_empty("/api/auth/sign-out").await,
            ann.sign_in("ann@example.com", PASSWORD).await,
            sign_up(&mut ann, "eve@example.com").await,
        ] {
            assert_eq!(answer.refusal(), (503, "DATABASE_UNAVAILABLE".into()));
            assert_eq!(answer.header("retry-after"), "5");
            assert!(answer.set_cookies.is_empty(), "the session may be good: {answer:?}");
            let message = "The database cannot be reached. Please try again.";
            assert_eq!(answer.json(), json!({"message": message, "code": "DATABASE_UNAVAILABLE"}));
            let id = answer.header("x-request-id");
            assert_eq!(id.len(), 20, "{id}");
        }
    }

    async fn sec_h2_a_schema_that_is_too_old_is_503(db) {
        let app = db.unmigrated(&[]);
        app.db.open_gate();
        let app = db.instance(app);
        let mut ann = app.browser();
        ann.set_cookie(SESSION, &app.signed(&"a".repeat(43)));
        for answer in [
            ann.get("/api/auth/get-session").await,
            ann.sign_in("ann@example.com", PASSWORD).await,
            sign_up(&mut ann, "ann@example.com").await,
        ] {
            assert_eq!(answer.refusal(), (503, "SCHEMA_OUTDATED".into()));
            assert_eq!(answer.header("retry-after"), "30");
            assert!(answer.set_cookies.is_empty(), "{answer:?}");
            assert_says_nothing_of_the_inside(&db, &answer);
        }
    }

    async fn sec_h2_a_statement_that_fails_is_500_and_says_nothing(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        db.execute("ALTER TABLE sessions RENAME TO kept").await;
        db.execute("CREATE VIEW sessions AS SELECT DISTINCT * FROM kept").await;
        let app = db.unmigrated(&[]);
        app.db.open_gate();
        let app = db.instance(app);
        let answer = app.browser().sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.refusal(), (500, "INTERNAL_SERVER_ERROR".into()));
        assert!(answer.set_cookies.is_empty());
        assert_says_nothing_of_the_inside(&db, &answer);
    }

    async fn sec_h2_a_fault_or_a_panic_is_500_and_says_nothing(db) {
        let (app, random) = moody(&db).await;
        let mut ann = app.browser();
        for mood in [Mood::Fails, Mood::Panics] {
            random.set(mood);
            let answer = sign_up(&mut ann, "ann@example.com").await;
            assert_eq!(answer.refusal(), (500, "INTERNAL_SERVER_ERROR".into()));
            let message = "Something went wrong. The request id names it in the log.";
            assert_eq!(answer.json(), json!({"message": message, "code": "INTERNAL_SERVER_ERROR"}));
            assert!(!answer.text().contains(INSIDE));
            assert!(answer.set_cookies.is_empty());
            for (name, value) in EVERYWHERE {
                assert_eq!(answer.header(name), value, "{name}");
            }
            assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
            assert_eq!(answer.header("x-request-id").len(), 20);
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
        random.set(Mood::Fine);
        assert_eq!(sign_up(&mut ann, "ann@example.com").await.status, 200, "it lives on");
    }
}
