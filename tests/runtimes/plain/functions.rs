//! What each binary serves.

use std::collections::BTreeMap;

use doorkey::http::{Endpoint, FUNCTIONS};

use super::{Functions, ORIGIN, Server, quick};
use crate::support::{Kind, Platform as _, Request, journey, on_both};

on_both! {
    async fn the_journey_on_one_server(kind) {
        let db = kind.empty().await;
        let mut server = Server::start("doorkey", &quick(&db.url)).await;
        journey(&mut server.address, ORIGIN, "127.0.0.1").await;
    }

    async fn the_journey_on_functions_that_listen_by_themselves(kind) {
        let db = kind.empty().await;
        let mut functions = Functions {
            env: quick(&db.url),
            running: BTreeMap::new(),
        };
        journey(&mut functions, ORIGIN, "127.0.0.1").await;
    }
}

/// A request without a session, an origin or fields.
fn bare(endpoint: &Endpoint) -> Request {
    let path = endpoint.path.replace("{token}", "none");
    match endpoint.method() {
        "GET" => Request::get(&path),
        _ => Request::post(&path, &"{}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_serves_its_own_endpoints_and_the_server_all() {
    let db = Kind::Sqlite.migrated().await;
    let binaries = FUNCTIONS.iter().map(|function| function.name);
    for name in binaries.chain(["doorkey"]) {
        let mut server = Server::start(name, &quick(&db.url)).await;
        for function in FUNCTIONS {
            let own = name == "doorkey" || name == function.name;
            for endpoint in function.endpoints {
                let answer = server.address.call(bare(endpoint)).await;
                let is_served = answer.status != 404 && answer.status < 500;
                assert_eq!(
                    is_served, own,
                    "{name} {}: {}",
                    endpoint.path, answer.status
                );
            }
        }
        let answer = server.address.call(Request::get("/api/auth/nothing")).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{name}");
    }
}
