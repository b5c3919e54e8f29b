//! The texts of mails: templates that come with the program, replaced file by file
//! by those of an operator's folder (`TEMPLATES`). No words for users stand in
//! Rust, so a translation is one folder.
//!
//! A mail is three files: `KIND.txt` (its first line is `Subject: …`), `KIND.html`
//! and, for all of them, `layout.html`. `KIND.html` gives the layout its middle
//! (`content`) and sets `title`, `note` (below the button) and `button` (its label).

mod folder;
mod kinds;
mod render;
mod shown;

pub use folder::Templates;
pub use kinds::{KINDS, Kind};
pub use render::{Renderer, Texts, Values};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {wrong}")]
pub struct TemplateError {
    /// The file's name, without its folder.
    pub file: String,
    /// What is wrong, in words; no value that was filled in.
    pub wrong: String,
}

impl TemplateError {
    fn new(file: &str, wrong: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            wrong: wrong.into(),
        }
    }
}
