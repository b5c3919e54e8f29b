//! The files of `api/`, and the program beside them: our own, to the letter.

use super::files::File;

/// Every file of our `api/` by its name.
const SOURCES: &[(&str, &str)] = &[
    ("health", include_str!("../../api/health.rs")),
    ("signup", include_str!("../../api/signup.rs")),
    ("signin", include_str!("../../api/signin.rs")),
    ("verify", include_str!("../../api/verify.rs")),
    ("sessions", include_str!("../../api/sessions.rs")),
    ("account", include_str!("../../api/account.rs")),
    ("recovery", include_str!("../../api/recovery.rs")),
    ("tokens", include_str!("../../api/tokens.rs")),
];

/// The program that serves all of them.
pub(super) const PROGRAM: &str = "doorkey";

/// Where the program is, and what it says.
fn program(single: bool) -> (&'static str, &'static str) {
    if single {
        ("api/doorkey.rs", include_str!("files/single.rs"))
    } else {
        ("doorkey.rs", include_str!("files/local.rs"))
    }
}

/// The Rust files of a project.
pub(super) fn files(single: bool) -> Vec<File> {
    let (path, text) = program(single);
    let own = File::needed(path, "//", text);
    let each = SOURCES
        .iter()
        .filter(|_| !single)
        .map(|(name, text)| File::needed(&format!("api/{name}.rs"), "//", text));
    each.chain([own]).collect()
}

/// Names and paths of its binaries.
pub(super) fn binaries(single: bool) -> Vec<(&'static str, String)> {
    let each = SOURCES
        .iter()
        .filter(|_| !single)
        .map(|(name, _)| (*name, format!("api/{name}.rs")));
    [(PROGRAM, program(single).0.to_owned())]
        .into_iter()
        .chain(each)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorkey::http::FUNCTIONS;

    #[test]
    fn they_are_those_of_the_table() {
        let names: Vec<_> = SOURCES.iter().map(|(name, _)| *name).collect();
        let table: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
        assert_eq!(names, table);
        for (name, text) in SOURCES {
            let call = format!("serve({})", name.to_uppercase());
            assert!(text.contains(&call), "{name}");
        }
    }

    #[test]
    fn the_one_function_is_where_the_rewrites_lead() {
        let [(name, path)] = binaries(true).try_into().expect("one binary");
        assert_eq!(format!("/api/{name}"), doorkey::http::functions::TOGETHER);
        assert_eq!(path, "api/doorkey.rs");
    }
}
