//! Where a process listens, and starting on an empty database.

use std::net::TcpListener;

use super::{Server, quick};
use crate::support::{Kind, Platform as _, Program, Request, on_both, sign_up};

/// The default port is held here, so that the outcome is the same on every
/// machine: the process cannot have it, and says which one it wanted.
#[tokio::test]
async fn the_default_port_is_3000_for_a_function_and_7860_for_the_server() {
    let db = Kind::Sqlite.empty().await;
    for (name, port) in [("signin", 3000), ("doorkey", 7860)] {
        // Where this fails, somebody else holds it, which is as good.
        let _held = TcpListener::bind(("127.0.0.1", port));
        let folder = tempfile::tempdir().unwrap();
        let mut env = quick(&db.url);
        env.retain(|(name, _)| *name != "PORT");
        let mut program = Program::start(name, folder.path(), &env);
        assert_eq!(program.exit_code().await, Some(1), "{name}");
        let failed = program.event("start_failed").await;
        let message = failed["message"].as_str().unwrap();
        assert!(message.contains(&format!("127.0.0.1:{port}:")), "{message}");
        assert!(message.contains("PORT"), "{message}");
    }
}

on_both! {
    async fn two_servers_start_at_once_on_one_empty_database(kind) {
        for _ in 0..5 {
            let db = kind.empty().await;
            let env = quick(&db.url);
            let (mut one, mut other) = tokio::join!(
                Server::start("doorkey", &env),
                Server::start("doorkey", &env),
            );
            let (first, second) = tokio::join!(
                one.address.call(sign_up("ann@example.com")),
                other.address.call(sign_up("bob@example.com")),
            );
            assert_eq!(first.status, 200, "{first:?}");
            assert_eq!(second.status, 200, "{second:?}");
            for server in [&mut one, &mut other] {
                let answer = server.address.call(Request::get("/health?deep=1")).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_check_tells_well_from_not_well() {
    let db = Kind::Sqlite.migrated().await;
    let server = Server::start("doorkey", &quick(&db.url)).await;
    let folder = tempfile::tempdir().unwrap();
    let port = server.address.port().to_string();
    // Nobody listens on the discard port.
    for (port, code, said) in [(port.as_str(), 0, ""), ("9", 1, "no connection")] {
        let env = [("HOST", "0.0.0.0"), ("PORT", port)];
        let mut check = Program::start_with("doorkey", &["healthcheck"], folder.path(), &env);
        assert_eq!(check.exit_code().await, Some(code), "{port}");
        let err = check.err.whole().await;
        assert!(
            err.contains(said) && err.is_empty() == said.is_empty(),
            "{err}"
        );
    }
}
