//! Whether everything behind us is as it should be: for `/health?deep=1`.

use std::time::Duration;

use crate::app::{App, Clock};
use crate::domain::timestamp::Timestamp;
use crate::mail::MailState;
use crate::store::Db;
use crate::store::inspect::{self, Pooler};
use crate::store::migrate::{self, NEEDED};

/// How far our clock and the database's may be apart: instances share the
/// database's rate limits and expiry times.
const SKEW_MAX: Duration = Duration::from_secs(5);
/// How long the whole examination may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// One thing that was looked at.
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found; nothing secret.
    pub detail: &'static str,
}

/// Looks at the database, its schema, the pooler, the clock and the last mail.
pub async fn examine(app: &App) -> Vec<Check> {
    match tokio::time::timeout(DEADLINE, examine_all(app)).await {
        Ok(checks) => checks,
        Err(_) => vec![failed("database", "no answer in time")],
    }
}

async fn examine_all(app: &App) -> Vec<Check> {
    let pooled = app.config.database.looks_pooled;
    let mut checks = examine_database(&app.db, pooled, &*app.clock).await;
    if checks
        .iter()
        .any(|check| check.name == "database" && check.ok)
    {
        checks.push(mail(app));
    }
    checks
}

/// Looks at a database alone: whether it answers, its schema, the pooler, the clock.
pub async fn examine_database(db: &Db, looks_pooled: bool, clock: &dyn Clock) -> Vec<Check> {
    if let Err(error) = inspect::ping(db).await {
        tracing::warn!(event = "deep_health_failed", %error);
        return vec![failed("database", "cannot be reached")];
    }
    vec![
        passed("database", "answers"),
        schema(db).await,
        pooler(db, looks_pooled).await,
        in_step(db, clock).await,
    ]
}

async fn schema(db: &Db) -> Check {
    match migrate::version(db).await {
        Ok(version) if version >= NEEDED => passed("migrations", "up to date"),
        Ok(_) => failed(
            "migrations",
            "older than this version needs: run `doorkey migrate`",
        ),
        Err(_) => failed("migrations", "cannot be read"),
    }
}

async fn pooler(db: &Db, looks_pooled: bool) -> Check {
    match inspect::pooler(db).await {
        Ok(Pooler::NotPostgres) => passed("pooler", "not needed"),
        Ok(Pooler::None) if looks_pooled => failed(
            "pooler",
            "does not track prepared statements: set max_prepared_statements",
        ),
        Ok(Pooler::None) => passed("pooler", "none"),
        Ok(Pooler::Tracking) => passed("pooler", "tracks prepared statements"),
        Ok(Pooler::Losing) | Err(_) => failed(
            "pooler",
            "loses prepared statements: set max_prepared_statements",
        ),
    }
}

async fn in_step(db: &Db, clock: &dyn Clock) -> Check {
    match inspect::clock(db).await {
        Ok(Some(theirs)) if apart(theirs, clock.now()) > SKEW_MAX => {
            failed("clock", "more than 5 seconds from the database's")
        }
        Ok(_) => passed("clock", "in step with the database"),
        Err(_) => failed("clock", "cannot be read"),
    }
}

/// No mail is sent to find out: what became of the last one tells.
fn mail(app: &App) -> Check {
    match app.mailer.state() {
        MailState::Off => passed("mail", "off"),
        MailState::Fine => passed("mail", "ok"),
        MailState::Failing => failed("mail", "the last mail could not be sent"),
    }
}

fn apart(a: Timestamp, b: Timestamp) -> Duration {
    a.since(b).max(b.since(a))
}

fn passed(name: &'static str, detail: &'static str) -> Check {
    Check {
        name,
        ok: true,
        detail,
    }
}

fn failed(name: &'static str, detail: &'static str) -> Check {
    Check {
        name,
        ok: false,
        detail,
    }
}
