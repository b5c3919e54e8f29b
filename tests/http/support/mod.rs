//! Databases, instances and browsers for the cases.

mod browser;
mod clock;
mod contract;
mod cookies;
mod database;
mod endpoints;
mod failing;
mod held;
mod mails;
mod pausing;
mod rows;
pub(crate) mod seed;
mod together;

pub(crate) use browser::{Answer, Browser, ORIGIN};
pub(crate) use cookies::{CLEARED, SESSION, decode_component, encode_component};
pub(crate) use database::{Instance, TestDb, server};
pub(crate) use endpoints::endpoints;
pub(crate) use failing::{INSIDE, Mood, MoodyRandom};
pub(crate) use held::Held;
pub(crate) use mails::token_of;
pub(crate) use together::together;

/// A password that passes the policy.
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// Runs one case on SQLite, on Postgres, and on Postgres through PgBouncer:
/// `db_test! { async fn name(db) { let app = db.app(&[]).await; … } }`.
macro_rules! db_test {
    ($(async fn $name:ident($db:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every case needs all of its file's imports")]
            use super::*;

            async fn case($db: $crate::support::TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                case($crate::support::TestDb::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(db) = $crate::support::TestDb::postgres().await {
                    case(db).await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn pgbouncer() {
                if let Some(db) = $crate::support::TestDb::pgbouncer().await {
                    case(db).await;
                }
            }
        }
    )*};
}
pub(crate) use db_test;
