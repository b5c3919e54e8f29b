//! Pooled connections that died while nobody looked: the database was restarted, or
//! a function woke up after its server had given up on it. Reads survive that.

use std::time::Duration;

use doorkey::store::db::Pool;
use tokio::time::timeout;

use crate::support::{Instance, TestDb, together};

const ROUNDS: usize = 20;
const AT_ONCE: usize = 4;

/// Ends every connection that the service has to its database, once all of them rest
/// in its pool; returns when they are gone. A pooler may open others at any time.
async fn end_connections(db: &TestDb, app: &Instance) -> i64 {
    let Pool::Postgres(pool) = app.web.app.db.ungated() else {
        panic!("not on Postgres");
    };
    // A connection is looked at once more before it rests, after the answer is out.
    let resting = async {
        while pool.num_idle() < usize::try_from(pool.size()).unwrap() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), resting).await.unwrap();
    db.count(
        "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
         WHERE application_name = 'doorkey' AND datname = current_database()",
    )
    .await
}

/// As many get-sessions at once as the pool has connections; all must know Ann.
async fn ask_at_once(app: &Instance, cookie: &str) {
    let asking = (0..AT_ONCE).map(|_| {
        let mut browser = app.browser();
        browser.set_cookie("better-auth.session_token", cookie);
        async move { browser.get("/api/auth/get-session").await }
    });
    for answer in together(asking.collect::<Vec<_>>()).await {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["user"]["email"], "ann@example.com");
    }
}

async fn no_read_fails(db: TestDb) {
    let app = db.app(&[]).await;
    let mut ann = app.browser();
    ann.sign_up("ann@example.com").await;
    let cookie = ann.cookie("better-auth.session_token").unwrap();
    let mut ended = 0;
    for _ in 0..ROUNDS {
        ask_at_once(&app, cookie).await;
        ended += end_connections(&db, &app).await;
    }
    ask_at_once(&app, cookie).await;
    assert!(
        ended >= i64::try_from(ROUNDS).unwrap(),
        "only {ended} were ended"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_connection_costs_no_read_on_postgres() {
    if let Some(db) = TestDb::postgres().await {
        no_read_fails(db).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_connection_costs_no_read_through_pgbouncer() {
    if let Some(db) = TestDb::pgbouncer().await {
        no_read_fails(db).await;
    }
}

/// A write whose connection died is not tried again, since nobody knows whether it
/// was done; the next one finds a living connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_is_tried_once() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let app = db.app(&[("DB_POOL", "1")]).await;
    let mut ann = app.browser();
    ann.sign_up("ann@example.com").await;
    app.web.app.background.idle().await;
    let cookie = ann.cookie("better-auth.session_token").unwrap().to_owned();
    assert!(end_connections(&db, &app).await > 0);
    let lost = ann.post_empty("/api/auth/sign-out").await;
    assert_eq!(lost.status, 503, "{lost:?}");
    ann.set_cookie("better-auth.session_token", &cookie);
    assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    assert_eq!(ann.post_empty("/api/auth/sign-out").await.status, 200);
}
