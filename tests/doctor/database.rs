//! Doorkey runs, and its database is not as it should be.

use tokio::net::TcpListener;

use crate::command::check;
use crate::deployment::sound;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_too_old() {
    let deployment = sound().unmigrated().start().await;
    let said = check(&deployment.url, &[]).await;
    said.says(
        "schema",
        "failed",
        "older than this version",
        "doorkey migrate",
    );
    said.says(
        "own origin",
        "failed",
        "503 SCHEMA_OUTDATED",
        "doorkey migrate",
    );
    said.only_failed(&["schema", "own origin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("postgres://ann:hunter2hunter2@{address}/accounts");
    let deployment = sound().unmigrated().with("DATABASE_URL", &url);
    let deployment = deployment.start().await;
    let said = check(&deployment.url, &[]).await;
    said.says("database", "failed", "", "DATABASE_URL");
    said.says(
        "own origin",
        "failed",
        "503 DATABASE_UNAVAILABLE",
        "DATABASE_URL",
    );
    said.only_failed(&["database", "own origin"]);
    assert_eq!(said.result("schema"), "skipped");
    assert!(!said.out.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_lost_at_the_next_restart() {
    let setup = sound()
        .with("SPACE_ID", "team/auth")
        .with("SECRET_KEY", "Zk3vQp9sT1xWc7LmYb5NdR8hGj2FuA4e")
        .with("ARGON2_M_KIB", "47104")
        .with("FRONTEND_URL", "https://app.example.com");
    let deployment = setup.start().await;
    let said = check(&deployment.url, &[]).await;
    said.says("storage", "warning", "not kept", "mount storage at /data");
}
