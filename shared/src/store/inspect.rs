//! Questions about the database itself, for `/health?deep=1`.

use super::db::{Db, Pool, statements};
use super::error::StoreError;
use crate::domain::timestamp::Timestamp;

statements! {
    PING = "SELECT 1";
}

/// Statements that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&str] = &[CLOCK, PREPARED];
const CLOCK: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)";
const PREPARED: &str = "SELECT name FROM pg_prepared_statements";

/// What stands between us and Postgres, judged by the names that our prepared
/// statements have over there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooler {
    /// The database is a file.
    NotPostgres,
    /// Our own names: a direct connection, or a pooler that keeps sessions.
    None,
    /// A transaction pooler that tracks prepared statements: all is well.
    Tracking,
    /// A pooler that loses them: statements will fail or, worse, be swapped.
    Losing,
}

/// Whether the database answers, whatever its schema.
pub async fn ping(db: &Db) -> Result<(), StoreError> {
    match db.ungated() {
        Pool::Postgres(pool) => sqlx::query(PING).execute(pool).await.map(|_| ())?,
        Pool::Sqlite(pool) => sqlx::query(PING).execute(pool).await.map(|_| ())?,
    }
    Ok(())
}

/// The database's clock; `None` for SQLite, which has ours.
pub async fn clock(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    let Pool::Postgres(pool) = db.ungated() else {
        return Ok(None);
    };
    let (ms,): (i64,) = sqlx::query_as(CLOCK).fetch_one(pool).await?;
    Ok(Some(Timestamp::from_millis(ms)))
}

/// Looks at our own prepared statements from inside a transaction, where a
/// transaction pooler must leave us on one server connection.
pub async fn pooler(db: &Db) -> Result<Pooler, StoreError> {
    let Pool::Postgres(pool) = db.ungated() else {
        return Ok(Pooler::NotPostgres);
    };
    let mut tx = pool.begin().await?;
    let names: Vec<(String,)> = sqlx::query_as(PREPARED).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let any = |prefix: &str| names.iter().any(|(name,)| name.starts_with(prefix));
    Ok(if any("PGBOUNCER_") {
        Pooler::Tracking
    } else if any("sqlx_s_") {
        Pooler::None
    } else {
        Pooler::Losing
    })
}
