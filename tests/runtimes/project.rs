//! The program of a project that `doorkey init` made: all functions as one, and a
//! server behind `next dev`.

use std::process::{Command, Output};

use doorkey::http::FUNCTIONS;

use crate::support::{
    Answer, Connection, KEY, Kind, Platform, Program, Request, binary, journey, on_both,
};
use crate::vercel::platform::{CLIENT, Function, ORIGIN, environment};

/// All functions in one; it may be told the rewritten path.
struct Together {
    function: Function,
    rewrites: bool,
}

impl Platform for Together {
    async fn call(&mut self, mut request: Request) -> Answer {
        if self.rewrites {
            request.path = format!("/api/doorkey?doorkey_path={}", request.path);
        }
        self.function.call(request).await
    }
}

on_both! {
    async fn the_journey_in_one_function(kind) {
        for rewrites in [false, true] {
            let db = kind.migrated().await;
            let function = Function::start("project", &environment(&db.url)).await;
            journey(&mut Together { function, rewrites }, ORIGIN, CLIENT).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_function_has_every_endpoint_behind_its_own_path() {
    let db = Kind::Sqlite.migrated().await;
    // Without mail some answer as if they were not there.
    let env = [&environment(&db.url)[..], &[("MAIL_URL", "log:")]].concat();
    let mut function = Function::start("project", &env).await;
    for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
        let path = endpoint.path.replace("{token}", "none");
        let hidden = Request::new(
            endpoint.method(),
            &format!("/api/doorkey?doorkey_path={path}"),
        );
        let answer = function.call(hidden).await;
        assert!(
            answer.status != 404 && answer.status < 500,
            "{path}: {answer:?}"
        );
    }
    for path in [
        "/api/doorkey",
        "/api/doorkey?doorkey_path=/api/other",
        "/api/verify?doorkey_path=/x",
    ] {
        let answer = function.call(Request::get(path)).await;
        assert_eq!(
            answer.status == 404,
            path.starts_with("/api/doorkey"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_in_mails_lead_through_the_front_end_that_passes_them_on() {
    let folder = tempfile::tempdir().unwrap();
    let env = [
        ("PORT", "0"),
        ("MAIL_URL", "file:mails"),
        ("ARGON2_M_KIB", "64"),
    ];
    let program = Program::start("project", folder.path(), &env);
    let address = program.address().await;
    let answer = Connection::open(address)
        .await
        .call(&crate::support::sign_up("ann@example.com"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    program.event("mail_sent").await;
    let mail = std::fs::read_to_string(folder.path().join("mails")).unwrap();
    assert!(
        mail.contains("http://localhost:3000/api/auth/verify-email?"),
        "{mail}"
    );
}

fn run(arguments: &[&str], database: &str) -> Output {
    let mut command = Command::new(binary("project"));
    command
        .env_clear()
        .env("DATABASE_URL", database)
        .env("SECRET_KEY", KEY);
    command.args(arguments).output().unwrap()
}

on_both! {
    async fn told_to_migrate_it_does_and_ends(kind) {
        let db = kind.empty().await;
        for expected in [true, false] {
            let output = run(&["migrate"], &db.url);
            let log = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{log}");
            assert_eq!(log.contains("\"event\":\"migrated\""), expected, "{log}");
            assert!(log.contains("\"event\":\"schema_up_to_date\""), "{log}");
        }
        let answer = Function::start("project", &environment(&db.url)).await
            .call(crate::support::sign_up("ann@example.com")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[test]
fn told_anything_else_it_says_what_it_can_be_told() {
    let output = run(&["migrat"], "sqlite:none.db");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cargo run -- migrate"));
    let away = run(&["migrate"], "postgres://u:p@127.0.0.1:1/x");
    assert_eq!(away.status.code(), Some(1));
}
