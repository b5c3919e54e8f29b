//! Looking at a database before anything is changed: what a migration would do,
//! and what about its rows is odd. Reads only.

use std::collections::HashMap;

use super::adopt::unsigned;
use super::db::{Db, Pool, statements};
use super::error::StoreError;
use super::migrate::{MIGRATIONS, version};
use crate::crypto::stored::StoredHash;
use crate::domain::email::CanonicalEmail;

/// Rows read at a time.
const BATCH: i64 = 10_000;

statements! {
    USERS = "SELECT CAST(id AS text), email, password_hash FROM users \
    WHERE CAST(id AS text) > $1 ORDER BY CAST(id AS text) LIMIT $2";
    SESSIONS = "SELECT COUNT(*) FROM sessions";
    ORPHANS = "SELECT COUNT(*) FROM sessions s \
    WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id)";
    RAW = "SELECT COUNT(*) FROM sessions WHERE token_kind = 'raw'";
}

/// Statements that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&str] = &[HAS_USERS_POSTGRES, OTHERS];
const HAS_USERS_POSTGRES: &str = "SELECT to_regclass('users') IS NOT NULL";
const OTHERS: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND pid <> pg_backend_pid() AND backend_type = 'client backend' \
    AND application_name <> 'doorkey'";

/// Statements that only SQLite knows.
pub const SQLITE_STATEMENTS: &[&str] = &[HAS_USERS_SQLITE];
const HAS_USERS_SQLITE: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'users')";

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    /// Migrations that are missing.
    pub missing: Vec<&'static str>,
    /// Accounts.
    pub users: u64,
    /// Sessions.
    pub sessions: u64,
    /// Sessions that would be taken over.
    pub to_take_over: u64,
    /// Sessions of users who are gone.
    pub orphans: u64,
    /// Accounts whose hash nobody can sign in with.
    pub unusable_hashes: u64,
    /// Addresses that several accounts share, each with its spellings. Each of
    /// these people goes on signing in with their own spelling.
    pub shared: Vec<Vec<String>>,
    /// Other programs that are connected: an instance of the first system, say.
    pub others: u64,
}

impl Survey {
    /// Of a database that is not there yet.
    pub fn of_nothing() -> Self {
        Self {
            missing: MIGRATIONS.iter().map(|migration| migration.name).collect(),
            ..Self::default()
        }
    }
}

macro_rules! one {
    ($pool:expr, $query:expr) => {{
        let (value,) = $query.fetch_one($pool).await?;
        value
    }};
}

macro_rules! look {
    ($pool:expr, $has_users:expr, $survey:ident) => {{
        let has_users: bool = one!($pool, $has_users);
        if has_users {
            let mut after = String::new();
            let mut spellings = Spellings::default();
            loop {
                let rows: Vec<(String, String, String)> = sqlx::query_as(USERS)
                    .bind(&after)
                    .bind(BATCH)
                    .fetch_all($pool)
                    .await?;
                let Some((last, ..)) = rows.last() else { break };
                after.clone_from(last);
                for (_, email, hash) in rows {
                    $survey.users += 1;
                    $survey.unusable_hashes += u64::from(StoredHash::parse(&hash).is_none());
                    spellings.add(email);
                }
            }
            $survey.shared = spellings.shared();
            $survey.sessions = unsigned(one!($pool, sqlx::query_as(SESSIONS)));
            $survey.orphans = unsigned(one!($pool, sqlx::query_as(ORPHANS)));
            $survey.to_take_over = match $survey.missing.is_empty() {
                true => unsigned(one!($pool, sqlx::query_as(RAW))),
                false => $survey.sessions,
            };
        }
    }};
}

/// Looks at the database.
pub async fn survey(db: &Db) -> Result<Survey, StoreError> {
    let newest = version(db).await?;
    let missing = MIGRATIONS
        .iter()
        .filter(|migration| migration.version > newest);
    let mut survey = Survey {
        missing: missing.map(|migration| migration.name).collect(),
        ..Survey::default()
    };
    match db.ungated() {
        Pool::Postgres(pool) => {
            look!(pool, sqlx::query_as(HAS_USERS_POSTGRES), survey);
            survey.others = unsigned(one!(pool, sqlx::query_as(OTHERS)));
        }
        Pool::Sqlite(pool) => look!(pool, sqlx::query_as(HAS_USERS_SQLITE), survey),
    }
    Ok(survey)
}

/// Addresses by their canonical form.
#[derive(Default)]
struct Spellings(HashMap<String, Vec<String>>);

impl Spellings {
    fn add(&mut self, email: String) {
        let canonical = CanonicalEmail::of(&email).as_str().to_owned();
        self.0.entry(canonical).or_default().push(email);
    }

    fn shared(self) -> Vec<Vec<String>> {
        let several = self.0.into_values().filter(|spellings| spellings.len() > 1);
        let mut shared: Vec<Vec<String>> = several.collect();
        for spellings in &mut shared {
            spellings.sort();
        }
        shared.sort();
        shared
    }
}
