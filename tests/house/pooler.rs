//! What does not survive a transaction pooler, which hands each transaction to
//! whatever server connection is free.

use crate::tree::rust;

/// What must not be written, and why.
const BANNED: &[(&str, &str)] = &[
    (
        ".persistent(",
        "an unnamed statement is sent in two round trips: it may meet another client's",
    ),
    (
        "statement_cache_capacity(",
        "without the cache, statements pile up on the server",
    ),
    (
        "pg_advisory_lock(",
        "a session's lock stays with the server",
    ),
    ("\"SET ", "a session's setting stays with the server"),
    ("\"LISTEN ", "notifications go to another client"),
    ("PgListener", "notifications go to another client"),
];

/// The places in a text where something banned is called, with the reason.
fn faults(text: &str) -> Vec<(usize, &'static str)> {
    let code = text.lines().zip(1..).filter(|(line, _)| {
        let line = line.trim_start();
        !line.starts_with("//")
    });
    code.flat_map(|(line, number)| {
        let found = BANNED.iter().filter(|(banned, _)| line.contains(banned));
        found.map(move |(_, why)| (number, *why))
    })
    .collect()
}

#[test]
fn nothing_relies_on_a_session_of_the_database() {
    // All SQL is in there, as another test says.
    let files = rust("shared/src/store");
    assert!(files.len() > 8, "the test no longer sees the sources");
    for (path, text) in files {
        assert_eq!(faults(&text), [], "{path}");
    }
}

#[test]
fn the_ban_sees_what_it_bans() {
    for (banned, why) in BANNED {
        let text = format!("let a = 1;\nquery{banned}x\n// {banned}");
        assert_eq!(faults(&text), [(2, *why)]);
    }
}
