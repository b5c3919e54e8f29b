//! Without a URL: this environment and its database.

use doorkey::config::{Env, Program, load};
use doorkey::store::migrate::migrate;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::command::{Said, run};

const KEY: &str = "kJ8s0Yv3Qm5tXw2Zr7Bn4Lp9Hd6Fc1GaUeRiToPlMzN";

async fn here(folder: &TempDir, env: &[(&str, &str)], words: &[&str]) -> Said {
    run(folder.path(), env, &[words, &["--json"]].concat()).await
}

fn files(folder: &TempDir) -> usize {
    std::fs::read_dir(folder.path()).unwrap().count()
}

#[tokio::test]
async fn an_empty_environment_is_fit_for_a_server_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let said = here(&folder, &[], &[]).await;
    said.only_failed(&[]);
    said.says("settings", "ok", "can be used (server)", "");
    said.says("database", "ok", "made at the first start", "");
    assert_eq!(files(&folder), 0, "it made something");
}

#[tokio::test]
async fn every_fault_is_named_and_no_value_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let env = [
        ("DATABASE_URL", "mysql://hunter2"),
        ("SESSION_TTL_DAYS", "hunter3"),
        ("PORT", "hunter4"),
    ];
    let said = here(&folder, &env, &[]).await;
    said.says(
        "settings",
        "failed",
        "DATABASE_URL",
        "for example: DATABASE_URL=",
    );
    said.says("settings", "failed", "PORT", "for example: PORT=");
    assert_eq!(said.code, 1);
    assert_eq!(said.result("database"), "skipped");
    assert!(
        !said.out.contains("hunter") && said.err.is_empty(),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_functions_need_is_asked_for_where_it_is_for_functions() {
    let folder = tempfile::tempdir().unwrap();
    for place in ["vercel", "lambda"] {
        let said = here(&folder, &[], &["--for", place]).await;
        said.says(
            "settings",
            "failed",
            "DATABASE_URL is not set",
            "DATABASE_URL=",
        );
        said.says("settings", "failed", "SECRET_KEY", "SECRET_KEY=");
        assert_eq!(said.code, 1);
    }
    // A Space knows its own host; its secret alone is asked for.
    let env = [("SECRET_KEY", KEY)];
    let said = here(&folder, &env, &["--for", "space"]).await;
    said.says(
        "settings",
        "warning",
        "every account is lost",
        "DATABASE_URL",
    );
    said.only_failed(&[]);
    assert!(!said.out.contains(KEY));
}

#[tokio::test]
async fn the_databases_schema_is_looked_at_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("doorkey.db");
    let url = format!("sqlite:{}", file.display());
    std::fs::write(&file, "").unwrap();
    let said = here(&folder, &[("DATABASE_URL", &url)], &[]).await;
    said.says("schema", "failed", "older", "doorkey migrate");
    said.only_failed(&["schema"]);
    assert_eq!(std::fs::read(&file).unwrap(), b"");

    let env = Env::from_pairs([("DATABASE_URL", url.as_str())]);
    let config = load(Program::Server, &env).unwrap().config;
    migrate(&config.database, &mut |_, _, _| {}).await.unwrap();
    let said = here(&folder, &[("DATABASE_URL", &url)], &[]).await;
    said.only_failed(&[]);
    for name in ["schema", "pooler", "database clock"] {
        assert_eq!(said.result(name), "ok", "{said:?}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("postgres://ann:hunter2@{address}/accounts");
    let said = here(&folder, &[("DATABASE_URL", &url)], &[]).await;
    said.says(
        "database",
        "failed",
        "postgres 127.0.0.1: ",
        "host, port, user, password",
    );
    said.says("database", "failed", "refused", "");
    said.only_failed(&["database"]);
    assert_eq!(said.result("direct address"), "skipped");
    assert!(
        !said.out.contains("hunter2") && said.err.is_empty(),
        "{said:?}"
    );
}

#[tokio::test]
async fn postgres_is_looked_at_through_its_own_address() {
    #[expect(clippy::disallowed_methods, reason = "no setting of the service")]
    let variable = |name: &str| std::env::var(name).ok();
    let Some(url) = variable("DOORKEY_TEST_POSTGRES") else {
        let required = variable("DOORKEY_REQUIRE_POSTGRES");
        assert!(required.is_none(), "DOORKEY_TEST_POSTGRES is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let env = [
        ("DATABASE_URL", url.as_str()),
        ("DATABASE_URL_UNPOOLED", url.as_str()),
    ];
    let said = here(&folder, &env, &[]).await;
    said.says("database", "ok", "on this machine or by TLS", "");
    said.says("pooler", "ok", "none", "");
    said.says("database clock", "ok", "in step", "");
    said.says("direct address", "ok", "postgres", "");
}
