//! Carrying a plan out.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use super::Refusal;
use super::plan::{Plan, Step, What};
use super::project::Project;

/// Does what was planned. Stopped half-way, it goes on when it is run again: each
/// file is there as a whole or not at all.
pub(crate) fn apply(project: &Project, plan: &Plan) -> std::result::Result<(), Refusal> {
    for step in &plan.steps {
        carry_out(project.root(), step).map_err(|error| Refusal::File(step.path.clone(), error))?;
    }
    Ok(())
}

fn carry_out(root: &Path, step: &Step) -> Result<()> {
    let path = root.join(&step.path);
    match step.what {
        What::Remove => fs::remove_file(path),
        What::Add => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            // A link that leads nowhere would be written through.
            if path.is_symlink() {
                return Err(Error::new(
                    ErrorKind::AlreadyExists,
                    "is a link that leads nowhere",
                ));
            }
            write(&path, &step.text)
        }
        // Through a link, so that it stays one.
        What::Update => write(&path.canonicalize()?, &step.text),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".doorkey-new");
    fs::write(&name, text)?;
    if let Ok(old) = fs::metadata(path) {
        fs::set_permissions(&name, old.permissions())?;
    }
    fs::rename(&name, path)
}
