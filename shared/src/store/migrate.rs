//! Migrations: numbered SQL files, the same numbers for both databases, applied
//! in one transaction under one lock.
//!
//! sqlx's own migrator takes a session's advisory lock, which a transaction
//! pooler and a failed migration both lose track of, and locks nothing on
//! SQLite; so the lock here is the transaction's own.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use super::connect::{postgres_options, sqlite_options};
use super::db::{Db, Pool};
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
pub const MIGRATIONS: &[Migration] = &[migration!(1, "core", "0001_core.sql")];

/// The schema version that this program needs.
pub const NEEDED: i64 = 1;

/// "doorkey" in ASCII, as a lock's number.
const LOCK: i64 = 0x0064_6f6f_726b_6579;
const SQLITE_TRIES: u32 = 20;

const TAKE_LOCK: &str = "SELECT pg_advisory_xact_lock($1)";
const CREATE_HISTORY: &str = "CREATE TABLE IF NOT EXISTS doorkey_migrations \
    (version bigint PRIMARY KEY, name text NOT NULL)";
const APPLIED: &str = "SELECT version FROM doorkey_migrations ORDER BY version";
const RECORD: &str = "INSERT INTO doorkey_migrations (version, name) VALUES ($1, $2)";
const FOREIGN_POSTGRES: &str = "SELECT COALESCE(to_regclass('users'), to_regclass('sessions')) \
    IS NOT NULL AND to_regclass('doorkey_migrations') IS NULL";
const FOREIGN_SQLITE: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name IN ('users', 'sessions')) \
    AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'doorkey_migrations')";

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
    /// There is a `users` or `sessions` table that is not ours.
    #[error(
        "this database has a table `users` or `sessions` that Doorkey did not make; it was left untouched. \
         Use an empty database or schema"
    )]
    Foreign,
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Brings the schema up to date on a connection of its own; the names of what
/// was applied. Safe to run from many processes at once, and to run again.
pub async fn migrate(settings: &DatabaseSettings) -> Result<Vec<&'static str>, MigrateError> {
    if settings.url.is_sqlite() {
        return migrate_sqlite(settings).await;
    }
    let url = match &settings.unpooled {
        Some(direct) => direct,
        None if settings.looks_pooled => return Err(MigrateError::OnlyPooled),
        None => &settings.url,
    };
    let mut conn = PgConnection::connect_with(&postgres_options(url)?).await?;
    let applied = apply_postgres(&mut conn).await?;
    conn.close().await?;
    Ok(applied)
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
    match applied {
        Ok(rows) => Ok(rows.last().map_or(0, |(version,)| *version)),
        Err(StoreError::SchemaOutdated) => Ok(0),
        Err(other) => Err(other),
    }
}

/// The same steps in either kind of transaction, whose lock is already held.
macro_rules! apply {
    ($tx:ident, $foreign:expr, $dialect:ident) => {{
        let (foreign,): (bool,) = sqlx::query_as($foreign).fetch_one(&mut *$tx).await?;
        if foreign {
            return Err(MigrateError::Foreign);
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
        $tx.commit().await?;
        applied
    }};
}

async fn apply_postgres(conn: &mut PgConnection) -> Result<Vec<&'static str>, MigrateError> {
    let mut tx = conn.begin().await?;
    // The transaction's own lock: given back whatever happens, and safe behind a
    // transaction pooler.
    sqlx::query(TAKE_LOCK).bind(LOCK).execute(&mut *tx).await?;
    Ok(apply!(tx, FOREIGN_POSTGRES, postgres))
}

async fn migrate_sqlite(settings: &DatabaseSettings) -> Result<Vec<&'static str>, MigrateError> {
    let mut tries = 0;
    loop {
        match apply_sqlite(settings).await {
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

async fn apply_sqlite(settings: &DatabaseSettings) -> Result<Vec<&'static str>, MigrateError> {
    let mut conn = SqliteConnection::connect_with(&sqlite_options(&settings.url)?).await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let applied = apply!(tx, FOREIGN_SQLITE, sqlite);
    conn.close().await?;
    Ok(applied)
}
