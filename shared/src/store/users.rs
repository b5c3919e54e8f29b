//! The table `users`: who is there, and who is new.

use super::db::{Both, Db, Tx, read, row, statements, within};
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
    FIND_FOR_SIGN_IN = "SELECT id AS user_id, email, name, image, email_verified, created_at, \
                        updated_at, fields, password_hash FROM users \
                        WHERE email = $1 OR email_canonical = $2 \
                        ORDER BY CASE WHEN email = $1 THEN 0 ELSE 1 END LIMIT 3";
    FIND = "SELECT id AS user_id, email, name, image, email_verified, created_at, updated_at, \
            fields FROM users WHERE id = $1";
    // More spellings of one address than anybody left behind.
    FIND_OWNERS = "SELECT id AS user_id, email, name, image, email_verified, created_at, \
                   updated_at, fields FROM users WHERE email = $1 OR email_canonical = $2 \
                   ORDER BY CASE WHEN email = $1 THEN 0 ELSE 1 END, id LIMIT 20";
    FIND_PASSWORD = "SELECT password_hash, password_changed_at FROM users WHERE id = $1";
    // The casts give a parameter one type wherever it stands, without which Postgres
    // cannot prepare it.
    IS_TAKEN = "SELECT id FROM users WHERE (email = CAST($1 AS text) \
                OR email_canonical = CAST($1 AS text)) AND (id = $2) IS NOT TRUE LIMIT 1";
    // The address may stand in another spelling, left by the first system: the
    // unique index on `email` cannot see that.
    INSERT = "INSERT INTO users (id, email, email_canonical, name, image, email_verified, \
              password_hash, created_at, updated_at, fields) \
              SELECT $1, CAST($2 AS text), $2, $3, $4, FALSE, $5, $6, $6, $7 \
              WHERE NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = $2) \
              ON CONFLICT (email) DO NOTHING";
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
        sqlx::query_as(FIND_FOR_SIGN_IN)
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

/// A user's password as it is stored; `None` when there is no such user.
pub async fn find_password(db: &Db, id: UserId) -> Result<Option<StoredPassword>, StoreError> {
    Ok(read!(db, conn => sqlx::query_as(FIND_PASSWORD).bind(id).fetch_optional(conn).await))
}

/// Whether some account has that address, in any spelling; that of `but` aside.
pub async fn is_taken(db: &Db, email: &Email, but: Option<UserId>) -> Result<bool, StoreError> {
    let found: Option<(UserId,)> = read!(db, conn => {
        sqlx::query_as(IS_TAKEN).bind(email.as_str()).bind(but).fetch_optional(conn).await
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
