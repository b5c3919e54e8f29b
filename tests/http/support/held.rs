//! A change of the case's own that is done but not committed: whoever wants the same
//! row waits for it.

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::TestDb;

/// A transaction under way.
pub(crate) enum Held {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl TestDb {
    /// Runs statements of the case's own in a transaction and leaves it open.
    pub(crate) async fn hold(&self, sql: &str) -> Held {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(self.direct()).await.unwrap();
            conn.execute("BEGIN").await.unwrap();
            conn.execute(sql).await.unwrap();
            Held::Postgres(conn)
        } else {
            let mut conn = SqliteConnection::connect(self.direct()).await.unwrap();
            conn.execute("BEGIN IMMEDIATE").await.unwrap();
            conn.execute(sql).await.unwrap();
            Held::Sqlite(conn)
        }
    }
}

impl Held {
    /// Commits it.
    pub(crate) async fn commit(self) {
        match self {
            Self::Postgres(mut conn) => drop(conn.execute("COMMIT").await.unwrap()),
            Self::Sqlite(mut conn) => drop(conn.execute("COMMIT").await.unwrap()),
        }
    }
}
