//! Carrying a plan out.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;

use super::Refusal;
use super::place::{obstacle, replace};
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
    // The plan looked, too; what has changed since is not followed either.
    if let Some(why) = obstacle(root, &step.path) {
        return Err(Error::other(why));
    }
    let path = root.join(&step.path);
    match step.what {
        What::Remove => fs::remove_file(path),
        What::Add => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            replace(&path, &step.text)
        }
        // Through a link, so that it stays one.
        What::Update => replace(&path.canonicalize()?, &step.text),
    }
}
