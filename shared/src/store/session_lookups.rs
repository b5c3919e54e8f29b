//! From the hash of a token to the session behind it and its user. The hot path: on
//! Postgres look-ups that come while others are under way are gathered.

use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use sqlx::{FromRow as _, Row as _};

use super::db::{Both, Db, Pool, read, statements};
use super::error::StoreError;
use super::sessions::SessionRow;
use super::users::UserColumns;
use crate::domain::session::Session;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenHash;
use crate::domain::user::User;

macro_rules! find_live {
    ($more:literal, $token:literal, $now:literal, $and:literal) => {
        concat!(
            "SELECT s.id AS session_id, s.user_id, s.expires_at, \
             s.created_at AS session_created_at, \
             COALESCE(s.updated_at, s.created_at) AS session_updated_at, s.remember, \
             s.ip_address, s.user_agent, u.email, u.name, u.image, u.email_verified, \
             u.created_at, u.updated_at, u.fields",
            $more,
            " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.session_token = ",
            $token,
            " AND s.expires_at > ",
            $now,
            $and
        )
    };
}

statements! {
    // One round trip, one unique index, one join by primary key.
    FIND_LIVE = find_live!("", "$1", "$2", "");
    // An unsigned token opens nothing but what was taken over.
    FIND_LEGACY = find_live!("", "$1", "$2", " AND s.token_kind = 'legacy'");
    // A token that a bearer shows alone opens nothing that was taken over.
    FIND_OWN = find_live!("", "$1", "$2", " AND s.token_kind = 'own'");
}

/// Statements that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&str] = &[FIND_MANY];
// FIND_LIVE once for each of a list. The planner must not see how long the list is: for
// a short one it would never settle on a generic plan, and planning costs more than
// running. It does not look into `(SELECT $1)`. OFFSET keeps the inner query as it is,
// which so has FIND_LIVE's own plan instead of a join with the whole table.
const FIND_MANY: &str = concat!(
    "SELECT k.place, found.* FROM unnest((SELECT $1::text[]), (SELECT $2::timestamp[])) \
     WITH ORDINALITY AS k (token, now, place), LATERAL (",
    find_live!(", s.session_token", "k.token", "k.now", " OFFSET 0"),
    ") AS found"
);

/// What is looked up: who shows this token at that time.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) token: TokenHash,
    pub(super) now: Timestamp,
}

/// A session and its user, if there is one.
pub type Found = Option<(Session, User)>;

/// The columns of both.
type Joined = Both<SessionRow, UserColumns>;

fn split(Both(session, user): Joined) -> (Session, User) {
    (session.into(), user.into())
}

/// The session of a token that is live at `now`, and its user.
pub async fn find_live(db: &Db, token: TokenHash, now: Timestamp) -> Result<Found, StoreError> {
    let asked = Asked { token, now };
    match db.opened().await? {
        Pool::Postgres(pool) => db.gather().find(db, pool, asked).await,
        // Asking a file is no journey that could be shared.
        Pool::Sqlite(_) => find_alone(db, asked).await,
    }
}

/// The same by a statement of its own.
pub(super) async fn find_alone(db: &Db, Asked { token, now }: Asked) -> Result<Found, StoreError> {
    let found: Option<Joined> = read!(db, conn => {
        sqlx::query_as(FIND_LIVE).bind(token).bind(now).fetch_optional(conn).await
    });
    Ok(found.map(split))
}

/// Many at once, in the order asked; `None` for one whose row cannot be read: it must
/// be asked for alone, so that the error is its own.
pub(super) async fn find_many(
    conn: &mut PgConnection,
    asked: &[Asked],
) -> sqlx::Result<Vec<Option<Found>>> {
    let hex: Vec<String> = asked.iter().map(|one| one.token.to_hex()).collect();
    let query = if let ([one], [hex]) = (asked, hex.as_slice()) {
        sqlx::query(FIND_LIVE).bind(hex).bind(one.now)
    } else {
        let times: Vec<Timestamp> = asked.iter().map(|one| one.now).collect();
        sqlx::query(FIND_MANY).bind(&hex).bind(times)
    };
    let mut found: Vec<Option<Found>> = asked.iter().map(|_| Some(None)).collect();
    for row in query.fetch_all(conn).await? {
        let place = if asked.len() == 1 {
            1
        } else {
            row.try_get::<i64, _>("place")?
        };
        let at = usize::try_from(place.saturating_sub(1)).unwrap_or(usize::MAX);
        let (Some(one), Some(hex)) = (found.get_mut(at), hex.get(at)) else {
            return Err(sqlx::Error::RowNotFound);
        };
        // A slip in the counting must not show anybody another one's session.
        let is_its_own = asked.len() == 1 || row.try_get::<&str, _>("session_token")? == hex;
        *one = read_row(&row).filter(|_| is_its_own).map(Some);
    }
    Ok(found)
}

fn read_row(row: &PgRow) -> Option<(Session, User)> {
    Joined::from_row(row).ok().map(split)
}

/// As [`find_live`], among the sessions that were taken over.
pub async fn find_legacy(db: &Db, token: TokenHash, now: Timestamp) -> Result<Found, StoreError> {
    let found: Option<Joined> = read!(db, conn => {
        sqlx::query_as(FIND_LEGACY).bind(token).bind(now).fetch_optional(conn).await
    });
    Ok(found.map(split))
}

/// As [`find_live`], among the sessions that began here.
pub async fn find_own(db: &Db, token: TokenHash, now: Timestamp) -> Result<Found, StoreError> {
    let found: Option<Joined> = read!(db, conn => {
        sqlx::query_as(FIND_OWN).bind(token).bind(now).fetch_optional(conn).await
    });
    Ok(found.map(split))
}
