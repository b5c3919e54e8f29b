//! Being told to stop, and being killed.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{ORIGIN, Server, quick};
use crate::support::{
    Browser, Connection, Kind, PASSWORD, Platform as _, Request, on_both, sign_up, soon,
};

/// Far less than requests under way are given, far more than an idle process needs.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_close_at_once() {
    let db = Kind::Sqlite.migrated().await;
    for name in ["doorkey", "verify"] {
        let mut server = Server::start(name, &quick(&db.url)).await;
        let mut used = Connection::open(server.address).await;
        let answer = used.call(&Request::get("/api/auth/get-session")).await;
        assert_eq!(answer.status, 200);
        // As browsers open them ahead of need. Known to be accepted once a later
        // one has been answered.
        let mut unused = Connection::open(server.address).await;
        server.address.call(Request::get("/api/verify")).await;

        server.program.terminate().await;
        let all = tokio::time::timeout(AT_ONCE, async {
            used.ended().await;
            unused.ended().await;
            server.program.exit_code().await
        });
        assert_eq!(all.await, Ok(Some(0)), "{name}");
        let log = server.program.out.whole().await;
        assert!(!log.contains("stopped_early"), "{log}");
    }
}

on_both! {
    async fn a_sign_in_under_way_is_still_answered(kind) {
        let db = kind.migrated().await;
        let mut server = Server::start("doorkey", &quick(&db.url)).await;
        server.address.call(sign_up("ann@example.com")).await;
        let body = json!({"email": "ann@example.com", "password": PASSWORD});
        let request = Request::post("/api/auth/sign-in/email", &body);
        let mut connection = Connection::open(server.address).await;
        connection.begin(&request).await;
        let mut idle = Connection::open(server.address).await;
        idle.call(&Request::get("/health")).await;

        server.program.terminate().await;
        idle.ended().await;
        assert!(TcpStream::connect(server.address).await.is_err());
        assert!(!server.program.has_ended());
        connection.send(&request.body).await;
        let answer = connection.answer().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        connection.ended().await;
        assert_eq!(server.program.exit_code().await, Some(0));
    }

    /// SIGTERM in the midst of sign-ups and get-sessions. The log says which
    /// requests were accepted, and each of them was answered: a connection that
    /// the listener never took, or on which nothing had been read, is no failure.
    async fn a_stop_under_load_fails_no_request_that_was_accepted(kind) {
        let db = kind.migrated().await;
        let mut env = quick(&db.url);
        env.push(("LOG_REQUESTS", "on"));
        let mut server = Server::start("doorkey", &env).await;
        let mut ann = Browser::new(ORIGIN, "any");
        assert_eq!(ann.sign_up(&mut server.address, "ann@example.com").await.status, 200);
        let who = Request::get("/api/auth/get-session").with("cookie", &ann.cookie_header());

        let (sender, mut answered) = watch::channel(1_usize);
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let (sender, address, who) = (sender.clone(), server.address, who.clone());
                tokio::spawn(async move {
                    for number in 0.. {
                        let request = match worker % 2 {
                            0 => who.clone(),
                            _ => sign_up(&format!("u{worker}-{number}@example.com")),
                        };
                        let Some(answer) = Connection::try_call(address, &request).await else {
                            return;
                        };
                        assert_eq!(answer.status, 200, "{answer:?}");
                        sender.send_modify(|all| *all += 1);
                    }
                })
            })
            .collect();
        soon("80 answers", answered.wait_for(|all| *all >= 80)).await.unwrap();
        server.program.terminate().await;
        for worker in workers {
            soon("the workers notice", worker).await.unwrap();
        }
        assert_eq!(server.program.exit_code().await, Some(0));
        let log = server.program.out.whole().await;
        let accepted = log.lines().filter(|line| line.contains("\"status\":"));
        assert_eq!(accepted.count(), *answered.borrow(), "{log}");
        assert!(!log.contains("stopped_early"), "{log}");
    }

    /// SIGKILL in the midst of sign-ups: whoever was told of an account has it.
    async fn no_acknowledged_account_is_lost(kind) {
        let db = kind.migrated().await;
        let mut server = Server::start("doorkey", &quick(&db.url)).await;
        let (sender, mut acknowledged) = watch::channel(Vec::new());
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let (sender, address) = (sender.clone(), server.address);
                tokio::spawn(async move {
                    for number in 0.. {
                        let email = format!("u{worker}-{number}@example.com");
                        let Some(answer) = Connection::try_call(address, &sign_up(&email)).await
                        else {
                            return;
                        };
                        assert_eq!(answer.status, 200, "{answer:?}");
                        sender.send_modify(|all| all.push(email));
                    }
                })
            })
            .collect();
        let enough = acknowledged.wait_for(|all| all.len() >= 40);
        soon("40 sign-ups", enough).await.unwrap();
        server.program.kill().await;
        for worker in workers {
            soon("the workers notice", worker).await.unwrap();
        }

        let mut server = Server::start("doorkey", &quick(&db.url)).await;
        let emails = acknowledged.borrow().clone();
        for email in emails {
            let mut browser = Browser::new(ORIGIN, "any");
            let answer = browser.sign_in(&mut server.address, &email).await;
            assert_eq!(answer.status, 200, "{email}: {answer:?}");
        }
    }
}
