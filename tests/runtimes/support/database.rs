//! Databases of the cases' own.

use std::sync::atomic::{AtomicU32, Ordering};

use doorkey::config::{Env, Program, load};
use doorkey::store::migrate::migrate;
use sqlx::{Connection as _, Executor as _, PgConnection};

/// Which kind of database a case runs on.
#[derive(Clone)]
pub(crate) enum Kind {
    Sqlite,
    /// On the server that this URL names.
    Postgres(String),
}

/// A database of a case's own.
pub(crate) struct Database {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Kind {
    /// The server that `DOORKEY_TEST_POSTGRES` names. Without one the case is
    /// skipped, which `DOORKEY_REQUIRE_POSTGRES` forbids.
    pub(crate) fn postgres() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "no setting of the service")]
        let variable = |name: &str| std::env::var(name).ok();
        if let Some(admin) = variable("DOORKEY_TEST_POSTGRES") {
            return Some(Self::Postgres(admin));
        }
        assert!(
            variable("DOORKEY_REQUIRE_POSTGRES").is_none(),
            "DOORKEY_TEST_POSTGRES is not set, and Postgres must not be skipped"
        );
        eprintln!("skipped on Postgres: DOORKEY_TEST_POSTGRES is not set");
        None
    }

    /// An empty database.
    pub(crate) async fn empty(&self) -> Database {
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                Database {
                    url: format!("sqlite:{}/test.db", folder.path().display()),
                    _folder: Some(folder),
                }
            }
            Self::Postgres(admin) => Database {
                url: create(admin).await,
                _folder: None,
            },
        }
    }

    /// A database with the schema in place.
    pub(crate) async fn migrated(&self) -> Database {
        let database = self.empty().await;
        database.migrate().await;
        database
    }
}

impl Database {
    /// Puts the schema in place, as `doorkey migrate` does.
    pub(crate) async fn migrate(&self) {
        let env = Env::from_pairs([("DATABASE_URL", self.url.as_str())]);
        let loaded = load(Program::Server, &env).unwrap();
        migrate(&loaded.config.database, &mut |_, _, _| {})
            .await
            .unwrap();
    }
}

async fn create(admin: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("runtimes_{}_{count}", std::process::id());
    let mut conn = PgConnection::connect(admin).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    conn.execute(create.as_str()).await.unwrap();
    conn.close().await.unwrap();
    let (before, options) = admin.split_once('?').unwrap_or((admin, ""));
    let (server, _) = before.rsplit_once('/').unwrap();
    format!("{server}/{name}?{options}")
}
