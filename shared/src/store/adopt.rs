//! Taking over what the first system left: its tokens are hashed, its addresses
//! get their canonical form. Runs inside the migration's transaction, and again
//! at each start for rows that it added meanwhile, should it still be running;
//! what is taken over once is never touched again.

use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::db::statements;
use super::error::StoreError;
use crate::domain::email::CanonicalEmail;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::token::TokenHash;

/// Rows worked on at a time: bounds the memory, whatever the table's size.
const BATCH: i64 = 5000;

/// Told how far the work is: what, done, of how many.
pub type Progress<'a> = &'a mut (dyn FnMut(&'static str, u64, u64) + Send);

/// How many rows were taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Users that got a canonical address.
    pub users: u64,
    /// Sessions whose token was hashed.
    pub sessions: u64,
}

statements! {
    USERS_LEFT = "SELECT COUNT(*) FROM users WHERE email_canonical IS NULL";
    SESSIONS_LEFT = "SELECT COUNT(*) FROM sessions WHERE token_kind = 'raw'";
    USERS_NEXT = "SELECT id, email FROM users WHERE email_canonical IS NULL LIMIT $1";
    SESSIONS_NEXT = "SELECT id, session_token FROM sessions WHERE token_kind = 'raw' LIMIT $1";
    SET_CANONICAL = "UPDATE users SET email_canonical = $2 WHERE id = $1";
    SET_TOKEN = "UPDATE sessions SET session_token = $2, token_kind = 'legacy' WHERE id = $1";
    // Two looks into empty indexes.
    ANY_LEFT = "SELECT EXISTS (SELECT 1 FROM users WHERE email_canonical IS NULL) \
    OR EXISTS (SELECT 1 FROM sessions WHERE token_kind = 'raw')";
}

/// Statements that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&str] = &[SET_CANONICALS, SET_TOKENS];
// Postgres can do both by the thousand. `convert_to`, not `::bytea`, which reads
// backslashes as escapes.
const SET_CANONICALS: &str = "UPDATE users SET email_canonical = new.canonical \
    FROM unnest($1::uuid[], $2::text[]) AS new (id, canonical) WHERE users.id = new.id";
const SET_TOKENS: &str = "UPDATE sessions SET token_kind = 'legacy', \
    session_token = encode(sha256(convert_to(session_token, 'UTF8')), 'hex') \
    WHERE token_kind = 'raw'";

/// On Postgres.
pub async fn postgres(
    conn: &mut PgConnection,
    progress: Progress<'_>,
) -> Result<Adopted, StoreError> {
    let (total,): (i64,) = sqlx::query_as(USERS_LEFT).fetch_one(&mut *conn).await?;
    let mut done = 0;
    loop {
        let batch: Vec<(Uuid, String)> = sqlx::query_as(USERS_NEXT)
            .bind(BATCH)
            .fetch_all(&mut *conn)
            .await?;
        if batch.is_empty() {
            break;
        }
        done += batch.len();
        let (ids, emails): (Vec<Uuid>, Vec<String>) = batch.into_iter().unzip();
        let canonical: Vec<String> = emails.iter().map(|email| canonical(email)).collect();
        sqlx::query(SET_CANONICALS)
            .bind(ids)
            .bind(canonical)
            .execute(&mut *conn)
            .await?;
        progress("users", count(done), unsigned(total));
    }
    let sessions = sqlx::query(SET_TOKENS)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    progress("sessions", sessions, sessions);
    Ok(Adopted {
        users: count(done),
        sessions,
    })
}

/// On SQLite, which has no SHA-256 of its own.
pub async fn sqlite(
    conn: &mut SqliteConnection,
    progress: Progress<'_>,
) -> Result<Adopted, StoreError> {
    let (total,): (i64,) = sqlx::query_as(USERS_LEFT).fetch_one(&mut *conn).await?;
    let mut adopted = Adopted::default();
    loop {
        let batch: Vec<(UserId, String)> = sqlx::query_as(USERS_NEXT)
            .bind(BATCH)
            .fetch_all(&mut *conn)
            .await?;
        if batch.is_empty() {
            break;
        }
        for (id, email) in &batch {
            sqlx::query(SET_CANONICAL)
                .bind(*id)
                .bind(canonical(email))
                .execute(&mut *conn)
                .await?;
        }
        adopted.users += count(batch.len());
        progress("users", adopted.users, unsigned(total));
    }
    let (total,): (i64,) = sqlx::query_as(SESSIONS_LEFT).fetch_one(&mut *conn).await?;
    loop {
        let batch: Vec<(SessionId, String)> = sqlx::query_as(SESSIONS_NEXT)
            .bind(BATCH)
            .fetch_all(&mut *conn)
            .await?;
        if batch.is_empty() {
            break;
        }
        for (id, token) in &batch {
            let hash = TokenHash::of(token);
            sqlx::query(SET_TOKEN)
                .bind(*id)
                .bind(hash)
                .execute(&mut *conn)
                .await?;
        }
        adopted.sessions += count(batch.len());
        progress("sessions", adopted.sessions, unsigned(total));
    }
    Ok(adopted)
}

fn canonical(email: &str) -> String {
    CanonicalEmail::of(email).as_str().to_owned()
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// A count as it is: never negative.
pub(super) fn unsigned(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}
