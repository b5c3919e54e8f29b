//! The table `one_time_tokens`. It has the SHA-256 of each token, never the token.

use super::db::{Db, Tx, on, read, row, statements, within};
use super::error::StoreError;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::one_time::Purpose;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenHash;

/// Rows deleted by one sweep.
const SWEEP_BATCH: i64 = 1000;

/// What a link is for.
pub struct NewToken<'a> {
    /// The hash of its secret.
    pub hash: TokenHash,
    /// What it does.
    pub purpose: Purpose,
    /// For whom.
    pub user_id: UserId,
    /// The address that it is about.
    pub email: Option<&'a str>,
    /// The session that asked for it.
    pub session_id: Option<SessionId>,
    /// Now.
    pub at: Timestamp,
}

row! {
    /// A token that was found.
    pub struct Found {
        /// Whose it is.
        user_id: UserId,
        /// The address that it is about.
        email: Option<String>,
        /// The session that asked for it.
        session_id: Option<SessionId>,
        /// When it was marked as used.
        used_at: Option<Timestamp>,
    }
}

statements! {
    // The newer one takes the older one's place, used or not; also where the older one
    // comes later, since what asked for it was held up.
    PUT = "INSERT INTO one_time_tokens (token_hash, purpose, user_id, email, session_id, \
           created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
           ON CONFLICT (user_id, purpose) DO UPDATE SET token_hash = excluded.token_hash, \
           email = excluded.email, session_id = excluded.session_id, \
           created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = NULL \
           WHERE one_time_tokens.created_at <= excluded.created_at";
    FIND = "SELECT user_id, email, session_id, used_at FROM one_time_tokens \
            WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3";
    LOOK_UP = "SELECT purpose, expires_at FROM one_time_tokens WHERE token_hash = $1";
    // The row's lock makes it one use, however many ask at once.
    TAKE = "DELETE FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2 \
            AND expires_at > $3 RETURNING user_id, email, session_id, used_at";
    MARK_USED = "UPDATE one_time_tokens SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 \
                 AND expires_at > $3 AND used_at IS NULL \
                 RETURNING user_id, email, session_id, used_at";
    // One that verifies an address does no more than that, and is good for no other.
    VOID = "DELETE FROM one_time_tokens WHERE user_id = $1 AND used_at IS NULL \
            AND purpose <> 'verify-email'";
    VOID_OF_ENDED = "DELETE FROM one_time_tokens WHERE user_id = $1 AND used_at IS NULL \
                     AND session_id IS NOT NULL AND NOT EXISTS \
                     (SELECT 1 FROM sessions AS s WHERE s.id = one_time_tokens.session_id)";
    SWEEP = "DELETE FROM one_time_tokens WHERE token_hash IN \
             (SELECT token_hash FROM one_time_tokens WHERE expires_at <= $1 \
             ORDER BY expires_at LIMIT $2)";
}

/// Keeps a token, in the place of the user's last one of that purpose; `false` if there
/// is a newer one already, which stays.
pub async fn put(db: &Db, new: &NewToken<'_>) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(PUT)
            .bind(new.hash)
            .bind(new.purpose.as_str())
            .bind(new.user_id)
            .bind(new.email)
            .bind(new.session_id)
            .bind(new.at)
            .bind(new.at.plus(new.purpose.lifetime()))
            .execute(pool)
            .await?
            .rows_affected()
    });
    Ok(rows > 0)
}

/// A token that works at `now`, used before or not; it is not touched.
pub async fn find(
    db: &Db,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    Ok(read!(db, conn => {
        sqlx::query_as(FIND).bind(hash).bind(purpose.as_str()).bind(now).fetch_optional(conn).await
    }))
}

/// What a token is for and until when, whether it still works or not; known only
/// until it is swept.
pub async fn look_up(db: &Db, hash: TokenHash) -> Result<Option<(Purpose, Timestamp)>, StoreError> {
    let found: Option<(String, Timestamp)> = read!(db, conn => {
        sqlx::query_as(LOOK_UP).bind(hash).fetch_optional(conn).await
    });
    Ok(found.and_then(|(purpose, expires_at)| Some((Purpose::parse(&purpose)?, expires_at))))
}

/// The same as [`find`] within a transaction.
pub async fn find_within(
    tx: &mut Tx,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    Ok(within!(tx, conn => {
        sqlx::query_as(FIND).bind(hash).bind(purpose.as_str()).bind(now).fetch_optional(conn).await?
    }))
}

/// Uses a token up: of all who try at once, one gets it.
pub async fn take(
    tx: &mut Tx,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    Ok(within!(tx, conn => {
        sqlx::query_as(TAKE).bind(hash).bind(purpose.as_str()).bind(now).fetch_optional(conn).await?
    }))
}

/// Marks a token as used, so that [`find`] goes on finding it; `None` when it was
/// used before, or is none.
pub async fn mark_used(
    tx: &mut Tx,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    Ok(within!(tx, conn => {
        sqlx::query_as(MARK_USED)
            .bind(hash)
            .bind(purpose.as_str())
            .bind(now)
            .fetch_optional(conn)
            .await?
    }))
}

/// Voids every link of a user that was not used yet and opens anything: after their
/// address or password changed, mails of before must not. One that only proves an
/// address goes on doing so, as long as it is the user's.
pub async fn void(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    within!(tx, conn => sqlx::query(VOID).bind(user).execute(conn).await.map(|_| ())?);
    Ok(())
}

/// Voids what a user's sessions asked for that have ended since: whoever was thrown out
/// of an account must not get its address by a link that they asked for before.
pub async fn void_of_ended(db: &Db, user: UserId) -> Result<(), StoreError> {
    on!(db, pool => {
        sqlx::query(VOID_OF_ENDED).bind(user).execute(pool).await?;
    });
    Ok(())
}

/// Deletes tokens that had expired at `now`, a batch at most; whether the batch
/// was full.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(SWEEP).bind(now).bind(SWEEP_BATCH).execute(pool).await?.rows_affected()
    });
    Ok(i64::try_from(rows).is_ok_and(|rows| rows >= SWEEP_BATCH))
}
