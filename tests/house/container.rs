//! The container is built from what `.dockerignore` lets through, and from nothing else.

use std::path::{Component, Path, PathBuf};

use crate::tree::{files, read};

/// The folders of what the image's program is made of.
const SOURCES: &[&str] = &["src", "shared/src", "api"];

#[test]
fn all_that_the_program_includes_is_in_the_images_context() {
    let ignored = read(".dockerignore");
    let let_in: Vec<&str> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    let mut seen = 0;
    for path in SOURCES.iter().flat_map(|folder| files(folder)) {
        let text = read(&path.to_string_lossy());
        for (_, rest) in text.match_indices("include_str!(\"").map(|(at, found)| {
            let after = text.get(at + found.len()..);
            (at, after.unwrap_or_default())
        }) {
            let named = rest.split('"').next().unwrap();
            let included = plain(&path.parent().unwrap().join(named));
            let first = included.components().next().unwrap();
            let first = first.as_os_str().to_string_lossy().into_owned();
            assert!(
                let_in.contains(&first.as_str()),
                "{} includes {}, which .dockerignore keeps out",
                path.display(),
                included.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 10, "the test no longer sees what is included");
}

/// The path without steps up.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => assert!(plain.pop(), "{}", path.display()),
            other => plain.push(other),
        }
    }
    plain
}
