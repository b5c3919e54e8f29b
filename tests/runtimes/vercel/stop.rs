//! The platform says to stop.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;

use super::platform::{Function, environment};
use crate::support::{Connection, Kind, PASSWORD, Request, sign_up, soon};

/// Waits until nobody listens there.
async fn refuses(address: SocketAddr) {
    soon("the listener closes", async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_function_ends_at_once() {
    let db = Kind::Sqlite.migrated().await;
    let mut verify = Function::start("verify", &environment(&db.url)).await;
    let (request, id) = verify.mark(Request::get("/api/auth/get-session"));
    let mut idle = Connection::open(verify.address).await;
    assert_eq!(idle.call(&request).await.status, 200);
    verify.ended(id).await;

    verify.program.terminate().await;
    let at_once = Duration::from_secs(5);
    let ended = tokio::time::timeout(at_once, verify.program.exit_code()).await;
    assert_eq!(ended, Ok(Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_still_answered() {
    let db = Kind::Sqlite.migrated().await;
    let env = environment(&db.url);
    let mut signup = Function::start("signup", &env).await;
    assert_eq!(signup.call(sign_up("ann@example.com")).await.status, 200);
    let mut signin = Function::start("signin", &env).await;
    let body = json!({"email": "ann@example.com", "password": PASSWORD});
    let (request, id) = signin.mark(Request::post("/api/auth/sign-in/email", &body));
    let mut connection = Connection::open(signin.address).await;
    connection.begin(&request).await;

    signin.program.terminate().await;
    refuses(signin.address).await;
    assert!(!signin.program.has_ended());
    connection.send(&request.body).await;
    let answer = connection.answer().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    signin.ended(id).await;
    assert_eq!(signin.program.exit_code().await, Some(0));
}
