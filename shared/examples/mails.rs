//! Every mail as it is sent, to look at: writes KIND.txt and KIND.html into a folder.
//! `TEMPLATES=./de cargo run -p doorkey --example mails -- ./out` shows a translation.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use doorkey::config::{Env, Program, load};
use doorkey::templates::{KINDS, Renderer, Values};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        return fail("usage: mails FOLDER");
    };
    let config = match load(Program::Server, &Env::from_process()) {
        Ok(loaded) => loaded.config,
        Err(faults) => return fail(&faults.to_string()),
    };
    let renderer = match Renderer::new(&config.templates) {
        Ok(renderer) => renderer,
        Err(error) => return fail(&error.to_string()),
    };
    for kind in KINDS {
        let values = Values {
            service: &config.service_name,
            name: "Ann Lee",
            email: "ann@example.com",
            link: kind.has_link().then_some(
                "https://auth.example.com/api/auth/verify-email\
                 ?token=0tJ7Qm5tXw2Zr7Bn4Lp9Hd6Fc1GaUeRiToPlMzNkJ8s&callbackURL=%2F",
            ),
            valid: Duration::from_hours(if kind.name == "delete-user" { 24 } else { 1 }),
            new_email: Some("ann.lee@example.org"),
        };
        let texts = match renderer.render(kind.name, &values) {
            Ok(texts) => texts,
            Err(error) => return fail(&error.to_string()),
        };
        let text = format!("Subject: {}\n\n{}", texts.subject, texts.text);
        for (ext, content) in [("txt", text), ("html", texts.html)] {
            let path = Path::new(&folder).join(kind.name).with_extension(ext);
            if let Err(error) = std::fs::write(path, content) {
                return fail(&format!("{folder}: {error}"));
            }
        }
    }
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "a tool for people")]
fn fail(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
