//! A file that needs scrolling through needs splitting.

use crate::tree::{files, read};

const MOST_LINES: usize = 400;
const CODE: &[&str] = &[
    "rs", "sh", "mjs", "js", "ts", "tsx", "py", "sql", "toml", "yml",
];
const HASHES: &[&str] = &[
    "scripts/checks.txt",
    "scripts/lambda-platform/requirements.txt",
];

#[test]
fn no_file_of_code_is_over_400_lines() {
    let mut seen = 0;
    for path in files("") {
        let name = path.to_string_lossy().into_owned();
        let ext = path
            .extension()
            .map(|ext| ext.to_string_lossy().into_owned());
        // A list of hashes that a program wrote is not read by anybody.
        if HASHES.contains(&name.as_str()) {
            continue;
        }
        let is_script = name.starts_with("scripts/") || name.starts_with(".ci/");
        if is_script || ext.is_some_and(|ext| CODE.contains(&ext.as_str())) {
            seen += 1;
            let lines = read(&name).lines().count();
            assert!(lines <= MOST_LINES, "{name} has {lines} lines");
        }
    }
    assert!(seen > 50, "the test no longer sees the files");
}
