//! Everything that is kept: Postgres and SQLite behind one set of functions.
//! All SQL lives here, a named constant beside the function that runs it.

pub mod adopt;
mod codec;
pub mod connect;
pub mod db;
pub mod error;
mod gather;
pub mod inspect;
pub mod live_sessions;
pub mod migrate;
pub mod one_time_tokens;
pub mod rate_limits;
pub mod session_lookups;
pub mod sessions;
pub mod signing_keys;
pub mod survey;
pub mod user_changes;
pub mod user_fields;
pub mod users;

pub use db::Db;
pub use error::StoreError;

/// Every statement that is run as a prepared one, for the test that prepares
/// them all on both databases.
pub const STATEMENTS: &[&[&str]] = &[
    users::STATEMENTS,
    user_changes::STATEMENTS,
    user_fields::STATEMENTS,
    sessions::STATEMENTS,
    session_lookups::STATEMENTS,
    one_time_tokens::STATEMENTS,
    signing_keys::STATEMENTS,
    rate_limits::STATEMENTS,
    inspect::STATEMENTS,
    adopt::STATEMENTS,
    survey::STATEMENTS,
];

/// Those that only Postgres knows.
pub const POSTGRES_STATEMENTS: &[&[&str]] = &[
    inspect::POSTGRES_STATEMENTS,
    adopt::POSTGRES_STATEMENTS,
    survey::POSTGRES_STATEMENTS,
    sessions::POSTGRES_STATEMENTS,
    session_lookups::POSTGRES_STATEMENTS,
    live_sessions::POSTGRES_STATEMENTS,
];

/// Those that only SQLite knows.
pub const SQLITE_STATEMENTS: &[&[&str]] = &[
    survey::SQLITE_STATEMENTS,
    sessions::SQLITE_STATEMENTS,
    live_sessions::SQLITE_STATEMENTS,
];
