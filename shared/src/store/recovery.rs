//! What recovery, verification and changes of address read and change in `users`.
//!
//! Every change is a transaction's first statement: it locks the user's row, and
//! whoever changes the same user at the same moment waits there, in one order,
//! before any of their links and sessions is touched.

use super::db::{Db, Tx, read, statements, within};
use super::error::StoreError;
use super::users::UserColumns;
use crate::domain::email::{Email, LoginEmail};
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

statements! {
    FIND = "SELECT id AS user_id, email, name, image, email_verified, created_at, updated_at, \
            fields FROM users WHERE id = $1";
    // More spellings of one address than anybody left behind.
    FIND_OWNERS = "SELECT id AS user_id, email, name, image, email_verified, created_at, \
                   updated_at, fields FROM users WHERE email = $1 OR email_canonical = $2 \
                   ORDER BY CASE WHEN email = $1 THEN 0 ELSE 1 END, id LIMIT 20";
    // The casts give a parameter one type for both columns.
    IS_TAKEN = "SELECT id FROM users WHERE (email = CAST($1 AS text) \
                OR email_canonical = CAST($1 AS text)) AND id <> $2 LIMIT 1";
    SET_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4, \
                    updated_at = $4 WHERE id = $1 AND email = $2";
    SET_VERIFIED = "UPDATE users SET email_verified = TRUE, updated_at = $3 \
                    WHERE id = $1 AND email = $2";
    SET_EMAIL = "UPDATE users SET email = CAST($2 AS text), email_canonical = CAST($2 AS text), \
                 email_verified = TRUE, updated_at = $3 WHERE id = $1 AND NOT EXISTS \
                 (SELECT 1 FROM users AS o WHERE (o.email = CAST($2 AS text) \
                 OR o.email_canonical = CAST($2 AS text)) AND o.id <> $1)";
    LOCK = "UPDATE users SET updated_at = updated_at WHERE id = $1";
    DELETE = "DELETE FROM users WHERE id = $1";
}

/// A user.
pub async fn find(db: &Db, id: UserId) -> Result<Option<User>, StoreError> {
    let found: Option<UserColumns> = read!(db, conn => {
        sqlx::query_as(FIND).bind(id).fetch_optional(conn).await
    });
    Ok(found.map(User::from))
}

/// Everybody who may be meant by an address: the one whose address has exactly
/// these bytes, else all of that canonical form, since who typed it cannot be
/// known; each may be told at their own.
pub async fn find_owners(db: &Db, email: &LoginEmail) -> Result<Vec<User>, StoreError> {
    let found: Vec<UserColumns> = read!(db, conn => {
        sqlx::query_as(FIND_OWNERS)
            .bind(email.exact())
            .bind(email.canonical().as_str())
            .fetch_all(conn)
            .await
    });
    let mut users: Vec<User> = found.into_iter().map(User::from).collect();
    if users
        .first()
        .is_some_and(|user| user.email == email.exact())
    {
        users.truncate(1);
    }
    Ok(users)
}

/// Whether anybody but `user` has that address, in any spelling.
pub async fn is_taken(db: &Db, email: &Email, user: UserId) -> Result<bool, StoreError> {
    let found: Option<(UserId,)> = read!(db, conn => {
        sqlx::query_as(IS_TAKEN).bind(email.as_str()).bind(user).fetch_optional(conn).await
    });
    Ok(found.is_some())
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

/// Locks a user's row, so that what follows comes in the order of every other
/// change; `false` when there is none.
pub async fn lock(tx: &mut Tx, id: UserId) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(LOCK).bind(id).execute(conn).await?.rows_affected()
    });
    Ok(rows == 1)
}

/// Deletes a user, and with them their sessions and links.
pub async fn delete(tx: &mut Tx, id: UserId) -> Result<(), StoreError> {
    within!(tx, conn => sqlx::query(DELETE).bind(id).execute(conn).await.map(|_| ())?);
    Ok(())
}
