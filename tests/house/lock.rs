//! What may be in the lock file.

use crate::tree::read;

/// A second TLS, or a C toolchain at run time, is a second set of advisories.
const BANNED: &[&str] = &[
    "openssl",
    "openssl-sys",
    "native-tls",
    "aws-lc-rs",
    "aws-lc-sys",
];
/// Two of these in one binary is two pools, two type universes, or a panic.
const SINGLE: &[&str] = &[
    "rustls",
    "ring",
    "hyper",
    "http",
    "tokio",
    "digest",
    "sqlx-core",
];

fn count(lock: &str, name: &str) -> usize {
    lock.lines()
        .filter(|line| *line == format!("name = \"{name}\""))
        .count()
}

#[test]
fn sec_i1_no_banned_crate_and_no_second_version_of_the_core_ones() {
    let lock = read("Cargo.lock");
    for name in BANNED {
        assert_eq!(count(&lock, name), 0, "{name} is banned");
    }
    for name in SINGLE {
        assert_eq!(count(&lock, name), 1, "{name} must be there once");
    }
}

#[test]
fn sec_i1_unsafe_code_is_forbidden_everywhere() {
    assert!(read("Cargo.toml").contains("unsafe_code = \"forbid\""));
    for manifest in ["Cargo.toml", "shared/Cargo.toml"] {
        assert!(
            read(manifest).contains("[lints]\nworkspace = true"),
            "{manifest}"
        );
    }
}
