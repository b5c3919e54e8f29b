//! The databases that the first system left, and who is in them.

use std::path::Path;
use std::sync::Arc;

use doorkey::app::SystemClock;
use doorkey::store::migrate::migrate;
use serde::Deserialize;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::{Instance, TestDb};

#[derive(Deserialize)]
pub(crate) struct Known {
    pub(crate) users: Vec<KnownUser>,
    pub(crate) expired_tokens: Vec<String>,
    pub(crate) deleted_users: Vec<DeletedUser>,
    pub(crate) deleted_tokens: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct KnownUser {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) password_also_accepted: Option<String>,
    pub(crate) sessions: Vec<KnownSession>,
}

#[derive(Deserialize)]
pub(crate) struct KnownSession {
    pub(crate) token: String,
    pub(crate) live: bool,
}

#[derive(Deserialize)]
pub(crate) struct DeletedUser {
    pub(crate) email: String,
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/seed")
        .join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

/// Who is in the fixtures.
pub(crate) fn known() -> Known {
    serde_json::from_str(&text("known.json")).unwrap()
}

impl TestDb {
    /// An instance on this database at today's time, since the fixtures' sessions
    /// are moved to now; what is there is taken over.
    pub(crate) async fn today(&self, settings: &[(&str, &str)]) -> Instance {
        let mut app = self.unmigrated(settings);
        app.clock = Arc::new(SystemClock);
        migrate(&app.config.database, &mut |_, _, _| {})
            .await
            .unwrap();
        app.db.open_gate();
        self.instance(app)
    }

    /// Turns an empty database into the one that the first system left, as if it
    /// had run until now.
    pub(crate) async fn load_seed(&self) {
        if self.is_postgres() {
            // `\restrict` is psql's.
            let dump = text("seed-postgres.sql");
            let sql: Vec<&str> = dump
                .lines()
                .filter(|line| !line.starts_with('\\'))
                .collect();
            let mut conn = PgConnection::connect(self.direct()).await.unwrap();
            conn.execute(sqlx::raw_sql(&sql.join("\n"))).await.unwrap();
            conn.execute(sqlx::raw_sql(&text("rebase-postgres.sql")))
                .await
                .unwrap();
        } else {
            let file = self.url().trim_start_matches("sqlite:");
            std::fs::copy(fixture("seed.sqlite"), file).unwrap();
            let mut conn = SqliteConnection::connect(self.direct()).await.unwrap();
            conn.execute(sqlx::raw_sql(&text("rebase-sqlite.sql")))
                .await
                .unwrap();
            conn.close().await.unwrap();
        }
    }
}
