//! `GET /health`, `GET /health?deep=1`, `GET /api/auth/ok`.

use std::sync::Arc;
use std::time::Duration;

use doorkey::app::SystemClock;
use doorkey::store::migrate::migrate;
use serde_json::{Value, json};

use crate::support::{Answer, Instance, TestDb, db_test};

const DEEP: &str = "/health?deep=1";

/// An instance with the machine's clock, which the database's is compared with.
async fn in_real_time(db: &TestDb) -> Instance {
    let mut app = db.unmigrated(&[]);
    app.clock = Arc::new(SystemClock);
    migrate(&app.config.database, &mut |_, _, _| {})
        .await
        .unwrap();
    app.db.open_gate();
    db.instance(app)
}

/// Name and verdict of each check.
fn checks(answer: &Answer) -> Vec<(String, bool)> {
    let body = answer.json();
    let checks = body["checks"].as_array().unwrap().iter();
    let verdict = |check: &Value| {
        (
            check["name"].as_str().unwrap().to_owned(),
            check["ok"] == true,
        )
    };
    checks.map(verdict).collect()
}

fn assert_failing(answer: &Answer, failed: &[&str]) {
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, "5"),
        "{answer:?}"
    );
    assert_eq!(answer.json()["status"], "failing");
    let checks = checks(answer);
    let found: Vec<&str> = checks
        .iter()
        .filter(|c| !c.1)
        .map(|c| c.0.as_str())
        .collect();
    assert_eq!(found, failed);
}

db_test! {
    async fn health_never_asks_the_database(db) {
        let app = db.instance(db.unmigrated(&[]));
        app.web.app.db.close().await;
        for path in ["/health", "/api/health", "/health?deep=0", "/health?deep", "/health?x=1"] {
            let answer = app.browser().get(path).await;
            let expected = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
            assert_eq!((answer.status, answer.json()), (200, expected), "{path}");
        }
        let answer = app.browser().get("/api/auth/ok").await;
        assert_eq!((answer.status, answer.json()), (200, json!({"ok": true})));
    }

    async fn health_answers_any_caller(db) {
        let app = db.app(&[]).await;
        for origin in ["https://evil.example", "null"] {
            assert_eq!(app.browser().with("origin", origin).get("/health").await.status, 200);
        }
        assert_eq!(app.browser().without("origin").get("/health").await.status, 200);
    }

    async fn deep_health_looks_at_everything_behind_us(db) {
        let app = in_real_time(&db).await;
        for path in [DEEP, "/health?deep=true", "/api/health?deep=1"] {
            let answer = app.browser().get(path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.json()["status"], "ok");
            let names = ["database", "migrations", "pooler", "clock", "mail"];
            assert_eq!(checks(&answer), names.map(|name| (name.to_owned(), true)), "{path}");
        }
    }

    // The canary: a pooler that tracks prepared statements gives them names of its own.
    async fn deep_health_knows_what_stands_before_the_database(db) {
        let app = in_real_time(&db).await;
        let expected = match (db.is_postgres(), db.is_pooled()) {
            (true, true) => "tracks prepared statements",
            (true, false) => "none",
            (false, _) => "not needed",
        };
        let answer = app.browser().get(DEEP).await.json();
        let mut checks = answer["checks"].as_array().unwrap().iter();
        let pooler = checks.find(|check| check["name"] == "pooler").unwrap();
        assert_eq!(pooler["detail"], expected, "{answer}");
    }

    async fn deep_health_fails_when_the_database_is_away(db) {
        let app = in_real_time(&db).await;
        app.web.app.db.close().await;
        let answer = app.browser().get(DEEP).await;
        assert_failing(&answer, &["database"]);
        assert!(!answer.text().contains(db.url()));
        assert_eq!(app.browser().get("/health").await.status, 200);
    }

    async fn deep_health_fails_before_the_schema_is_in_place_and_waits_for_nothing(db) {
        let mut app = db.unmigrated(&[]);
        app.clock = Arc::new(SystemClock);
        let app = db.instance(app);
        assert_failing(&app.browser().get(DEEP).await, &["migrations"]);
        migrate(&app.web.app.config.database, &mut |_, _, _| {}).await.unwrap();
        assert_eq!(app.browser().get(DEEP).await.status, 200);
    }

    async fn deep_health_fails_when_the_clocks_are_apart(db) {
        let app = db.app(&[]).await;
        app.advance(Duration::from_hours(24 * 365 * 50));
        let answer = app.browser().get(DEEP).await;
        if db.is_postgres() {
            assert_failing(&answer, &["clock"]);
        } else {
            assert_eq!(answer.status, 200, "SQLite has no clock of its own: {answer:?}");
        }
    }
}
