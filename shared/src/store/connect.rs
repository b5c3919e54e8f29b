//! Opening the pools. Nothing connects before the first statement: a cold start
//! pays for what it uses.

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, Postgres};

use super::db::{DEADLINE, Db, Pool};
use super::error::StoreError;
use crate::config::{DatabaseSettings, DatabaseUrl};

/// A connection that rested longer than this is asked whether it still lives: a
/// function's frozen instance wakes up with dead sockets.
const TRUSTED_IDLE: Duration = Duration::from_secs(3);
/// How long that question may take: a frozen back end never answers it.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// After this an idle connection is closed, so that Neon can go to sleep.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);
/// How long SQLite waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens a pool without connecting; its gate is closed.
pub fn open(settings: &DatabaseSettings) -> Result<Db, StoreError> {
    let pool = if settings.url.is_sqlite() {
        Pool::Sqlite(
            SqlitePoolOptions::new()
                .max_connections(settings.connections)
                .acquire_timeout(DEADLINE)
                // There is nothing to ask: the file is in this machine.
                .test_before_acquire(false)
                .connect_lazy_with(sqlite_options(&settings.url)?),
        )
    } else {
        Pool::Postgres(
            PgPoolOptions::new()
                .max_connections(settings.connections)
                .acquire_timeout(DEADLINE)
                .idle_timeout(IDLE_TIMEOUT)
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    Box::pin(async move {
                        if meta.idle_for < TRUSTED_IDLE {
                            return Ok(true);
                        }
                        let ping = tokio::time::timeout(PING_TIMEOUT, conn.ping()).await;
                        Ok(matches!(ping, Ok(Ok(()))))
                    })
                })
                .connect_lazy_with(postgres_options(&settings.url)?),
        )
    };
    Ok(Db::new(pool))
}

/// The same for looking only: a file that is not there is not made, and one that
/// is there stays as it is.
pub fn open_existing(settings: &DatabaseSettings) -> Result<Option<Db>, StoreError> {
    let Some(path) = settings.url.sqlite_path() else {
        return open(settings).map(Some);
    };
    if !path.exists() {
        return Ok(None);
    }
    let options = SqliteConnectOptions::from_str(settings.url.expose())?.busy_timeout(BUSY_TIMEOUT);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let options = options.disable_statement_logging();
    Ok(Some(Db::new(Pool::Sqlite(pool.connect_lazy_with(options)))))
}

/// Waits for a connection that is on its way back, if the pool has one and could only
/// make another. sqlx asks each whether it still lives before it takes it back, in the
/// background: the second statement of a cold function's first request came before
/// that, and paid for TLS and password a second time. `kept` are those that stay in use.
pub(super) async fn given_back<D: sqlx::Database>(
    pool: &sqlx::Pool<D>,
    kept: u32,
    patience: Duration,
) {
    let most = pool.options().get_max_connections();
    let on_its_way = || pool.num_idle() == 0 && (kept + 1..most).contains(&pool.size());
    if on_its_way() {
        let come = async {
            while on_its_way() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(patience, come).await;
    }
}

/// A connection that has just answered, after one of them was found dead: the
/// others in the pool are likely to be so, too, and are thrown away until one
/// answers or is made. `PoolTimedOut` after [`DEADLINE`].
pub(super) async fn living(pool: &PgPool) -> sqlx::Result<PoolConnection<Postgres>> {
    let search = async {
        loop {
            let mut conn = pool.acquire().await?;
            let ping = tokio::time::timeout(PING_TIMEOUT, conn.ping()).await;
            if matches!(ping, Ok(Ok(()))) {
                return Ok(conn);
            }
            // Taken out of the pool, which makes room for a new one.
            drop(conn.detach());
        }
    };
    tokio::time::timeout(DEADLINE, search)
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// How to connect to Postgres.
pub(super) fn postgres_options(url: &DatabaseUrl) -> sqlx::Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url.expose())?
        // PgBouncer refuses start-up parameters that it does not know.
        .extra_float_digits(None)
        .application_name("doorkey")
        .disable_statement_logging();
    Ok(options)
}

/// How to open the SQLite file, made if it is not there.
pub(super) fn sqlite_options(url: &DatabaseUrl) -> sqlx::Result<SqliteConnectOptions> {
    if let Some(path) = url.sqlite_path() {
        make_private(path)?;
    }
    let options = SqliteConnectOptions::from_str(url.expose())?
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        // What is acknowledged must survive a power cut; NORMAL does not sync
        // the log at each commit.
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    Ok(options)
}

/// Makes the file readable by its owner alone, and its folder too if that is made
/// here: addresses and hashes are in it. SQLite gives its log the same mode.
fn make_private(file: &Path) -> sqlx::Result<()> {
    if file.exists() {
        return Ok(());
    }
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
    }
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(file) {
        // Another process was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => Ok(made.map(|_| ())?),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;

    #[tokio::test]
    async fn the_next_statement_takes_the_connection_of_the_last() {
        let lazy = SqlitePoolOptions::new().max_connections(5);
        let pool = lazy.connect_lazy("sqlite::memory:").unwrap();
        for _ in 0..20 {
            // Nothing to wait for before the first.
            given_back(&pool, 0, Duration::from_mins(1)).await;
            pool.acquire().await.unwrap();
        }
        assert_eq!(pool.size(), 1);
    }

    #[tokio::test]
    async fn a_connection_that_stays_in_use_is_not_waited_for_long() {
        let lazy = SqlitePoolOptions::new().max_connections(2);
        let pool = lazy.connect_lazy("sqlite::memory:").unwrap();
        let used = pool.acquire().await.unwrap();
        given_back(&pool, 0, Duration::from_millis(5)).await;
        let other = pool.acquire().await.unwrap();
        // All are there that may be: the pool itself waits for one.
        given_back(&pool, 0, Duration::from_mins(1)).await;
        drop((used, other));
    }
}
