//! A Hugging Face Space: what cannot work there, or will be lost, is said at once.

use serde_json::{Value, json};

use std::net::SocketAddr;

use super::Server;
use crate::support::{KEY, Platform as _, Program, Request};

const SPACE: [(&str, &str); 6] = [
    ("SPACE_ID", "team/auth"),
    ("SPACE_HOST", "team-auth.hf.space"),
    ("PORT", "0"),
    ("SECRET_KEY", KEY),
    ("FRONTEND_URL", "https://app.example.com"),
    ("MAIL_FROM", "no-reply@example.com"),
];

async fn server(more: &[(&str, &str)]) -> Server {
    // Listening on all addresses, it says so, and not where it can be reached.
    let host = [("HOST", "127.0.0.1")];
    Server::start("doorkey", &[&SPACE, &host[..], more].concat()).await
}

async fn deep(server: &Server) -> Value {
    let mut address = server.address;
    address.call(Request::get("/health?deep=1")).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_will_be_lost_are_warned_of_at_start_and_in_deep_health() {
    let server = server(&[("DATABASE_URL", "sqlite:./auth.db")]).await;
    server.program.event("migrated").await;
    let log = server.program.out.text();
    let about = |line: &&str| line.contains("every account is lost at the next restart");
    let warned: Vec<Value> = log
        .lines()
        .filter(about)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(warned.len(), 1, "{log}");
    assert_eq!(
        (&warned[0]["level"], &warned[0]["name"]),
        (&json!("WARN"), &json!("DATABASE_URL"))
    );
    let found = deep(&server).await;
    assert_eq!(found["durable"], false, "{found}");
    assert_eq!(found["status"], "ok", "{found}");
    let warning = found["warning"].as_str().unwrap();
    assert!(warning.contains("every account is lost"), "{warning}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smtp_is_warned_of_with_what_to_use_instead() {
    let url = ("MAIL_URL", "smtps://u:hunter2@smtp.example.com");
    let server = server(&[("DATABASE_URL", "sqlite:./auth.db"), url]).await;
    let log = server.program.out.text();
    let line = log.lines().find(|line| line.contains("resend://"));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(
        (&line["level"], &line["name"]),
        (&json!("WARN"), &json!("MAIL_URL"))
    );
    assert!(!log.contains("hunter2"), "{log}");
}

/// All that is seen of a Space that ends at its start is "Runtime error".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_set_is_shown_on_a_page_and_nothing_else_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "postgres://u:hunter2@db.example.com/x?sslmode=never";
    let env = [
        ("SPACE_ID", "team/auth"),
        ("HOST", "127.0.0.1"),
        ("PORT", "0"),
        ("DATABASE_URL", secret),
    ];
    let app = ["--", "touch", "started"];
    let mut program = Program::start_with("doorkey", &app, folder.path(), &env);
    let found = program.err.find("the page", |line| {
        let (_, rest) = line.split_once("a page at http://")?;
        rest.split(' ').next()?.parse().ok()
    });
    let mut address: SocketAddr = found.await.unwrap();

    let page = Request::get("/sign-in").with("accept", "text/html");
    let page = address.call(page).await;
    assert_eq!(page.status, 503, "{page:?}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("frame-ancestors https://huggingface.co"),
        "{policy}"
    );
    let text = page.body.clone();
    for told in ["SECRET_KEY", "DATABASE_URL", "SETUP_NEEDED"] {
        assert!(text.contains(told), "{told}: {page:?}");
    }
    for path in ["/health", "/api/auth/get-session", "/"] {
        let answer = address.call(Request::get(path)).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.json()["code"], "SETUP_NEEDED");
    }
    assert!(!text.contains("hunter2") && !program.err.text().contains("hunter2"));
    assert!(!folder.path().join("started").exists());
    program.terminate().await;
    assert_eq!(program.exit_code().await, Some(2));
}
