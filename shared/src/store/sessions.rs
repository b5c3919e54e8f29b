//! The table `sessions`. It has the SHA-256 of each token, never the token.

use super::db::{Db, Pool, Tx, on, read, row, statements, within};
use super::error::StoreError;
use super::users::Account;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::session::Session;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenHash;

/// Rows deleted by one sweep, so that it never holds a lock for long.
const SWEEP_BATCH: i64 = 1000;

macro_rules! insert_for {
    ($lock:literal) => {
        concat!(
            "INSERT INTO sessions (id, user_id, session_token, expires_at, created_at, \
             updated_at, token_kind, remember, ip_address, user_agent) \
             SELECT $1, u.id, $3, $4, $5, $5, 'own', $6, $7, $8 FROM users AS u \
             WHERE u.id = $2 AND u.email = $9 AND u.password_hash = $10",
            $lock
        )
    };
}

statements! {
    IS_LIVE = "SELECT id FROM sessions WHERE id = $1 AND expires_at > $2";
    ANY_LEGACY = "SELECT id FROM sessions WHERE token_kind = 'legacy' AND expires_at > $1 LIMIT 1";
    LIST_LIVE = "SELECT id AS session_id, user_id, expires_at, created_at AS session_created_at, \
                 COALESCE(updated_at, created_at) AS session_updated_at, remember, ip_address, \
                 user_agent FROM sessions WHERE user_id = $1 AND expires_at > $2 \
                 ORDER BY created_at DESC, id DESC LIMIT 500";
    INSERT = "INSERT INTO sessions (id, user_id, session_token, expires_at, created_at, \
              updated_at, token_kind, remember, ip_address, user_agent) \
              VALUES ($1, $2, $3, $4, $5, $5, 'own', $6, $7, $8)";
    // Only a live one: a session revoked a moment ago must not come back.
    EXTEND = "UPDATE sessions SET expires_at = $2, updated_at = $3 \
              WHERE id = $1 AND expires_at > $3";
    DELETE_BY_TOKEN = "DELETE FROM sessions WHERE session_token = $1";
    DELETE_OF_USER = "DELETE FROM sessions WHERE session_token = $1 AND user_id = $2 RETURNING id";
    DELETE_ONE = "DELETE FROM sessions WHERE id = $1 AND user_id = $2";
    DELETE_ALL = "DELETE FROM sessions WHERE user_id = $1";
    DELETE_OTHERS = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2";
    SWEEP = "DELETE FROM sessions WHERE id IN \
             (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
}

/// Statements that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&str] = &[INSERT_FOR_POSTGRES];
// A change of the password or the address under way is waited for, and what it has
// made of the row is what counts; one that begins now waits for this, and finds the
// session to end. Without the lock READ COMMITTED would see the row of before.
const INSERT_FOR_POSTGRES: &str = insert_for!(" FOR SHARE OF u");

/// Statements that only SQLite knows.
pub const SQLITE_STATEMENTS: &[&str] = &[INSERT_FOR_SQLITE];
// One writer at a time.
const INSERT_FOR_SQLITE: &str = insert_for!("");

row! {
    /// A session's columns.
    pub(super) struct SessionRow {
        session_id: SessionId,
        user_id: UserId,
        expires_at: Timestamp,
        session_created_at: Timestamp,
        session_updated_at: Timestamp,
        remember: bool,
        ip_address: Option<String>,
        user_agent: Option<String>,
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.session_id,
            user_id: row.user_id,
            expires_at: row.expires_at,
            created_at: row.session_created_at,
            updated_at: row.session_updated_at,
            remember: row.remember,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
        }
    }
}

/// Whether any session that was taken over is live at `now`.
pub async fn any_legacy(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let found: Option<(SessionId,)> = read!(db, conn => {
        sqlx::query_as(ANY_LEGACY).bind(now).fetch_optional(conn).await
    });
    Ok(found.is_some())
}

/// A user's sessions that are live at `now`, oldest first; the newest 500.
pub async fn list_live(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let found: Vec<SessionRow> = read!(db, conn => {
        sqlx::query_as(LIST_LIVE).bind(user).bind(now).fetch_all(conn).await
    });
    Ok(found.into_iter().rev().map(Session::from).collect())
}

