//! Migrations: numbered SQL files, the same numbers for both databases, applied
//! in one transaction under one lock.
//!
//! sqlx's own migrator takes a session's advisory lock, which a transaction
//! pooler and a failed migration both lose track of, and locks nothing on
//! SQLite; so the lock here is the transaction's own.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use super::adopt::{self, ANY_LEFT, Adopted, Progress};
use super::connect::{postgres_options, sqlite_options};
use super::db::{DEADLINE, Db, Pool};
use super::error::StoreError;
use crate::config::DatabaseSettings;

/// One step of the schema.
pub struct Migration {
    /// Its number; the first is 1.
    pub version: i64,
    /// What it does, in a word.
    pub name: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal, $file:literal) => {
        Migration {
            version: $version,
            name: $name,
            postgres: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/migrations/postgres/",
                $file
            )),
            sqlite: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/migrations/sqlite/",
                $file
            )),
        }
    };
}

/// All of them, in order.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "core", "0001_core.sql"),
    migration!(2, "accounts", "0002_accounts.sql"),
];

/// The schema version that this program needs.
pub const NEEDED: i64 = 2;

/// "doorkey" in ASCII, as a lock's number.
const LOCK: i64 = 0x0064_6f6f_726b_6579;
const SQLITE_TRIES: u32 = 20;

const TAKE_LOCK: &str = "SELECT pg_advisory_xact_lock($1)";
const HISTORY: &str = "doorkey_migrations";
const CREATE_HISTORY: &str = "CREATE TABLE IF NOT EXISTS doorkey_migrations \
    (version bigint PRIMARY KEY, name text NOT NULL)";
const APPLIED: &str = "SELECT version FROM doorkey_migrations ORDER BY version";
const RECORD: &str = "INSERT INTO doorkey_migrations (version, name) VALUES ($1, $2)";
const COLUMNS_POSTGRES: &str = "SELECT column_name::text FROM information_schema.columns \
    WHERE table_schema = current_schema() AND table_name = $1";
const COLUMNS_SQLITE: &str = "SELECT name FROM pragma_table_info($1)";

/// The tables of the system that can be taken over, and the columns that must
/// be there.
const FIRST_SYSTEM: &[(&str, &[&str])] = &[
    (
        "users",
        &["id", "email", "password_hash", "created_at", "updated_at"],
    ),
    (
        "sessions",
        &[
            "id",
            "user_id",
            "session_token",
            "expires_at",
            "created_at",
            "ip_address",
            "user_agent",
        ],
    ),
];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database failed, or is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Only a pooled address is known.
    #[error(
        "DATABASE_URL goes through a transaction pooler, where migrations are not safe: set \
         DATABASE_URL_UNPOOLED to the direct address (Neon: the same host without `-pooler`)"
    )]
    OnlyPooled,
    /// There is a `users` or `sessions` table that is neither ours nor the first
    /// system's.
    #[error(
        "this database has a table `users` or `sessions` that Doorkey did not make; it was left untouched. \
         Use an empty database"
    )]
    Foreign,
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Brings the schema up to date on a connection of its own, and takes over what
/// the first system left. Safe to run from many processes at once, and to run
/// again; one that is stopped half-way has changed nothing.
pub async fn migrate(
    settings: &DatabaseSettings,
    progress: Progress<'_>,
) -> Result<Done, MigrateError> {
    if settings.url.is_sqlite() {
        return migrate_sqlite(settings, progress).await;
    }
    let url = match &settings.unpooled {
        Some(direct) => direct,
        None if settings.looks_pooled => return Err(MigrateError::OnlyPooled),
        None => &settings.url,
    };
    let mut conn = PgConnection::connect_with(&postgres_options(url)?).await?;
    let done = apply_postgres(&mut conn, progress).await?;
    conn.close().await?;
    Ok(done)
}

/// The version, and whether rows are left to take over, on a connection.
macro_rules! state {
    ($conn:ident) => {{
        let applied = sqlx::query_as(APPLIED).fetch_all(&mut $conn).await;
        let newest = newest(applied.map_err(StoreError::from))?;
        let mut left = false;
        if newest >= NEEDED {
            (left,) = sqlx::query_as(ANY_LEFT).fetch_one(&mut $conn).await?;
        }
        $conn.close().await?;
        newest >= NEEDED && !left
    }};
}

