//! The table `users`.

use super::db::{Both, Db, Tx, on, read, row, statements, within};
use super::error::StoreError;
use crate::domain::email::{Email, LoginEmail};
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::domain::user_fields::UserFields;

/// A user and the hash of their password.
pub struct Account {
    /// The user.
    pub user: User,
    /// As stored; may be of another program, disabled or broken.
    pub password_hash: String,
}

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

/// What a new account is made of.
pub struct NewAccount<'a> {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: &'a Email,
    /// What to call the user.
    pub name: &'a str,
    /// A URL of a picture.
    pub image: Option<&'a str>,
    /// What the operator's own fields hold.
    pub fields: &'a UserFields,
    /// A PHC string.
    pub password_hash: &'a str,
    /// Now.
    pub at: Timestamp,
}

statements! {
    // Two at most of each kind matter: one exact match, and whether the
    // canonical match is the only one.
    FIND = "SELECT id AS user_id, email, name, image, email_verified, created_at, updated_at, fields, \
            password_hash FROM users WHERE email = $1 OR email_canonical = $2 \
            ORDER BY CASE WHEN email = $1 THEN 0 ELSE 1 END LIMIT 3";
    // The address may stand in another spelling, left by the first system: the
    // unique index on `email` cannot see that. The cast gives `$2` one type for
    // both columns, without which Postgres cannot prepare it.
    INSERT = "INSERT INTO users (id, email, email_canonical, name, image, email_verified, \
              password_hash, created_at, updated_at, fields) \
              SELECT $1, CAST($2 AS text), $2, $3, $4, FALSE, $5, $6, $6, $7 \
              WHERE NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = $2) \
              ON CONFLICT (email) DO NOTHING";
    IS_TAKEN = "SELECT id FROM users WHERE email = $1 OR email_canonical = $1 LIMIT 1";
    // Only over the hash that was verified: a password changed meanwhile wins.
    REPLACE_HASH = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    FIND_PASSWORD = "SELECT password_hash, password_changed_at FROM users WHERE id = $1";
    // The same: of two who change it at once, one does.
    CHANGE_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4 \
                       WHERE id = $1 AND password_hash = $2";
    UPDATE_PROFILE = "UPDATE users SET name = COALESCE($2, name), \
                      image = CASE WHEN $3 THEN $4 ELSE image END, updated_at = $5 WHERE id = $1";
    // Sessions and links go with it: both tables cascade.
    DELETE = "DELETE FROM users WHERE id = $1";
}

row! {
    /// A user's columns, their id under the name that a session has for it.
    pub(super) struct UserColumns {
        user_id: UserId,
        email: String,
        name: String,
        image: Option<String>,
        email_verified: bool,
        created_at: Timestamp,
        updated_at: Timestamp,
        fields: String,
    }
}

row! {
    /// A user's password.
    pub struct StoredPassword {
        /// As stored; may be of another program, disabled or broken.
        password_hash: String,
        /// When it was last changed; none since the account was made.
        password_changed_at: Option<Timestamp>,
    }
}

row! {
    struct HashColumn {
        password_hash: String,
    }
}

impl From<UserColumns> for User {
    fn from(row: UserColumns) -> Self {
        Self {
            id: row.user_id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.created_at,
            updated_at: row.updated_at,
            fields: UserFields::from_stored(row.fields),
        }
    }
}

/// A user and the hash of their password.
type AccountRow = Both<UserColumns, HashColumn>;

impl From<AccountRow> for Account {
    fn from(Both(user, hash): AccountRow) -> Self {
        Self {
            user: user.into(),
            password_hash: hash.password_hash,
        }
    }
}

/// The account that signs in as `email`: the one with exactly these bytes, else
/// the only one of that canonical form. Several and none exact: nobody, since
/// they are different people.
pub async fn find_for_sign_in(db: &Db, email: &LoginEmail) -> Result<Option<Account>, StoreError> {
    let mut found: Vec<AccountRow> = read!(db, conn => {
        sqlx::query_as(FIND)
            .bind(email.exact())
            .bind(email.canonical().as_str())
            .fetch_all(conn)
            .await
    });
    let exact = found
        .iter()
        .position(|Both(user, _)| user.email == email.exact());
    Ok(match (exact, found.len()) {
        (Some(at), _) => Some(found.swap_remove(at)),
        (None, 1) => found.pop(),
        (None, _) => None,
    }
    .map(Account::from))
}

/// Whether some account has that address, in any spelling.
pub async fn is_taken(db: &Db, email: &Email) -> Result<bool, StoreError> {
    let found: Option<(UserId,)> = read!(db, conn => {
        sqlx::query_as(IS_TAKEN).bind(email.as_str()).fetch_optional(conn).await
    });
    Ok(found.is_some())
}

/// Adds an account; `false` when its address is taken.
pub async fn insert(tx: &mut Tx, new: &NewAccount<'_>) -> Result<bool, StoreError> {
    let rows = within!(tx, conn => {
        sqlx::query(INSERT)
            .bind(new.id)
            .bind(new.email.as_str())
            .bind(new.name)
            .bind(new.image)
            .bind(new.password_hash)
            .bind(new.at)
            .bind(new.fields.as_str())
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

/// Puts `new` in the place of `old`, if `old` is still there.
pub async fn replace_hash(db: &Db, id: UserId, old: &str, new: &str) -> Result<(), StoreError> {
    on!(db, pool => {
        sqlx::query(REPLACE_HASH).bind(id).bind(old).bind(new).execute(pool).await?;
    });
    Ok(())
}

/// A user's password as it is stored; `None` when there is no such user.
pub async fn find_password(db: &Db, id: UserId) -> Result<Option<StoredPassword>, StoreError> {
    Ok(read!(db, conn => sqlx::query_as(FIND_PASSWORD).bind(id).fetch_optional(conn).await))
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

/// Deletes a user with their sessions and links; `false` when there was none.
pub async fn delete(db: &Db, id: UserId) -> Result<bool, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(DELETE).bind(id).execute(pool).await?.rows_affected()
    });
    Ok(rows == 1)
}
