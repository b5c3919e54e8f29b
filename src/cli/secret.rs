//! `doorkey secret`.

use std::process::ExitCode;

use super::{Output, fail, say};

pub(super) fn run(output: &Output) -> ExitCode {
    match doorkey::runtime::new_secret() {
        Ok(secret) if output.json => say(&format!("{{\"secret\":\"{secret}\"}}")),
        Ok(secret) => say(&secret),
        Err(error) => return fail(&error),
    }
    ExitCode::SUCCESS
}