macro_rules! bound {
    ($insert:expr, $token:expr, $new:expr) => {
        $insert
            .bind($new.id)
            .bind($new.user_id)
            .bind($token)
            .bind($new.expires_at)
            .bind($new.created_at)
            .bind($new.remember)
            .bind($new.ip_address.as_deref())
            .bind($new.user_agent.as_deref())
    };
}

/// Adds a session within a transaction.
pub async fn insert_within(tx: &mut Tx, token: TokenHash, new: &Session) -> Result<(), StoreError> {
    within!(tx, conn => bound!(sqlx::query(INSERT), token, new).execute(conn).await.map(|_| ())?);
    Ok(())
}

/// Adds a session of somebody who has shown the password of `account`; `false` when
/// that password or its address is another by now.
pub async fn insert_for(
    db: &Db,
    account: &Account,
    token: TokenHash,
    new: &Session,
) -> Result<bool, StoreError> {
    let (email, hash) = (&account.user.email, &account.password_hash);
    let rows = match db.pool().await? {
        Pool::Postgres(pool) => bound!(sqlx::query(INSERT_FOR_POSTGRES), token, new)
            .bind(email)
            .bind(hash)
            .execute(pool)
            .await?
            .rows_affected(),
        Pool::Sqlite(pool) => bound!(sqlx::query(INSERT_FOR_SQLITE), token, new)
            .bind(email)
            .bind(hash)
            .execute(pool)
            .await?
            .rows_affected(),
    };
    Ok(rows == 1)
}

/// Whether a session is live at `now`, within a transaction.
pub async fn is_live_within(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found: Option<(SessionId,)> = within!(tx, conn => {
        sqlx::query_as(IS_LIVE).bind(id).bind(now).fetch_optional(conn).await?
    });
    Ok(found.is_some())
}

/// Lets a session that is live at `now` end at `expires_at`; `false` when it is
/// gone.
pub async fn extend(
    db: &Db,
    id: SessionId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(EXTEND).bind(id).bind(expires_at).bind(now).execute(pool).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Ends the session of a token, if there is one.
pub async fn delete_by_token(db: &Db, token: TokenHash) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(DELETE_BY_TOKEN).bind(token).execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}

/// Ends the session of a token, if it is this user's; which one it was.
pub async fn delete_of_user(
    db: &Db,
    user: UserId,
    token: TokenHash,
) -> Result<Option<SessionId>, StoreError> {
    let ended: Option<(SessionId,)> = on!(db, pool => {
        sqlx::query_as(DELETE_OF_USER).bind(token).bind(user).fetch_optional(pool).await?
    });
    Ok(ended.map(|(id,)| id))
}

/// Ends one session of a user; someone else's is left alone.
pub async fn delete_one(db: &Db, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(DELETE_ONE).bind(id).bind(user).execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}

/// Ends all sessions of a user; how many there were.
pub async fn delete_all(db: &Db, user: UserId) -> Result<u64, StoreError> {
    Ok(on!(db, pool => {
        sqlx::query(DELETE_ALL).bind(user).execute(pool).await?.rows_affected()
    }))
}

/// Ends all sessions of a user but one; how many there were.
pub async fn delete_others(db: &Db, user: UserId, keep: SessionId) -> Result<u64, StoreError> {
    Ok(on!(db, pool => {
        sqlx::query(DELETE_OTHERS).bind(user).bind(keep).execute(pool).await?.rows_affected()
    }))
}

/// Ends all sessions of a user within a transaction, but for `keep`; how many
/// there were.
pub async fn delete_within(
    tx: &mut Tx,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<u64, StoreError> {
    let rows = within!(tx, conn => match keep {
        Some(keep) => sqlx::query(DELETE_OTHERS).bind(user).bind(keep).execute(conn).await?,
        None => sqlx::query(DELETE_ALL).bind(user).execute(conn).await?,
    }.rows_affected());
    Ok(rows)
}

/// Deletes sessions that had ended at `now`, a batch at most; whether the batch
/// was full.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(SWEEP).bind(now).bind(SWEEP_BATCH).execute(pool).await?.rows_affected()
    });
    Ok(i64::try_from(rows).is_ok_and(|rows| rows >= SWEEP_BATCH))
}
