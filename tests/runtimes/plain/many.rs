//! Several instances on one database.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::{ORIGIN, Server, quick};
use crate::support::{Browser, Connection, Kind, Platform as _, Request, on_both, sign_up, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_servers_start_at_once_on_one_empty_database() {
    let Some(kind) = Kind::postgres() else { return };
    let db = kind.empty().await;
    let starting: Vec<_> = (0..10)
        .map(|_| {
            let url = db.url.clone();
            tokio::spawn(async move { Server::start("doorkey", &quick(&url)).await })
        })
        .collect();
    let mut servers = Vec::new();
    for server in starting {
        servers.push(soon("the servers listen", server).await.unwrap());
    }
    for (number, server) in servers.iter_mut().enumerate() {
        let email = format!("u{number}@example.com");
        let answer = server.address.call(sign_up(&email)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = server.address.call(Request::get("/health?deep=1")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// Eight clients that ask without a pause, and know who they are each time.
struct Load {
    stop: watch::Sender<bool>,
    clients: Vec<tokio::task::JoinHandle<u32>>,
}

impl Load {
    async fn start(address: SocketAddr, cookie: &str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (sender, mut served) = watch::channel(0_u32);
        let request = Request::get("/api/auth/get-session").with("cookie", cookie);
        let clients = (0..8)
            .map(|_| {
                let (request, stopped, sender) = (request.clone(), stopped.clone(), sender.clone());
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await;
                    let mut count = 0;
                    while !*stopped.borrow() {
                        let answer = connection.call(&request).await;
                        assert_eq!(answer.status, 200, "{answer:?}");
                        assert!(answer.body.contains("ann@example.com"), "{answer:?}");
                        count += 1;
                        sender.send_modify(|all| *all += 1);
                    }
                    count
                })
            })
            .collect();
        soon("the load is on", served.wait_for(|all| *all >= 16))
            .await
            .unwrap();
        Self { stop, clients }
    }

    /// Ends it; every client was served.
    async fn stop(self) {
        self.stop.send(true).unwrap();
        for client in self.clients {
            assert!(soon("a client ends", client).await.unwrap() > 0);
        }
    }
}

on_both! {
    async fn a_sign_out_holds_on_the_other_instance_at_once(kind) {
        let db = kind.migrated().await;
        let env = quick(&db.url);
        let mut one = Server::start("doorkey", &env).await;
        let mut other = Server::start("doorkey", &env).await;
        let mut laptop = Browser::new(ORIGIN, "Laptop/1.0");
        let answer = laptop.sign_up(&mut one.address, "ann@example.com").await;
        assert_eq!(answer.status, 200, "{answer:?}");

        let load = Load::start(other.address, &laptop.cookie_header()).await;
        for _ in 0..10 {
            let mut phone = Browser::new(ORIGIN, "Phone/2.0");
            let answer = phone.sign_in(&mut one.address, "ann@example.com").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_ne!(phone.session(&mut other.address).await, Value::Null);
            let cookies = phone.cookies.clone();
            let answer = phone.post(&mut one.address, "/api/auth/sign-out", json!({})).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            phone.cookies = cookies;
            assert_eq!(phone.session(&mut other.address).await, Value::Null);
        }
        load.stop().await;
    }
}
