//! What can go wrong with a database, sorted by what the caller can do about it.

use sqlx::error::DatabaseError;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Away, asleep, full, restarting or overrun: the same call may work later.
    #[error("the database cannot be reached: {}", describe(.0))]
    Unavailable(#[source] sqlx::Error),
    /// Still being migrated by this process.
    #[error("the database is being migrated")]
    Migrating,
    /// Its schema is older than this version needs.
    #[error("the database's schema is older than this version needs: run `doorkey migrate`")]
    SchemaOutdated,
    /// Anything else: a fault of ours.
    #[error("the database refused: {}", describe(.0))]
    Failed(#[source] sqlx::Error),
}

impl StoreError {
    /// The same failure, as one that may pass.
    #[must_use]
    pub fn into_unavailable(self) -> Self {
        match self {
            Self::Failed(error) => Self::Unavailable(error),
            other => other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if is_missing_schema(inner.as_ref()) => {
                Self::SchemaOutdated
            }
            sqlx::Error::Database(inner) if !is_transient(inner.as_ref()) => Self::Failed(error),
            sqlx::Error::Database(_)
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Failed(error),
        }
    }
}

/// Whether the connection died under the statement, so that a read may be tried
/// again on another: it broke, or the server or the pooler said goodbye
/// (connection exceptions, 08; shutdowns and lost servers, 57P).
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(inner) => inner
            .code()
            .is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
        _ => false,
    }
}

/// The error's own words for the log. Postgres puts values into `DETAIL`, never
/// into the message; so the message is all that is taken.
fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            format!("{} ({code})", inner.message())
        }
        other => other.to_string(),
    }
}

/// `undefined_table`, `undefined_column`, and what SQLite says of the same.
fn is_missing_schema(error: &dyn DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("42P01" | "42703"))
        || error.message().starts_with("no such table")
        || error.message().starts_with("no such column")
        || error.message().contains("has no column named")
}

/// Postgres: connection exceptions (08), resources (53), operator intervention
/// (57), I/O (58), rollbacks (40), a read-only replica (25006). SQLite's primary
/// codes: busy, locked, read-only, I/O, full, cannot open.
fn is_transient(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else {
        return false;
    };
    if let Ok(sqlite) = code.parse::<u32>()
        && code.len() < 5
    {
        return matches!(sqlite & 0xff, 5 | 6 | 8 | 10 | 13 | 14);
    }
    code == "25006"
        || ["08", "53", "57", "58", "40"]
            .iter()
            .any(|class| code.starts_with(class))
}
