//! Of many sessions, those that live: one query, however many. Each database has its
//! own way to read a list out of one parameter.

use super::db::{Db, Pool};
use super::error::StoreError;
use crate::domain::ids::SessionId;
use crate::domain::timestamp::Timestamp;

/// Statements that only Postgres knows.
pub(super) const POSTGRES_STATEMENTS: &[&str] = &[LIVE_AMONG_FOR_POSTGRES];
const LIVE_AMONG_FOR_POSTGRES: &str = "SELECT id FROM sessions WHERE expires_at > $2 AND id IN \
     (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";

/// Statements that only SQLite knows.
pub(super) const SQLITE_STATEMENTS: &[&str] = &[LIVE_AMONG_FOR_SQLITE];
const LIVE_AMONG_FOR_SQLITE: &str =
    "SELECT id FROM sessions WHERE expires_at > $2 AND id IN (SELECT value FROM json_each($1))";

/// Those of `ids` that are live at `now`.
pub async fn live_among(
    db: &Db,
    ids: &[SessionId],
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    // Written as SQLite keeps them; Postgres reads a UUID in any form.
    let list: Vec<String> = ids
        .iter()
        .map(|id| format!("\"{}\"", id.uuid().simple()))
        .collect();
    let list = format!("[{}]", list.join(","));
    let found: Vec<(SessionId,)> = match db.pool().await? {
        Pool::Postgres(pool) => {
            sqlx::query_as(LIVE_AMONG_FOR_POSTGRES)
                .bind(list)
                .bind(now)
                .fetch_all(pool)
                .await?
        }
        Pool::Sqlite(pool) => {
            sqlx::query_as(LIVE_AMONG_FOR_SQLITE)
                .bind(list)
                .bind(now)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(found.into_iter().map(|(id,)| id).collect())
}
