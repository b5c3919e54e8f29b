//! Deployments that are as they should be, and usage that is not.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::command::{check, run};
use crate::deployment::sound;

/// The real server, as `doorkey` starts it.
async fn server(folder: &Path) -> (Child, String) {
    let migrate = Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .arg("migrate")
        .env_clear()
        .current_dir(folder)
        .status();
    assert!(migrate.await.unwrap().success());
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .env_clear()
        .env("PORT", "0")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["event"] == "listening" {
            return (child, line["url"].as_str().unwrap().to_owned());
        }
    }
    panic!("it does not listen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_itself_has_nothing_amiss_but_what_its_port_makes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, url) = server(folder.path()).await;
    let said = check(&url, &[]).await;
    // Its own origin is that of the port it was told, which was any.
    said.says("health", "ok", "Doorkey 0.", "");
    said.says("schema", "ok", "up to date", "");
    said.says("functions", "ok", "all 8 answer", "");
    said.says("own origin", "failed", "INVALID_ORIGIN", "PUBLIC_URL");
    said.only_failed(&["own origin"]);
    child.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_deployment_passes_every_check_and_gets_no_account() {
    let deployment = sound().start().await;
    let said = check(&deployment.url, &[]).await;
    said.only_failed(&[]);
    assert_eq!(said.err, "");
    for name in [
        "reachable",
        "health",
        "database",
        "schema",
        "pooler",
        "database clock",
        "mail",
        "clock",
        "headers",
        "caching",
        "banner",
        "site",
        "own origin",
        "foreign origin",
        "cookies",
        "functions",
    ] {
        assert_eq!(said.result(name), "ok", "{name}: {said:?}");
    }
    assert_eq!(said.result("hsts"), "skipped");
    assert_eq!(said.result("preflight"), "skipped");
    let json = said.json();
    assert_eq!(json["url"], deployment.url.as_str());
    assert_eq!(json["origin"], deployment.url.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_words_there_is_a_line_for_each_check_and_a_sum() {
    let deployment = sound().start().await;
    let said = run(Path::new("/"), &[], &[&deployment.url]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let health = said.out.lines().find(|line| line.contains(" health "));
    assert!(
        health
            .unwrap()
            .starts_with("ok       health          Doorkey 0.")
    );
    let last = said.out.lines().last().unwrap();
    assert_eq!(last, "16 ok, 0 warning, 0 failed, 2 skipped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_that_the_one_sign_in_counts_towards_is_named() {
    let deployment = sound().start().await;
    for _ in 0..10 {
        let said = check(&deployment.url, &[]).await;
        assert_eq!(said.result("own origin"), "ok", "{said:?}");
    }
    let said = check(&deployment.url, &[]).await;
    said.says("own origin", "warning", "429", "in a minute");
    said.only_failed(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_usage_is_told_apart_from_what_failed() {
    for words in [
        &["localhost:7860"][..],
        &["https://app.example.com/sign-in"],
        &["ftp://app.example.com"],
        &["https://app.example.com", "--origin", "app"],
        &["--origin", "https://app.example.com"],
        &["https://app.example.com", "--for", "vercel"],
        &["--for", "moon"],
        &["https://app.example.com", "--ca", "/nowhere.pem"],
    ] {
        let said = run(Path::new("/"), &[], words).await;
        assert_eq!(said.code, 2, "{words:?}: {said:?}");
        assert_eq!(said.out, "", "{words:?}");
    }
}
