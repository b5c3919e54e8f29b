//! The table `signing_keys`. It has the private halves sealed, never open.

use super::db::{Db, on, read, row, statements};
use super::error::StoreError;
use crate::domain::timestamp::Timestamp;

row! {
    /// A key as it is kept.
    pub struct Stored {
        /// Names the key.
        kid: String,
        /// Counts the keys of its algorithm.
        serial: i64,
        /// The public half as JSON.
        public_jwk: String,
        /// The private half, sealed.
        private_key: String,
        /// When it was made.
        created_at: Timestamp,
    }
}

/// A key to keep.
pub struct NewKey<'a> {
    /// Its algorithm.
    pub alg: &'a str,
    /// All else.
    pub key: &'a Stored,
}

statements! {
    ALL = "SELECT kid, serial, public_jwk, private_key, created_at FROM signing_keys \
           ORDER BY created_at, kid";
    // Of all who make the next key at once, one keeps theirs.
    ADD = "INSERT INTO signing_keys (kid, alg, serial, public_jwk, private_key, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (alg, serial) DO NOTHING";
    RESEAL = "UPDATE signing_keys SET private_key = $3 WHERE kid = $1 AND private_key = $2";
    // Those that a later one, made at $1 or before, has followed: the rule of
    // `crypto::jwt::KeySet`.
    SWEEP = "DELETE FROM signing_keys WHERE EXISTS (SELECT 1 FROM signing_keys AS later \
             WHERE later.created_at <= $1 AND ((later.alg = signing_keys.alg \
             AND later.serial > signing_keys.serial) OR (later.alg <> signing_keys.alg \
             AND later.created_at > signing_keys.created_at)))";
}

/// All keys, oldest first.
pub async fn all(db: &Db) -> Result<Vec<Stored>, StoreError> {
    Ok(read!(db, conn => sqlx::query_as(ALL).fetch_all(conn).await))
}

/// Keeps a key, unless its algorithm has one of that serial; whether it was kept.
pub async fn add(db: &Db, new: &NewKey<'_>) -> Result<bool, StoreError> {
    let added = on!(db, pool => {
        sqlx::query(ADD)
            .bind(&new.key.kid)
            .bind(new.alg)
            .bind(new.key.serial)
            .bind(&new.key.public_jwk)
            .bind(&new.key.private_key)
            .bind(new.key.created_at)
            .execute(pool)
            .await?
            .rows_affected()
    });
    Ok(added > 0)
}

/// Puts a new seal in the place of the old, unless somebody else has done so.
pub async fn reseal(db: &Db, kid: &str, old: &str, new: &str) -> Result<(), StoreError> {
    on!(db, pool => {
        sqlx::query(RESEAL).bind(kid).bind(old).bind(new).execute(pool).await?;
    });
    Ok(())
}

/// Deletes the keys that a later one, made at `followed_by` or before, has followed.
pub async fn sweep(db: &Db, followed_by: Timestamp) -> Result<(), StoreError> {
    on!(db, pool => {
        sqlx::query(SWEEP).bind(followed_by).execute(pool).await?;
    });
    Ok(())
}
