//! `doorkey openapi`.

use std::process::ExitCode;

use super::{fail, say};

/// Prints the document, indented: it is JSON already.
pub(super) fn run() -> ExitCode {
    let document = doorkey::http::openapi::document(doorkey::http::FUNCTIONS);
    match serde_json::to_string_pretty(&document) {
        Ok(text) => say(&text),
        Err(error) => return fail(&error),
    }
    ExitCode::SUCCESS
}
