//! What the dependencies are and where they come from: only licences that ask
//! for no more than to be named, only the public registry.

use std::process::Command;

use serde_json::Value;

const ALLOWED: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "0BSD",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

fn packages() -> Vec<Value> {
    let args = ["metadata", "--format-version=1", "--locked"];
    let output = Command::new(env!("CARGO")).args(args).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether some choice of an SPDX expression is allowed (`/` is an old `OR`).
fn is_allowed(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], "").replace('/', " OR ");
    let all_of = |choice: &str| {
        choice
            .split(" AND ")
            .all(|term| ALLOWED.contains(&term.trim()))
    };
    // `(A OR B) AND C` reads as `A`, or `B AND C`: C is looked at by itself.
    let last = flat.rsplit(" AND ").next().unwrap_or_default();
    flat.split(" OR ").any(|choice| all_of(choice.trim()))
        && last.split(" OR ").any(|term| all_of(term.trim()))
}

#[test]
fn sec_i1_every_licence_is_one_that_may_be_used() {
    let packages = packages();
    assert!(packages.len() > 200, "the test no longer sees the packages");
    for package in packages
        .iter()
        .filter(|package| !package["source"].is_null())
    {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(
            is_allowed(licence),
            "{} is under {licence}",
            package["name"]
        );
    }
    assert!(!is_allowed("GPL-3.0-only") && !is_allowed("MIT AND GPL-3.0-only"));
}

#[test]
fn sec_i1_every_crate_comes_from_the_registry() {
    for package in packages() {
        let source = package["source"].as_str().unwrap_or("here");
        let is_known =
            source == "here" || source == "registry+https://github.com/rust-lang/crates.io-index";
        assert!(is_known, "{} comes from {source}", package["name"]);
    }
}
