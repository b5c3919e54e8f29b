//! Whether a path may be read and written: a repository can hold links, and one that
//! leads out of the project would have us write wherever its author likes (CWE-59).

use std::fs;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

use doorkey::app::{Random as _, SystemRandom};

/// What is in the way of this path, in words for its owner.
pub(super) fn obstacle(root: &Path, path: &str) -> Option<String> {
    let mut at = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let metadata = fs::symlink_metadata(&at).ok()?;
        let shown = at.strip_prefix(root).unwrap_or(&at).display();
        if metadata.is_symlink() {
            match at.canonicalize() {
                Err(_) => return Some(format!("{shown} is a link that leads nowhere: remove it")),
                Ok(target) if !target.starts_with(root) => {
                    return Some(format!(
                        "{shown} is a link out of the project, and nothing is written there: \
                         put a file or folder of the project in its place"
                    ));
                }
                Ok(_) => {}
            }
        }
        let is_last = parts.peek().is_none();
        if is_last && !at.is_file() {
            return Some(format!("{shown} is no regular file: move it away"));
        }
        if !is_last && !at.is_dir() {
            return Some(format!("{shown} is no folder: move it away"));
        }
    }
    None
}

/// Whether the path is a link that leads out of the project, or nowhere.
pub(super) fn leads_away(root: &Path, path: &str) -> bool {
    let path = root.join(path);
    let inside = |target: PathBuf| target.starts_with(root);
    path.is_symlink() && !path.canonicalize().is_ok_and(inside)
}

/// Puts the text there as a whole or not at all, with the permissions of what was
/// there. The name beside it cannot be foreseen, and is never one that exists.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let (mut file, name) = beside(path)?;
    let mut written = file.write_all(text.as_bytes());
    if let Ok(old) = fs::metadata(path) {
        written = written.and_then(|()| file.set_permissions(old.permissions()));
    }
    drop(file);
    let done = written.and_then(|()| fs::rename(&name, path));
    if done.is_err() {
        let _ = fs::remove_file(&name);
    }
    done
}

fn beside(path: &Path) -> Result<(fs::File, PathBuf)> {
    for _ in 0..16 {
        let mut bytes = [0; 8];
        SystemRandom.fill(&mut bytes).map_err(Error::other)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{:016x}", u64::from_ne_bytes(bytes)));
        // O_EXCL: neither what exists is opened nor a link followed.
        match fs::File::create_new(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((file, PathBuf::from(name))),
        }
    }
    Err(Error::from(ErrorKind::AlreadyExists))
}
