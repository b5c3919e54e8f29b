//! The table `users`: what becomes of those who are there.
//!
//! Within a transaction a change is the first statement: it locks the user's row, and
//! whoever changes the same user at the same moment waits there, in one order, before
//! any of their links and sessions is touched.

use super::db::{Db, Tx, on, statements, within};
use super::error::StoreError;
use crate::domain::email::Email;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;

/// What a user changes about themself; what is `None` stays.
pub struct ProfileChange {
    /// What to call them.
    pub name: Option<String>,
    /// A URL of a picture, or that there is none any more.
    pub image: Option<Picture>,
}

/// A user's picture.
pub enum Picture {
    /// None.
    None,
    /// Its URL, as the user gave it.
    At(String),
}

statements! {
    // Only over the hash that was verified: a password changed meanwhile wins.
    REPLACE_HASH = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    // The same: of two who change it at once, one does. As in the reference, a new
    // password is no change of what the user says about themself: `updated_at` stays.
    CHANGE_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4 \
                       WHERE id = $1 AND password_hash = $2";
    // Whatever the password was: who sets it has forgotten it.
    SET_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4 \
                    WHERE id = $1 AND email = $2";
    SET_VERIFIED = "UPDATE users SET email_verified = TRUE, updated_at = $3 \
                    WHERE id = $1 AND email = $2";
    SET_EMAIL = "UPDATE users SET email = CAST($2 AS text), email_canonical = CAST($2 AS text), \
                 email_verified = TRUE, updated_at = $3 WHERE id = $1 AND NOT EXISTS \
                 (SELECT 1 FROM users AS o WHERE (o.email = CAST($2 AS text) \
                 OR o.email_canonical = CAST($2 AS text)) AND o.id <> $1)";
    UPDATE_PROFILE = "UPDATE users SET name = COALESCE($2, name), \
                      image = CASE WHEN $3 THEN $4 ELSE image END, updated_at = $5 WHERE id = $1";
    LOCK = "UPDATE users SET updated_at = updated_at WHERE id = $1";
    // Sessions and links go with it: both tables cascade.
    DELETE = "DELETE FROM users WHERE id = $1";
    DELETE_WITH_PASSWORD = "DELETE FROM users WHERE id = $1 AND password_hash = $2";
}

/// Puts the hash `new` in the place of `old`, of the same password; `false` when `old`
/// is not there any more.
pub async fn replace_hash(db: &Db, id: UserId, old: &str, new: &str) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(REPLACE_HASH).bind(id).bind(old).bind(new).execute(pool).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Puts the hash `new` in the place of `old`, as the user's own wish; `false` when
/// `old` is not there any more.
pub async fn change_password(
    tx: &mut Tx,
    id: UserId,
    old: &str,
    new: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(CHANGE_PASSWORD)
            .bind(id)
            .bind(old)
            .bind(new)
            .bind(at)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

/// Sets the password of a user whose address is still `email`; `false` when there
/// is none.
pub async fn set_password(
    tx: &mut Tx,
    (id, email): (UserId, &str),
    hash: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(SET_PASSWORD).bind(id).bind(email).bind(hash).bind(at).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Marks the address of a user as verified, if it is still `email`; `false` when
/// it is not.
pub async fn set_verified(
    tx: &mut Tx,
    (id, email): (UserId, &str),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(SET_VERIFIED).bind(id).bind(email).bind(at).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Gives a user another, verified address; `false` when somebody else has it. The
/// transaction can then only be dropped.
pub async fn set_email(
    tx: &mut Tx,
    id: UserId,
    email: &Email,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let done = within!(tx, conn => {
        sqlx::query(SET_EMAIL).bind(id).bind(email.as_str()).bind(at).execute(conn).await.map(|done| done.rows_affected())
    });
    match done {
        Ok(rows) => Ok(rows == 1),
        // Somebody took it at the same moment.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Changes what a user says about themself; `false` when there is no such user.
pub async fn update_profile(
    tx: &mut Tx,
    id: UserId,
    change: &ProfileChange,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let url = match &change.image {
        Some(Picture::At(url)) => Some(url.as_str()),
        Some(Picture::None) | None => None,
    };
    let rows = within!(tx, conn => {
        sqlx::query(UPDATE_PROFILE)
            .bind(id)
            .bind(change.name.as_deref())
            .bind(change.image.is_some())
            .bind(url)
            .bind(at)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

/// Locks a user's row, so that what follows comes in the order of every other
/// change; `false` when there is none.
pub async fn lock(tx: &mut Tx, id: UserId) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(LOCK).bind(id).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Deletes a user, and with them their sessions and links; `false` when there is none.
pub async fn delete(tx: &mut Tx, id: UserId) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(DELETE).bind(id).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// The same if the hash of their password is still `hash`; `false` when it is not.
pub async fn delete_with_password(tx: &mut Tx, id: UserId, hash: &str) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(DELETE_WITH_PASSWORD).bind(id).bind(hash).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}
