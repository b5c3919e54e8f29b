//! A database of its own for each case, and instances of the service on it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use doorkey::app::App;
use doorkey::config::{Env, Program, load};
use doorkey::http::{FUNCTIONS, Web, router_with};
use doorkey::pages;
use doorkey::runtime::boot;
use doorkey::store::migrate::migrate;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::browser::{Browser, ORIGIN};
use super::clock::TestClock;

/// An empty database.
pub(crate) struct TestDb {
    /// What the service is told.
    url: String,
    /// The way past the pooler, where there is one.
    unpooled: Option<String>,
    clock: Arc<TestClock>,
    /// The SQLite file and the mails.
    folder: tempfile::TempDir,
    /// Goes away with the case.
    _made: Option<MadeDatabase>,
}

/// A database on a server, dropped with this: those of all cases together would
/// fill gigabytes.
struct MadeDatabase {
    admin: String,
    name: String,
}

/// One running instance of the service.
pub(crate) struct Instance {
    pub(crate) web: Arc<Web>,
    pub(crate) routes: Router,
    clock: Arc<TestClock>,
    mails: PathBuf,
}

impl TestDb {
    /// An SQLite file in a folder that goes away with the case.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/test.db", folder.path().display());
        Self {
            url,
            unpooled: None,
            clock: Arc::default(),
            folder,
            _made: None,
        }
    }

    /// A database of its own on the server that `DOORKEY_TEST_POSTGRES` names.
    /// Without one the case is skipped, which `DOORKEY_REQUIRE_POSTGRES` forbids.
    pub(crate) async fn postgres() -> Option<Self> {
        let admin = server("POSTGRES")?;
        let made = MadeDatabase::create(admin).await;
        Some(Self {
            url: database_of(&made.admin, &made.name),
            unpooled: None,
            clock: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
            _made: Some(made),
        })
    }

    /// The same, reached by the service through the transaction pooler that
    /// `DOORKEY_TEST_PGBOUNCER` names. Without one the case is skipped, which
    /// `DOORKEY_REQUIRE_PGBOUNCER` forbids.
    pub(crate) async fn pgbouncer() -> Option<Self> {
        let pooler = server("PGBOUNCER")?;
        let direct = Self::postgres().await?;
        let (_, name) = direct.url.split('?').next()?.rsplit_once('/')?;
        Some(Self {
            url: database_of(&pooler, name),
            unpooled: Some(direct.url),
            ..direct
        })
    }

    /// An instance with these settings beside the usual ones; the schema is in
    /// place. Several instances of one database share its clock.
    pub(crate) async fn app(&self, settings: &[(&str, &str)]) -> Instance {
        let app = self.unmigrated(settings);
        migrate(&app.config.database, &mut |_, _, _| {})
            .await
            .unwrap();
        app.db.open_gate();
        self.instance(app)
    }

    /// An app on the database as it is, its gate closed.
    pub(crate) fn unmigrated(&self, settings: &[(&str, &str)]) -> App {
        let mails = format!("file:{}", self.mails().display());
        let usual = [
            ("MAIL_URL", mails.as_str()),
            ("DATABASE_URL", self.url.as_str()),
            ("SECRET_KEY", "a-secret-for-tests-0123456789abcdefghij"),
            ("FRONTEND_URL", ORIGIN),
            ("RATE_LIMIT", "off"),
            // The protocol alone, as for whoever has pages of their own.
            ("PAGES", "off"),
            ("ARGON2_M_KIB", "64"),
            ("DB_POOL", "4"),
        ];
        let unpooled = self.unpooled.as_deref();
        let unpooled = unpooled.map(|url| ("DATABASE_URL_UNPOOLED", url));
        let is_set = |name: &str| settings.iter().any(|(set, _)| *set == name);
        let pairs = usual
            .into_iter()
            .chain(unpooled)
            .filter(|(name, _)| !is_set(name));
        let env = Env::from_pairs(pairs.chain(settings.iter().copied()));
        let config = load(Program::Server, &env)
            .unwrap_or_else(|faults| panic!("{faults}"))
            .config;
        let mut app = boot(config).unwrap();
        app.clock = Arc::clone(&self.clock) as Arc<_>;
        app
    }

    /// The service on an app.
    pub(crate) fn instance(&self, app: App) -> Instance {
        let web = Arc::new(Web::new(app).unwrap());
        let routes = router_with(Arc::clone(&web), FUNCTIONS, pages::routes(&web));
        Instance {
            web,
            routes,
            clock: Arc::clone(&self.clock),
            mails: self.mails(),
        }
    }

    /// Where the mails of every instance on this database go.
    fn mails(&self) -> PathBuf {
        self.folder.path().join("mails.jsonl")
    }

    /// Whether this is Postgres.
    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Whether there is a pooler between.
    pub(crate) fn is_pooled(&self) -> bool {
        self.unpooled.is_some()
    }

    /// The URL that the service is told.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The database itself, for statements of the case's own.
    pub(crate) fn direct(&self) -> &str {
        self.unpooled.as_deref().unwrap_or(&self.url)
    }

    /// Runs a statement of the case's own.
    pub(crate) async fn execute(&self, sql: &str) {
        if self.is_postgres() {
            PgConnection::connect(self.direct())
                .await
                .unwrap()
                .execute(sql)
                .await
                .unwrap();
        } else {
            let mut conn = sqlx::SqliteConnection::connect(self.direct())
                .await
                .unwrap();
            conn.execute(sql).await.unwrap();
        }
    }

    /// The one number that a statement of the case's own gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(self.direct()).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
        } else {
            let mut conn = sqlx::SqliteConnection::connect(self.direct())
                .await
                .unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
        }
    }

    /// All values of the first column that a statement gives, as text.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(self.direct()).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
        } else {
            let mut conn = sqlx::SqliteConnection::connect(self.direct())
                .await
                .unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
        }
    }
}

