//! Session look-ups that come while others are under way go to Postgres together. Each
//! still gets its own answer, and nobody pays for a neighbour.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::support::{Answer, Browser, Instance, PASSWORD, SESSION, TestDb, db_test, together};

const GET_SESSION: &str = "/api/auth/get-session";
const LOCK: &str = "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE";
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody with an account and a session.
async fn somebody(app: &Instance, name: &str) -> Browser {
    let mut browser = app.browser();
    browser.sign_up(&format!("{name}@example.com")).await;
    browser
}

/// As many look-ups at once as there are in all, each browser's turn by turn.
async fn ask_all(who: &[Browser], rounds: usize) -> Vec<Answer> {
    let asking = who.iter().cycle().take(who.len() * rounds).map(|browser| {
        let mut browser = browser.clone();
        async move { browser.get(GET_SESSION).await }
    });
    timeout(PATIENCE, together(asking.collect::<Vec<_>>()))
        .await
        .unwrap()
}

/// The same, that one after the other is asked until this is dropped.
struct Stream(Vec<JoinHandle<()>>);

impl Stream {
    fn of(browser: &Browser, at_once: usize) -> Self {
        let asking = (0..at_once).map(|_| {
            let browser = browser.clone();
            tokio::spawn(async move {
                loop {
                    // With its cookie, whatever the last answer was.
                    let answer = browser.clone().get(GET_SESSION).await;
                    assert_eq!(answer.status, 200, "{answer:?}");
                }
            })
        });
        Self(asking.collect())
    }

    fn is_well(&self) -> bool {
        self.0.iter().all(|task| !task.is_finished())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// How many connections have last asked for many sessions at once.
async fn gathering(db: &TestDb) -> i64 {
    db.count(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'doorkey' AND query LIKE 'SELECT k.place%'",
    )
    .await
}

/// The email of a session that was answered; of none, nothing.
fn email(answer: &Answer) -> Option<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    Some(answer.json()["user"]["email"].as_str()?.to_owned())
}

db_test! {
    async fn sec_c4_each_of_many_at_once_gets_its_own_answer(db) {
        let app = db.app(&[]).await;
        let mut who = Vec::new();
        for name in ["ann", "ben", "cat", "dan", "eve", "expired", "revoked"] {
            who.push(somebody(&app, name).await);
        }
        let mut unknown = app.browser();
        unknown.set_cookie(SESSION, &app.signed(&"A".repeat(43)));
        who.push(unknown);
        db.execute(
            "UPDATE sessions SET expires_at = '2001-01-01 00:00:00' WHERE user_id IN \
             (SELECT id FROM users WHERE email = 'expired@example.com')",
        )
        .await;
        db.execute(
            "DELETE FROM sessions WHERE user_id IN \
             (SELECT id FROM users WHERE email = 'revoked@example.com')",
        )
        .await;
        let mut gathered = 0;
        for _ in 0..10 {
            let answers = ask_all(&who, 25).await;
            for (n, answer) in answers.iter().enumerate() {
                let name = ["ann", "ben", "cat", "dan", "eve"].get(n % who.len());
                let expected = name.map(|name| format!("{name}@example.com"));
                assert_eq!(email(answer), expected);
            }
            if db.is_postgres() {
                gathered += gathering(&db).await;
            }
        }
        assert!(gathered > 0 || !db.is_postgres(), "nothing was gathered");
    }

    async fn a_row_that_cannot_be_read_fails_nobody_else(db) {
        if !db.is_postgres() {
            return;
        }
        let app = db.app(&[]).await;
        let who = [somebody(&app, "ann").await, somebody(&app, "odd").await];
        db.execute("ALTER TABLE users ALTER COLUMN name DROP NOT NULL").await;
        db.execute("UPDATE users SET name = NULL WHERE email = 'odd@example.com'").await;
        for answers in ask_all(&who, 40).await.chunks(2) {
            assert_eq!(email(&answers[0]).unwrap(), "ann@example.com");
            assert_eq!(answers[1].status, 500, "{:?}", answers[1]);
        }
    }

    async fn sec_c4_a_session_that_was_revoked_is_in_no_answer_to_a_later_question(db) {
        let app = db.app(&[]).await;
        let mut ann = somebody(&app, "ann").await;
        let other = Stream::of(&somebody(&app, "ben").await, 6);
        for round in 0..60 {
            assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
            // The same session is being asked for, too, when it ends.
            let same = Stream::of(&ann, 6);
            let mut later = ann.clone();
            assert_eq!(email(&later.get(GET_SESSION).await).unwrap(), "ann@example.com");
            assert_eq!(ann.post_empty("/api/auth/sign-out").await.status, 200);
            assert_eq!(later.session().await, Value::Null, "round {round}");
            assert!(same.is_well() && other.is_well());
        }
    }

    async fn one_connection_serves_look_ups_and_writes(db) {
        let app = db.app(&[("DB_POOL", "1")]).await;
        let mut ann = somebody(&app, "ann").await;
        let stream = Stream::of(&ann, 8);
        for _ in 0..10 {
            let signing_in = ann.sign_in("ann@example.com", PASSWORD);
            assert_eq!(timeout(PATIENCE, signing_in).await.unwrap().status, 200);
        }
        assert!(stream.is_well());
    }

    async fn nobody_who_went_away_keeps_the_database_open(db) {
        let app = db.app(&[]).await;
        let ann = somebody(&app, "ann").await;
        for _ in 0..10 {
            let stream = Stream::of(&ann, 8);
            sleep(Duration::from_millis(20)).await;
            assert!(stream.is_well());
        }
        let who = [ann];
        assert_eq!(email(&ask_all(&who, 1).await[0]).unwrap(), "ann@example.com");
        timeout(PATIENCE, app.web.app.db.close()).await.unwrap();
        for answer in ask_all(&who, 20).await {
            assert_eq!(answer.status, 503, "{answer:?}");
        }
    }
}

/// Look-ups that cannot go on until `held` ends; their connections are ended meanwhile.
async fn all_survive_the_end_of_their_connections(db: TestDb) {
    let app = db.app(&[]).await;
    let who = [somebody(&app, "ann").await, somebody(&app, "ben").await];
    ask_all(&who, 10).await;
    for _ in 0..3 {
        let held = db.hold(LOCK).await;
        let asking = who.clone();
        let asking = tokio::spawn(async move { ask_all(&asking, 20).await });
        let blocked = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND datname = current_database() AND application_name = 'doorkey'";
        while db.count(blocked).await < 2 {
            sleep(Duration::from_millis(5)).await;
        }
        let ended = db
            .count(
                "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) \
                 FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'doorkey' AND wait_event_type = 'Lock'",
            )
            .await;
        assert!(ended >= 2, "{ended}");
        held.commit().await;
        for answers in asking.await.unwrap().chunks(2) {
            assert_eq!(email(&answers[0]).unwrap(), "ann@example.com");
            assert_eq!(email(&answers[1]).unwrap(), "ben@example.com");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_under_many_costs_nobody_an_answer_on_postgres() {
    if let Some(db) = TestDb::postgres().await {
        all_survive_the_end_of_their_connections(db).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_under_many_costs_nobody_an_answer_through_pgbouncer() {
    if let Some(db) = TestDb::pgbouncer().await {
        all_survive_the_end_of_their_connections(db).await;
    }
}
