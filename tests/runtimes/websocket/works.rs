//! What works as it does without.

use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::process::Command;
use tokio::task::JoinSet;

use super::stand_in::Mood;
use super::{Place, password_of};
use crate::support::{Browser, binary, journey, soon};

const ORIGIN: &str = "http://localhost:3000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_up_to_sign_out_and_the_migrations_before() {
    let Some(place) = Place::new().await else {
        return;
    };
    let mut server = place.server().await;
    server.program.event("migrated").await;
    journey(&mut server.address, ORIGIN, "127.0.0.1").await;
    let log = server.program.out.text();
    assert!(log.contains("127.0.0.1 by WebSocket"), "{log}");
    assert!(!log.contains(password_of(&place.database.url)), "{log}");
    // The pool's, and the one that the migrations had.
    assert!(place.proxy.asked().len() >= 2);
    server.program.terminate().await;
    assert_eq!(server.program.exit_code().await, Some(0));
    let log = server.program.out.text();
    assert!(!log.contains("tunnel_broken"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_a_proxy_that_is_slow_and_asks_for_signs_of_life() {
    let Some(place) = Place::new().await else {
        return;
    };
    place.proxy.set(Mood::Slow);
    let mut server = place.server().await;
    journey(&mut server.address, ORIGIN, "127.0.0.1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_many_frames_and_many_at_once() {
    let Some(place) = Place::new().await else {
        return;
    };
    let server = place.server().await;
    let mut address = server.address;
    let mut ann = Browser::new(ORIGIN, "Laptop/1.0");
    let answer = ann.sign_up(&mut address, "ann.lee@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut conn = PgConnection::connect(&place.database.url).await.unwrap();
    conn.execute(MANY_SESSIONS).await.unwrap();
    let mut all = JoinSet::new();
    for number in 0..20 {
        let cookies = ann.cookies.clone();
        all.spawn(async move {
            let mut address = address;
            let mut browser = Browser::new(ORIGIN, "Laptop/1.0");
            if number % 4 == 0 {
                let email = format!("user-{number}@example.com");
                let answer = browser.sign_up(&mut address, &email).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                let found = browser.session(&mut address).await;
                assert_eq!(found["user"]["email"], email);
            } else {
                browser.cookies = cookies;
                let path = "/api/auth/list-sessions";
                let found = browser.get(&mut address, path).await.json();
                let found = found.as_array().unwrap();
                assert_eq!(found.len(), 201);
                let large = found
                    .iter()
                    .filter(|one| one["userAgent"] == "x".repeat(500));
                assert_eq!(large.count(), 200);
            }
        });
    }
    soon("all of them", all.join_all()).await;
}

/// Some 130 KB in one answer of the database.
const MANY_SESSIONS: &str = "INSERT INTO sessions (id, user_id, session_token, expires_at, \
    created_at, updated_at, ip_address, user_agent) SELECT gen_random_uuid(), user_id, \
    md5(n::text) || md5(n::text), expires_at, created_at, updated_at, ip_address, \
    repeat('x', 500) FROM sessions, generate_series(1, 200) n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_takes_the_same_way() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (url, transport) = (place.url(), place.proxy.url());
    let run = async |words: &[&str]| {
        let run = Command::new(binary("doorkey"))
            .args(words)
            .env_clear()
            .env("DATABASE_URL", &url)
            // No tcp leads there: what is not sent through the proxy fails.
            .env("DATABASE_URL_UNPOOLED", &url)
            .env("DATABASE_TRANSPORT", &transport)
            .output();
        let done = soon("a command", run).await.unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let said = said + &String::from_utf8_lossy(&done.stderr);
        (done.status.code(), said)
    };
    let (code, said) = run(&["migrate", "--check"]).await;
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = run(&["migrate", "--json"]).await;
    assert_eq!(code, Some(0), "{said}");
    let before = place.proxy.asked().len();
    assert!(before >= 2);
    let (code, said) = run(&["doctor", "--json"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("by WebSocket"), "{said}");
    assert!(place.proxy.asked().len() >= before + 2, "{said}");
    place.proxy.set(Mood::Refusing(404));
    let (code, said) = run(&["doctor", "--json"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("was refused with HTTP 404"), "{said}");
    let (code, said) = run(&["migrate"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("was refused with HTTP 404"), "{said}");
    assert!(!said.contains(password_of(&url)), "{said}");
}