/// The server that `DOORKEY_TEST_…` names; none, said aloud, where it is not set and
/// `DOORKEY_REQUIRE_…` does not forbid that.
#[expect(
    clippy::disallowed_methods,
    reason = "where to test is the environment's to say"
)]
pub(crate) fn server(kind: &str) -> Option<String> {
    if let Ok(url) = std::env::var(format!("DOORKEY_TEST_{kind}")) {
        return Some(url);
    }
    assert!(
        std::env::var_os(format!("DOORKEY_REQUIRE_{kind}")).is_none(),
        "DOORKEY_TEST_{kind} is not set, and it must not be skipped"
    );
    eprintln!("skipped: DOORKEY_TEST_{kind} is not set");
    None
}

impl MadeDatabase {
    /// Makes one on the server of this URL.
    async fn create(admin: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("case_{}_{count}", std::process::id());
        let made = Self { admin, name };
        made.tell("CREATE DATABASE", "").await.unwrap();
        made
    }

    async fn tell(&self, what: &str, how: &str) -> sqlx::Result<()> {
        let mut conn = PgConnection::connect(&self.admin).await?;
        let statement = format!("{what} {} {how}", self.name);
        conn.execute(statement.as_str()).await?;
        conn.close().await
    }
}

impl Drop for MadeDatabase {
    /// On a thread of its own, since the case's runtime may be at its end. A server
    /// that the case itself has stopped keeps its database.
    fn drop(&mut self) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let _ = runtime
                    .unwrap()
                    .block_on(self.tell("DROP DATABASE", "WITH (FORCE)"));
            });
        });
    }
}

/// The URL of a database on the server of this one.
fn database_of(admin: &str, name: &str) -> String {
    let (before, options) = admin.split_once('?').unwrap_or((admin, ""));
    let (server, _) = before.rsplit_once('/').unwrap();
    format!("{server}/{name}?{options}")
}

impl Instance {
    /// A browser that has never been here, at 203.0.113.1, on the front end's page.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.routes.clone())
    }

    /// Every mail so far, oldest first, those under way included: objects of
    /// `to`, `subject`, `text` and `html`.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        self.web.app.background.idle().await;
        let lines = std::fs::read_to_string(&self.mails).unwrap_or_default();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Moves the clock of every instance on this database.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}
