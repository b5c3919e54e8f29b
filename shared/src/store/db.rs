//! The database as the rest of the crate sees it: a pool of either kind, behind
//! a gate that opens once the schema is in place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;

use super::connect;
use super::error::StoreError;
use super::gather::Gather;

/// How long a statement waits for a connection that is on its way back to the pool: a
/// round trip, where a new one takes six and the hashing of a password.
pub(super) const RETURN: Duration = Duration::from_millis(20);

/// How long a request waits for the database (a sleeping Neon needs some of it)
/// before it is answered 503.
pub const DEADLINE: Duration = Duration::from_secs(8);

/// One of the two kinds of pool.
#[derive(Clone)]
pub enum Pool {
    /// Postgres, often through a transaction pooler: no session state.
    Postgres(PgPool),
    /// An SQLite file.
    Sqlite(SqlitePool),
}

/// A pool behind its gate. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    gate: Arc<Gate>,
    gather: Arc<Gather>,
}

/// Closed until the schema is known to be in place, so that a server can listen
/// while it migrates.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    away: AtomicBool,
    opened: Notify,
}

impl Db {
    /// A database whose gate is closed.
    pub fn new(pool: Pool) -> Self {
        let connections = match &pool {
            Pool::Postgres(pool) => pool.options().get_max_connections(),
            Pool::Sqlite(pool) => pool.options().get_max_connections(),
        };
        Self {
            pool,
            gate: Arc::default(),
            gather: Arc::new(Gather::new(connections)),
        }
    }

    /// Lets requests through.
    pub fn open_gate(&self) {
        self.gate.open.store(true, Ordering::Release);
        self.gate.opened.notify_waiters();
    }

    /// Says whether it is because the database is away that the gate is closed.
    pub fn set_away(&self, away: bool) {
        self.gate.away.store(away, Ordering::Relaxed);
    }

    /// The pool whether the schema is in place or not: for migrations and health.
    pub fn ungated(&self) -> &Pool {
        &self.pool
    }

    /// The look-ups under way.
    pub(super) fn gather(&self) -> &Arc<Gather> {
        &self.gather
    }

    /// The pool for a statement, once the gate is open; `Unavailable` after [`DEADLINE`].
    pub async fn pool(&self) -> Result<&Pool, StoreError> {
        // Opening an SQLite file again costs nothing.
        if let Pool::Postgres(pool) = self.opened().await? {
            connect::given_back(pool, self.gather.lanes(), RETURN).await;
        }
        Ok(&self.pool)
    }

    /// The same without waiting for a connection.
    pub(super) async fn opened(&self) -> Result<&Pool, StoreError> {
        if !self.gate.open.load(Ordering::Acquire) {
            let opened = self.gate.opened.notified();
            // Looked at again after asking to be notified: it may have opened
            // in between.
            if !self.gate.open.load(Ordering::Acquire)
                && tokio::time::timeout(DEADLINE, opened).await.is_err()
            {
                return Err(if self.gate.away.load(Ordering::Relaxed) {
                    StoreError::Unavailable(sqlx::Error::PoolTimedOut)
                } else {
                    StoreError::Migrating
                });
            }
        }
        Ok(&self.pool)
    }

    /// Begins a writing transaction.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self.pool().await? {
            Pool::Postgres(pool) => Tx::Postgres(pool.begin().await?),
            // A plain BEGIN takes the write lock at the first write, and then
            // fails at once if another has it, whatever the busy timeout.
            Pool::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite(pool) => pool.close().await,
        }
    }
}

/// A writing transaction; rolled back when dropped.
pub enum Tx {
    /// On Postgres.
    Postgres(Transaction<'static, Postgres>),
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
}

impl Tx {
    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(tx) => tx.commit().await?,
            Self::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Runs one body on whichever pool there is: `on!(db, pool => …)`.
macro_rules! on {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db.pool().await? {
            $crate::store::db::Pool::Postgres($pool) => $body,
            $crate::store::db::Pool::Sqlite($pool) => $body,
        }
    };
}

/// Runs one read, whose body gives an `sqlx::Result`: `read!(db, conn => …)`. When
/// its connection turns out to be dead, it runs once more on one that answers.
/// Never for what writes: a lost answer does not say whether it was done.
macro_rules! read {
    ($db:expr, $conn:ident => $body:expr) => {
        match $db.pool().await? {
            $crate::store::db::Pool::Postgres(pool) => {
                let first = {
                    let $conn = pool;
                    $body
                };
                match first {
                    Err(error) if $crate::store::error::is_lost(&error) => {
                        let mut living = $crate::store::connect::living(pool).await?;
                        let $conn = &mut *living;
                        $body?
                    }
                    done => done?,
                }
            }
            $crate::store::db::Pool::Sqlite($conn) => $body?,
        }
    };
}

/// Runs one body in whichever transaction there is: `within!(tx, conn => …)`.
macro_rules! within {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::db::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::db::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Named statements, and the list of them all.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub(super) const $name: &str = $sql;)*
        /// Every statement of this file.
        pub(super) const STATEMENTS: &[&str] = &[$($name),*];
    };
}

/// Two structs read from one row.
pub(super) struct Both<A, B>(pub(super) A, pub(super) B);

impl<'r, R, A, B> sqlx::FromRow<'r, R> for Both<A, B>
where
    R: sqlx::Row,
    A: sqlx::FromRow<'r, R>,
    B: sqlx::FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self(A::from_row(row)?, B::from_row(row)?))
    }
}

/// A row's struct, read by column name on both databases.
macro_rules! row {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$note:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        $vis struct $name { $($(#[$note])* $vis $field: $ty,)* }
        row!(@impl $name sqlx::postgres::PgRow { $($field,)* });
        row!(@impl $name sqlx::sqlite::SqliteRow { $($field,)* });
    };
    (@impl $name:ident $row:ty { $($field:ident,)* }) => {
        impl sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> sqlx::Result<Self> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}

pub(super) use {on, read, row, statements, within};
