//! Every statement is a constant that both databases know.

use std::path::{Path, PathBuf};

use doorkey::store::{POSTGRES_STATEMENTS, SQLITE_STATEMENTS, STATEMENTS};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::db_test;

/// Every statement is a constant: nothing that came in can be part of one.
#[test]
fn sec_g4_no_sql_is_built_at_run_time() {
    fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                found.push(path);
            }
        }
    }
    const VERBS: [&str; 8] = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE ",
        "ALTER ",
        "DROP ",
        "BEGIN",
    ];
    const RUNNERS: [&str; 5] = [
        "sqlx::query(",
        "sqlx::query_as(",
        "sqlx::query_scalar(",
        "sqlx::raw_sql(",
        "begin_with(",
    ];
    const BUILDERS: [&str; 5] = ["format!", "push_str", "write!", ".replace(", "concat!"];
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("shared/src"),
        &mut files,
    );
    let mut runs = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display();
        assert!(!text.contains("QueryBuilder"), "{name}");
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let has_sql = VERBS.iter().any(|verb| line.contains(&format!("\"{verb}")));
            let builds = BUILDERS.iter().any(|builder| line.contains(builder));
            assert!(!(has_sql && builds), "{name}: {line}");
            for (at, runner) in RUNNERS.iter().filter_map(|r| Some((line.find(r)?, r))) {
                let argument = line[at + runner.len()..].split(')').next().unwrap();
                let constant = |c: char| c.is_ascii_uppercase() || c == '_';
                let known = ["$columns", "migration.$dialect", "\"BEGIN IMMEDIATE\""];
                let fixed = !argument.is_empty() && argument.chars().all(constant);
                assert!(fixed || known.contains(&argument), "{name}: {line}");
                runs += 1;
            }
        }
    }
    assert!(
        runs > 20,
        "only {runs} statements found: the test looks for the wrong thing"
    );
}

db_test! {
    async fn every_statement_can_be_prepared(db) {
        db.app(&[]).await;
        let all = STATEMENTS.iter().flat_map(|statements| statements.iter());
        if db.is_postgres() {
            let mut conn = PgConnection::connect(db.direct()).await.unwrap();
            for sql in all.chain(POSTGRES_STATEMENTS.iter().flat_map(|statements| statements.iter())) {
                conn.prepare(sql).await.map_or_else(|error| panic!("{sql}: {error}"), drop);
            }
        } else {
            let mut conn = SqliteConnection::connect(db.direct()).await.unwrap();
            for sql in all.chain(SQLITE_STATEMENTS.iter().flat_map(|statements| statements.iter())) {
                conn.prepare(sql).await.map_or_else(|error| panic!("{sql}: {error}"), drop);
            }
        }
    }
}
