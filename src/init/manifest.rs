//! The project's `Cargo.toml`: a binary a function, and our release profile.

use super::files::File;
use super::functions::{PROGRAM, binaries};

/// Our own, for the profiles: without them binaries are larger and slower.
const OURS: &str = include_str!("../../Cargo.toml");
/// Begins the line that names the crate.
const DEPENDENCY: &str = "doorkey = ";

const HEAD: &str = "\
# Vercel builds each function with `cargo build --bin NAME --release`.
[package]
name = \"doorkey-functions\"
version = \"0.0.0\"
edition = \"2024\"
publish = false
";

/// By itself, in whatever folder it is: not a member of a workspace above.
const WORKSPACE: &str = "[workspace]\n";

/// The file, with this line for the crate.
pub(super) fn file(single: bool, dependency: &str) -> File {
    let body = format!(
        "{HEAD}default-run = \"{PROGRAM}\"\n\n{WORKSPACE}\n{}[dependencies]\n{}\n\n{}",
        tables(single),
        line(dependency),
        profiles()
    );
    File::needed("Cargo.toml", "#", &body)
}

/// The tables of its binaries.
pub(super) fn tables(single: bool) -> String {
    let all: Vec<String> = binaries(single)
        .iter()
        .map(|(name, path)| format!("[[bin]]\nname = \"{name}\"\npath = \"{path}\"\n\n"))
        .collect();
    all.concat()
}

/// The line that names the crate.
pub(super) fn line(dependency: &str) -> String {
    format!("{DEPENDENCY}{dependency}")
}

/// Whether such a file is of the one function for all.
pub(super) fn is_single(text: &str) -> bool {
    text.contains("path = \"api/doorkey.rs\"")
}

/// What the file says of the crate.
pub(super) fn dependency(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix(DEPENDENCY))
        .map(str::trim)
}

/// Our profiles, with the comments above them.
fn profiles() -> &'static str {
    let start = OURS.find("[profile.").unwrap_or(OURS.len());
    let before = OURS.get(..start).unwrap_or_default();
    let comment = before.rfind("\n\n").map_or(start, |at| at + 2);
    OURS.get(comment..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profiles_are_ours_and_nothing_else() {
        assert!(profiles().starts_with("# Hashing is unusably slow"));
        for part in [
            "[profile.release]\n",
            "lto = \"thin\"",
            "[profile.dev.package.argon2]",
        ] {
            assert!(profiles().contains(part), "{part}");
        }
        let tables = profiles().lines().filter(|line| line.starts_with('['));
        for table in tables {
            assert!(table.starts_with("[profile."), "{table}");
        }
    }

    #[test]
    fn the_dependency_is_found_again() {
        let line = "{ git = \"https://example.com/doorkey\", rev = \"abc\" }";
        assert_eq!(dependency(&file(false, line).text), Some(line));
        assert_eq!(dependency("[package]\n"), None);
    }
}