/// Whether nothing is left to do: the schema is this program's, and no row waits
/// to be taken over. Asked on a connection of its own, which unlike a pool says
/// at once why it cannot be made.
pub async fn is_done(settings: &DatabaseSettings) -> Result<bool, StoreError> {
    if settings.url.is_sqlite() {
        let mut conn = SqliteConnection::connect_with(&sqlite_options(&settings.url)?).await?;
        return Ok(state!(conn));
    }
    let connecting = postgres_options(&settings.url)?;
    let connected = tokio::time::timeout(DEADLINE, PgConnection::connect_with(&connecting)).await;
    let mut conn = connected.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    Ok(state!(conn))
}

fn newest(applied: Result<Vec<(i64,)>, StoreError>) -> Result<i64, StoreError> {
    match applied {
        Ok(rows) => Ok(rows.last().map_or(0, |(version,)| *version)),
        Err(StoreError::SchemaOutdated) => Ok(0),
        Err(other) => Err(other),
    }
}

/// The newest version that is applied; 0 for none, whatever else is there.
pub async fn version(db: &Db) -> Result<i64, StoreError> {
    let applied: Result<Vec<(i64,)>, StoreError> = match db.ungated() {
        Pool::Postgres(pool) => sqlx::query_as(APPLIED)
            .fetch_all(pool)
            .await
            .map_err(Into::into),
        Pool::Sqlite(pool) => sqlx::query_as(APPLIED)
            .fetch_all(pool)
            .await
            .map_err(Into::into),
    };
    newest(applied)
}

/// What was done.
#[derive(Debug, Default)]
pub struct Done {
    /// The migrations that were applied.
    pub applied: Vec<&'static str>,
    /// What was taken over.
    pub adopted: Adopted,
}

/// The same steps in either kind of transaction, whose lock is already held.
macro_rules! apply {
    ($tx:ident, $columns:expr, $dialect:ident, $progress:expr) => {{
        let history: Vec<(String,)> = sqlx::query_as($columns)
            .bind(HISTORY)
            .fetch_all(&mut *$tx)
            .await?;
        if history.is_empty() {
            for (table, wanted) in FIRST_SYSTEM {
                let found: Vec<(String,)> = sqlx::query_as($columns)
                    .bind(*table)
                    .fetch_all(&mut *$tx)
                    .await?;
                check_columns(&found, wanted)?;
            }
        }
        sqlx::raw_sql(CREATE_HISTORY).execute(&mut *$tx).await?;
        let done: Vec<(i64,)> = sqlx::query_as(APPLIED).fetch_all(&mut *$tx).await?;
        let newest = done.last().map_or(0, |(version,)| *version);
        let mut applied = Vec::new();
        for migration in MIGRATIONS.iter().filter(|m| m.version > newest) {
            sqlx::raw_sql(migration.$dialect).execute(&mut *$tx).await?;
            let record = sqlx::query(RECORD)
                .bind(migration.version)
                .bind(migration.name);
            record.execute(&mut *$tx).await?;
            applied.push(migration.name);
        }
        let adopted = adopt::$dialect(&mut *$tx, $progress).await?;
        $tx.commit().await?;
        Done { applied, adopted }
    }};
}

/// A table of that name must be the first system's, or not be there.
fn check_columns(found: &[(String,)], wanted: &[&str]) -> Result<(), MigrateError> {
    let has = |column: &&str| found.iter().any(|(name,)| name == column);
    if found.is_empty() || wanted.iter().all(has) {
        return Ok(());
    }
    Err(MigrateError::Foreign)
}

async fn apply_postgres(
    conn: &mut PgConnection,
    progress: Progress<'_>,
) -> Result<Done, MigrateError> {
    let mut tx = conn.begin().await?;
    // The transaction's own lock: given back whatever happens, and safe behind a
    // transaction pooler.
    sqlx::query(TAKE_LOCK).bind(LOCK).execute(&mut *tx).await?;
    Ok(apply!(tx, COLUMNS_POSTGRES, postgres, progress))
}

async fn migrate_sqlite(
    settings: &DatabaseSettings,
    progress: Progress<'_>,
) -> Result<Done, MigrateError> {
    let mut tries = 0;
    loop {
        match apply_sqlite(settings, &mut *progress).await {
            // Switching a new file to WAL needs it alone, and does not wait for
            // the busy timeout when two processes do it at once.
            Err(MigrateError::Store(StoreError::Unavailable(_))) if tries < SQLITE_TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            done => return done,
        }
    }
}

async fn apply_sqlite(
    settings: &DatabaseSettings,
    progress: Progress<'_>,
) -> Result<Done, MigrateError> {
    let mut conn = SqliteConnection::connect_with(&sqlite_options(&settings.url)?).await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let done = apply!(tx, COLUMNS_SQLITE, sqlite, progress);
    conn.close().await?;
    Ok(done)
}
