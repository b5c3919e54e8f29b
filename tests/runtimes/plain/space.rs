//! A Hugging Face Space: what cannot work there, or will be lost, is said at once.

use serde_json::{Value, json};

use super::Server;
use crate::support::{KEY, Platform as _, Request};

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
