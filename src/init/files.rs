//! Files that are ours as a whole.

use super::seal::seal;

/// A file that we write.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    /// What begins a comment in it.
    pub(super) sign: &'static str,
    /// With its first line.
    pub(super) text: String,
    /// Whether nothing works with another's file in its place.
    pub(super) needed: bool,
}

impl File {
    /// One that must be there.
    pub(super) fn needed(path: &str, sign: &'static str, body: &str) -> Self {
        let (path, text) = (path.to_owned(), seal(sign, body));
        Self {
            path,
            sign,
            text,
            needed: true,
        }
    }

    /// One that another's may replace.
    pub(super) fn optional(path: &str, sign: &'static str, body: &str) -> Self {
        Self {
            needed: false,
            ..Self::needed(path, sign, body)
        }
    }
}

/// The compiler that our figures and tests are of.
pub(super) fn toolchain() -> File {
    let ours = include_str!("../../rust-toolchain.toml");
    // Without the components that only developers of Rust code need.
    let lines = ours.lines().filter(|line| !line.starts_with("components"));
    let body: String = lines.flat_map(|line| [line, "\n"]).collect();
    File::optional("rust-toolchain.toml", "#", &body)
}
