//! Processes, connections, databases and browsers for the cases.

mod browser;
mod cluster;
mod database;
mod http;
mod journey;
mod mail_server;
mod program;

use std::time::Duration;

pub(crate) use browser::{Browser, Platform, sign_up};
pub(crate) use cluster::Cluster;
pub(crate) use database::{Database, Kind};
pub(crate) use http::{Answer, Connection, Request};
pub(crate) use journey::journey;
pub(crate) use mail_server::MailServer;
pub(crate) use program::{Program, binary, function_of};

/// How long anything may take that must happen; only a failure waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A password that passes the policy.
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// A key that passes in production.
pub(crate) const KEY: &str = "kJ8s0Yv3Qm5tXw2Zr7Bn4Lp9Hd6Fc1GaUeRiToPlMzN";

/// Waits for what must happen within [`PATIENCE`].
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(late) => panic!("{what}: {late}"),
    }
}

/// Runs one case on SQLite and on Postgres:
/// `on_both! { async fn name(kind) { let db = kind.migrated().await; … } }`.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($kind:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports, reason = "not every case needs all of its file's imports")]
            use super::*;

            async fn case($kind: $crate::support::Kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                case($crate::support::Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(kind) = $crate::support::Kind::postgres() {
                    case(kind).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both;
