//! `docs/SECURITY.md` and the tests agree: every test it names exists, and every
//! test of a security line stands in it.

use std::collections::BTreeSet;

use crate::tree::{read, rust};

/// Names of tests (`sec_…`) in a text.
fn names(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("sec_") && word.len() > 6)
        .map(str::to_owned)
        .collect()
}

fn tests() -> BTreeSet<String> {
    let all = ["shared/src", "tests"].into_iter().flat_map(rust);
    let lines = all.flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .filter(|line| line.trim_start().contains("fn sec_"))
        .flat_map(|line| names(&line))
        .collect()
}

#[test]
fn the_table_of_security_tests_is_complete() {
    let (table, tests) = (names(&read("docs/SECURITY.md")), tests());
    let missing: Vec<_> = tests.difference(&table).collect();
    let gone: Vec<_> = table.difference(&tests).collect();
    assert!(tests.len() > 20, "the test no longer sees the tests");
    assert!(missing.is_empty(), "not in docs/SECURITY.md: {missing:#?}");
    assert!(
        gone.is_empty(),
        "in docs/SECURITY.md, but no test: {gone:#?}"
    );
}
