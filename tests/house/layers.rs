//! Imports go one way, which Rust's modules do not enforce by themselves.

use crate::tree::rust;

/// Lowest first. What stands to the right may use what stands to the left.
const LAYERS: &[&str] = &[
    "domain",
    "crypto",
    "templates",
    "config",
    "store",
    "mail",
    "app",
    "telemetry",
    "service",
    "http",
    "pages",
    "upstream",
    "runtime",
];

/// The crates of HTTP, and the first layer that may know them.
const HTTP: (&[&str], &str) = (
    &[
        "axum",
        "http",
        "hyper",
        "hyper_util",
        "tower",
        "http_body_util",
    ],
    "http",
);
/// The one file below it that speaks HTTP all the same: as a client, to services
/// that send mails, where no SMTP gets out.
const HTTP_CLIENT: &str = "shared/src/mail/https.rs";
/// The database's crate, and the only layer that may know it.
const SQL: (&[&str], &str) = (&["sqlx"], "store");

fn rank(layer: &str) -> usize {
    LAYERS
        .iter()
        .position(|l| *l == layer)
        .unwrap_or_else(|| panic!("no layer `{layer}`"))
}

/// The layer of a file: the first part of its path below `shared/src`.
fn layer(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("shared/src/")?;
    Some(inside.split(['/', '.']).next().unwrap()).filter(|first| *first != "lib")
}

/// The first names of the paths in a line of code that begin with `start`.
fn names_after<'a>(line: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(start).filter_map(move |(at, _)| {
        let before = line[..at].chars().next_back();
        let joined = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        let rest = &line[at + start.len()..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        (!joined).then_some(&rest[..end])
    })
}

fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn imports_point_one_way() {
    let mut seen = 0;
    for (path, text) in rust("shared/src") {
        let Some(own) = layer(&path) else { continue };
        for line in code(&text) {
            for used in names_after(line, "crate::").filter(|used| !used.is_empty()) {
                seen += 1;
                assert!(
                    rank(used) <= rank(own),
                    "{path} ({own}) uses {used}: {line}"
                );
            }
            assert!(
                !line.contains("super::super::super"),
                "{path}: name it from `crate`: {line}"
            );
        }
    }
    assert!(seen > 100, "the test no longer sees the imports");
}

#[test]
fn nothing_below_http_knows_http() {
    let (crates, first) = HTTP;
    let mut seen = 0;
    for (path, text) in rust("shared/src") {
        let Some(own) = layer(&path) else { continue };
        for line in code(&text) {
            for name in crates {
                let used = names_after(line, &format!("{name}::")).count();
                seen += used;
                assert!(
                    used == 0 || rank(own) >= rank(first) || path == HTTP_CLIENT,
                    "{path} knows {name}: {line}"
                );
            }
        }
    }
    assert!(seen > 50, "the test no longer sees the imports");
}

#[test]
fn all_sql_lives_in_the_store() {
    let (crates, only) = SQL;
    let all = ["shared/src", "src", "api"].into_iter().flat_map(rust);
    // A test may look at what the database's crate makes of our URLs.
    for (path, text) in all.filter(|(path, _)| !path.ends_with("/tests.rs")) {
        let own = layer(&path).unwrap_or("deployment");
        for line in code(&text).filter(|_| own != only) {
            let knows = crates
                .iter()
                .any(|name| names_after(line, &format!("{name}::")).count() > 0);
            assert!(!knows, "{path} knows the database's crate: {line}");
        }
    }
}
