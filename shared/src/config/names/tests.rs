//! The table agrees with `.env.example` and with what `load` takes.

use super::*;
use crate::config::Program;
use crate::config::tests::{good, with_needed};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn every_example_is_of_the_right_form() {
    for setting in ALL {
        let mut pairs = with_needed(&[]);
        pairs.retain(|(name, _)| *name != setting.name);
        pairs.push((setting.name, setting.example));
        pairs.retain(|(name, _)| setting.name != "BETTER_AUTH_SECRET" || *name != "SECRET_KEY");
        good(Program::Server, &pairs);
    }
}

/// The file is what this function writes: run the test to see the difference.
fn env_example() -> String {
    let mut text = String::from(
        "# Every setting of Doorkey. None is needed on one machine alone: remove the # in\n\
         # front of those that you need, and keep the file with your keys out of git.\n",
    );
    for setting in ALL {
        let Setting {
            name,
            meaning,
            default,
            example,
        } = setting;
        // The file is read by a shell, to which a bare " is its own.
        let quote = if example.contains('"') { "'" } else { "" };
        writeln!(
            text,
            "\n# {meaning} Default: {default}.\n#{name}={quote}{example}{quote}"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_example_file_lists_exactly_the_known_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env.example");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let wanted = env_example();
    assert!(found == wanted, "{} should be:\n{wanted}", path.display());
}
