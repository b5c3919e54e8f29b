//! What is kept, how it got its shape, and what is thrown away.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use doorkey::domain::token::SessionToken;
use doorkey::store::inspect;
use doorkey::store::migrate::{MIGRATIONS, MigrateError, NEEDED, migrate};
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestDb, db_test, together};

const COOKIE: &str = "better-auth.session_token";
const DAY: Duration = Duration::from_hours(24);

/// The names of the files with one database's migrations.
fn files(dialect: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(dialect);
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
        .into_iter()
        .map(|name| name.into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_the_same_numbered_migrations() {
    let known: Vec<_> = MIGRATIONS
        .iter()
        .map(|migration| format!("{:04}_{}.sql", migration.version, migration.name))
        .collect();
    assert_eq!(files("postgres"), known);
    assert_eq!(files("sqlite"), known);
    let numbers: Vec<_> = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .collect();
    assert_eq!(numbers, (1..=NEEDED).collect::<Vec<_>>());
}

#[tokio::test]
async fn both_databases_end_up_with_the_same_tables_and_columns() {
    let Some(postgres) = TestDb::postgres().await else {
        return;
    };
    let sqlite = TestDb::sqlite();
    for db in [&postgres, &sqlite] {
        db.app(&[]).await;
    }
    let columns = sqlite.columns().await;
    assert_eq!(postgres.columns().await, columns);
    let tables: BTreeSet<_> = columns
        .iter()
        .map(|name| name.split('.').next().unwrap())
        .collect();
    assert!(
        tables.is_superset(&["users", "sessions", "rate_limits"].into()),
        "{tables:?}"
    );
}

db_test! {
    async fn sec_c1_a_stolen_database_has_no_secret_in_it(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut secrets = vec![PASSWORD.to_owned()];
        let mut hashes = Vec::new();
        for remember in [true, false] {
            let body = json!({
                "email": "ann@example.com", "password": PASSWORD, "rememberMe": remember,
            });
            assert_eq!(ann.post("/api/auth/sign-in/email", body).await.status, 200);
            app.advance(2 * DAY / 3);
            assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
            let cookie = ann.cookie(COOKIE).unwrap();
            let (token, signature) = cookie.split_once('.').unwrap();
            hashes.push(SessionToken::parse(token).unwrap().hash().to_hex());
            secrets.extend([token.to_owned(), signature[..40].to_owned()]);
        }
        ann.sign_in("ann@example.com", "my-other-password").await;
        secrets.push("my-other-password".into());

        let dump = db.dump().await;
        for hash in &hashes {
            assert!(dump.contains(hash), "the dump is not whole: {dump:?}");
        }
        for secret in &secrets {
            let found = dump.iter().find(|value| value.contains(secret.as_str()));
            assert_eq!(found, None, "{secret} is in the database");
        }
        // Nor is there anything that opens a session when it is sent as it is.
        let signature = ann.cookie(COOKIE).unwrap().split_once('.').unwrap().1.to_owned();
        for value in dump.iter().filter(|value| value.is_ascii() && !value.contains(';')) {
            for cookie in [value.clone(), format!("{value}.{signature}")] {
                let mut thief = app.browser();
                thief.set_cookie(COOKIE, &cookie);
                assert_eq!(thief.session().await, Value::Null, "{cookie}");
            }
        }
    }

    async fn migrating_again_changes_nothing(db) {
        let settings = db.unmigrated(&[]).config.database.clone();
        let names: Vec<_> = MIGRATIONS.iter().map(|migration| migration.name).collect();
        assert_eq!(migrate(&settings, &mut |_, _, _| {}).await.unwrap().applied, names);
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        // What a sign-up does in the background is done.
        app.mails().await;
        let before = db.dump().await;
        assert!(migrate(&settings, &mut |_, _, _| {}).await.unwrap().applied.is_empty());
        assert_eq!(db.dump().await, before);
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    }

    async fn many_may_migrate_an_empty_database_at_once(db) {
        let settings = db.unmigrated(&[]).config.database.clone();
        let crowd = (0..6).map(|_| {
            let settings = settings.clone();
            let here = tokio::runtime::Handle::current();
            async {
                let migrating = move || here.block_on(migrate(&settings, &mut |_, _, _| {}));
                tokio::task::spawn_blocking(migrating).await.unwrap()
            }
        });
        let done: Vec<_> = together(crowd).await.into_iter().map(Result::unwrap).collect();
        let busy = done.iter().filter(|done| !done.applied.is_empty()).count();
        assert_eq!(busy, 1, "{done:?}");
        let recorded = db.count("SELECT COUNT(*) FROM doorkey_migrations").await;
        assert_eq!(usize::try_from(recorded).unwrap(), MIGRATIONS.len());
        app_works(&db).await;
    }

    async fn an_unmigrated_database_is_told_apart_from_a_broken_one(db) {
        let elsewhere = TestDb::sqlite();
        let mut ann = elsewhere.app(&[]).await.browser();
        ann.sign_up("ann@example.com").await;
        let cookie = ann.cookie(COOKIE).unwrap().to_owned();

        for rate_limit in ["on", "off"] {
            let app = db.unmigrated(&[("MIGRATE", "off"), ("RATE_LIMIT", rate_limit)]);
            app.db.open_gate();
            let app = db.instance(app);
            let mut browser = app.browser();
            let body = json!({"name": "A", "email": "a@example.com", "password": PASSWORD});
            let mut answers = vec![
                browser.post("/api/auth/sign-up/email", body).await,
                browser.sign_in("ann@example.com", PASSWORD).await,
            ];
            browser.set_cookie(COOKIE, &cookie);
            answers.push(browser.get("/api/auth/get-session").await);
            answers.push(browser.get("/api/verify").await);
            answers.push(browser.get("/api/auth/list-sessions").await);
            answers.push(browser.post_empty("/api/auth/sign-out").await);
            for answer in answers {
                assert_eq!(answer.refusal(), (503, "SCHEMA_OUTDATED".into()), "{answer:?}");
                assert_eq!(answer.header("retry-after"), "30");
                assert!(answer.set_cookies.is_empty(), "a session may be lost: {answer:?}");
            }
            assert_eq!(browser.get("/health").await.status, 200);
            assert_eq!(browser.get("/health?deep=1").await.status, 503);
        }
        assert!(db.columns().await.is_empty());
    }

    async fn a_users_table_of_somebody_else_is_left_alone(db) {
        let app = db.unmigrated(&[]);
        let settings = app.config.database.clone();
        inspect::ping(&app.db).await.unwrap();
        db.execute("CREATE TABLE users (id integer PRIMARY KEY, login text)").await;
        db.execute("INSERT INTO users (id, login) VALUES (7, 'somebody')").await;
        for _ in 0..2 {
            let refused = migrate(&settings, &mut |_, _, _| {}).await;
            assert!(matches!(refused, Err(MigrateError::Foreign)), "{refused:?}");
        }
        assert_eq!(db.columns().await, ["users.id", "users.login"]);
        assert_eq!(db.dump().await, ["7", "somebody"]);
    }

    async fn sec_c6_expired_sessions_are_swept_and_live_ones_are_not(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        app.advance(6 * DAY);
        assert_eq!(bob.session().await["user"]["email"], "bob@example.com");
        app.advance(DAY);
        assert_eq!(ann.session().await, Value::Null, "expired before it is swept");
        app.web.app.background.idle().await;
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 2);
        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
        app.web.app.background.idle().await;
        assert_eq!(db.count("SELECT COUNT(*) FROM sessions").await, 2);
        assert_eq!(bob.session().await["user"]["email"], "bob@example.com");
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    }

    async fn a_sweep_takes_away_more_than_one_batch(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        app.browser().sign_up("ann@example.com").await;
        app.web.app.background.idle().await;
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) ";
        db.execute(&format!(
            "INSERT INTO rate_limits (key, t0) {rows} SELECT 'old:' || i, 0 FROM n"
        ))
        .await;
        app.advance(Duration::from_mins(11));
        app.browser().sign_up("bob@example.com").await;
        app.web.app.background.idle().await;
        assert_eq!(db.count("SELECT COUNT(*) FROM rate_limits").await, 2);
    }
}

/// Somebody can sign up and is then signed in.
async fn app_works(db: &TestDb) {
    let app = db.app(&[]).await;
    let mut ann = app.browser();
    ann.sign_up("ann@example.com").await;
    assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
}
