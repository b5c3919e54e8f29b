//! Mails that stay on this machine: in a file, or in the log.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::json;

use super::letter::Letter;

/// Appends a mail as one line of JSON, by one write, so that mails of several
/// processes never mix. Whoever reads the file can open the links: only its owner.
pub(super) fn append(path: &Path, letter: &Letter) -> io::Result<()> {
    let texts = &letter.texts;
    let mail = json!({
        "to": letter.to,
        "subject": texts.subject,
        "text": texts.text,
        "html": texts.html,
    });
    let line = format!("{mail}\n");
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path)?.write(line.as_bytes())?;
    if written == line.len() {
        Ok(())
    } else {
        Err(io::ErrorKind::StorageFull.into())
    }
}

/// Puts a mail into the log, its link too.
pub(super) fn log(letter: &Letter) {
    tracing::info!(
        event = "mail",
        to = letter.to,
        subject = letter.texts.subject,
        text = letter.texts.text
    );
}
