//! Functions on Vercel.

mod mail;
pub(crate) mod platform;
mod start;
mod stop;

use serde_json::Value;

use crate::support::{Kind, Request, journey, on_both, sign_up};
use platform::{CLIENT, Function, ORIGIN, Vercel, environment};

on_both! {
    async fn the_journey_by_the_browsers_paths(kind) {
        let db = kind.migrated().await;
        let mut vercel = Vercel::new(environment(&db.url), false);
        journey(&mut vercel, ORIGIN, CLIENT).await;
    }

    async fn the_journey_by_rewritten_paths(kind) {
        let db = kind.migrated().await;
        let mut vercel = Vercel::new(environment(&db.url), true);
        journey(&mut vercel, ORIGIN, CLIENT).await;
    }

    async fn a_database_without_the_schema_is_503_until_it_is_migrated(kind) {
        let db = kind.empty().await;
        let mut signup = Function::start("signup", &environment(&db.url)).await;
        for _ in 0..2 {
            let answer = signup.call(sign_up("ann@example.com")).await;
            assert_eq!(answer.refusal(), (503, "SCHEMA_OUTDATED".into()));
            let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!(seconds > 0);
        }
        db.migrate().await;
        let answer = signup.call(sign_up("ann@example.com")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_answers_on_its_own_path_and_on_the_browsers() {
    let db = Kind::Sqlite.migrated().await;
    let mut verify = Function::start("verify", &environment(&db.url)).await;
    for path in [
        "/api/auth/get-session",
        "/api/auth/get-session?disableRefresh=true",
        "/api/verify?doorkey_path=/api/auth/get-session",
        "/api/verify?disableRefresh=true&doorkey_path=%2Fapi%2Fauth%2Fget-session",
    ] {
        let answer = verify.call(Request::get(path)).await;
        assert_eq!((answer.status, answer.json()), (200, Value::Null), "{path}");
    }
    // Its own endpoint of that name, and a hint that names another function's.
    for path in ["/api/verify", "/api/verify?doorkey_path=/api/auth/sign-out"] {
        let answer = verify.call(Request::get(path)).await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{path}");
    }
    for path in [
        "/",
        "/health",
        "/api/auth/sign-out",
        "/api/signin",
        "/api/auth/get-session/",
    ] {
        assert_eq!(verify.call(Request::get(path)).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_g1_a_body_over_the_limit_is_413_and_its_request_ends() {
    let db = Kind::Sqlite.migrated().await;
    let mut signin = Function::start("signin", &environment(&db.url)).await;
    let path = "/api/auth/sign-in/email";
    let honest = signin
        .call(Request::post(path, &" ".repeat(64 * 1024)))
        .await;
    assert_eq!(honest.refusal(), (400, "BAD_REQUEST".into()));
    let answer = signin
        .call(Request::post(path, &" ".repeat(64 * 1024 + 1)))
        .await;
    assert_eq!(answer.refusal(), (413, "PAYLOAD_TOO_LARGE".into()));

    // Without a length it shows while it is read.
    let chunk = format!("{:x}\r\n{}\r\n", 64 * 1024 + 1, " ".repeat(64 * 1024 + 1));
    let head = Request::post(path, &"").with("transfer-encoding", "chunked");
    let (head, id) = signin.mark(head);
    let mut connection = crate::support::Connection::open(signin.address).await;
    connection.send(head.head() + &chunk).await;
    let answer = connection.answer().await;
    assert_eq!(answer.refusal(), (413, "PAYLOAD_TOO_LARGE".into()));
    signin.ended(id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_platforms_ping_is_answered() {
    let db = Kind::Sqlite.empty().await;
    let health = Function::start("health", &environment(&db.url)).await;
    let mut connection = crate::support::Connection::open(health.address).await;
    let answer = connection.call(&Request::get("/_vercel/ping")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "OK"));
}
