//! A Postgres that ends or freezes under a running server.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};

use super::{ORIGIN, Server, quick};
use crate::support::{Answer, Browser, Cluster, Connection, Request};

/// The deadline of a request, and what a busy machine adds.
const DEADLINE: Duration = Duration::from_secs(25);
const FREEZE: Duration = Duration::from_secs(5);

/// So many sessions asked for at the same time.
fn ask_at_once(
    count: usize,
    server: &Server,
    ann: &Browser,
) -> Vec<JoinHandle<Result<Answer, Elapsed>>> {
    let ask = |_| {
        let (address, request) = (server.address, request_of(ann));
        let asked = async move { Connection::open(address).await.call(&request).await };
        tokio::spawn(timeout(DEADLINE, asked))
    };
    (0..count).map(ask).collect()
}

fn is_503_with_retry_after(answer: &Answer) -> bool {
    let retry_after = answer.header("retry-after").map(str::parse::<u32>);
    answer.status == 503 && matches!(retry_after, Some(Ok(1..=60)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_is_503_and_then_back() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut server = Server::start("doorkey", &quick(&cluster.url)).await;
    let mut ann = Browser::new(ORIGIN, "any");
    let answer = ann.sign_up(&mut server.address, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");

    cluster.crash().await;
    let asking = ann.get(&mut server.address, "/api/auth/get-session");
    let away = timeout(DEADLINE, asking).await.unwrap();
    assert!(is_503_with_retry_after(&away), "{away:?}");
    assert!(!ann.cookies.is_empty(), "the session is lost");

    cluster.restart().await;
    let back = ann.session(&mut server.address).await;
    assert_eq!(back["user"]["email"], "ann@example.com");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_freezes_delays_requests_and_breaks_nothing() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut server = Server::start("doorkey", &quick(&cluster.url)).await;
    let mut ann = Browser::new(ORIGIN, "any");
    let answer = ann.sign_up(&mut server.address, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");

    cluster.freeze().await;
    let asking = ask_at_once(6, &server, &ann);
    sleep(FREEZE).await; // the fault's own length
    cluster.thaw().await;
    for answer in asking {
        let answer = answer.await.unwrap().unwrap();
        let fine = answer.status == 200 && answer.body.contains("ann@example.com");
        assert!(fine || is_503_with_retry_after(&answer), "{answer:?}");
    }
    let back = ann.session(&mut server.address).await;
    assert_eq!(back["user"]["email"], "ann@example.com");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stays_frozen_is_503_in_time() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut server = Server::start("doorkey", &quick(&cluster.url)).await;
    let mut ann = Browser::new(ORIGIN, "any");
    let answer = ann.sign_up(&mut server.address, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");

    cluster.freeze().await;
    let asking = ask_at_once(40, &server, &ann);
    for answer in asking {
        let answer = answer.await.unwrap().unwrap();
        assert!(is_503_with_retry_after(&answer), "{answer:?}");
    }
    cluster.thaw().await;
    let back = ann.session(&mut server.address).await;
    assert_eq!(back["user"]["email"], "ann@example.com");
}

/// The browser's get-session, for a connection of its own.
fn request_of(browser: &Browser) -> Request {
    Request::get("/api/auth/get-session").with("cookie", &browser.cookie_header())
}
