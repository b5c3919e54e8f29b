//! What is to be done to a project, before anything is done.

use super::dependency::Source;
use super::files::{File, toolchain};
use super::next_config::Edit;
use super::place::{leads_away, obstacle};
use super::project::Project;
use super::rewrites::rewrites;
use super::routes::{Meeting, meeting};
use super::seal::{Owner, owner};
use super::{
    Refusal, clashes, env_example, functions, ignored, lock, manifest, next_config, next_steps,
    vercel_doubts, vercel_json,
};

/// What the user asked for; `None` keeps what the project has.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// All functions in one.
    pub(crate) single: Option<bool>,
    /// Where the crate is.
    pub(crate) source: Option<Source>,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Add,
    Update,
    Remove,
}

/// One file's change.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) path: String,
    pub(crate) what: What,
    pub(super) text: String,
}

/// A file that is left as it is, though it is not as it would be written.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) path: String,
    pub(crate) why: &'static str,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) left: Vec<Left>,
    /// What in the project is for its owner to mend.
    pub(crate) attention: Vec<String>,
    /// What to do then.
    pub(crate) next: Vec<String>,
}

const EDITED: &str = "edited by hand; delete it and run again to have it anew";
const ANOTHERS: &str = "not Doorkey's";
const NOT_NEEDED: &str = "edited by hand, and no longer needed: delete it";

/// Looks at the project and plans.
pub(crate) fn plan(project: &Project, options: &Options) -> Result<Plan, Refusal> {
    let single = match options.single {
        Some(asked) => asked,
        None => clashes::is_single(project)?,
    };
    let dependency = clashes::dependency(project, options)?;
    let found = meeting(project);
    let mut planner = Planner::new(project);
    planner.blocked.extend(clashes::routes(single, &found));
    planner.blocked.extend(clashes::files(project, single));
    let withheld = clashes::withheld(project, options, &dependency)?;
    planner.blocked.extend(withheld);
    let mut files = functions::files(single);
    files.extend([
        manifest::file(single, &dependency),
        toolchain(),
        env_example::file(),
    ]);
    let (helper, config, edit) = next_config::look(project)?;
    files.push(helper);
    for file in &files {
        planner.whole(file)?;
    }
    planner.stale(&files)?;
    if !project.has("Cargo.lock") {
        let text = lock::lock(dependency.contains("path = "));
        planner.change("Cargo.lock", false, text);
    }
    let own: Vec<&str> = found.same.iter().map(|(_, path)| *path).collect();
    planner.vercel(&rewrites(single, &own))?;
    planner.lines(".gitignore", ignored::gitignore)?;
    planner.lines(".vercelignore", ignored::vercelignore)?;
    planner.config(&config, edit);
    planner.plan.attention.extend(next_config::doubts(project)?);
    planner.attention_to(&found, &dependency);
    planner.finish(single)
}

struct Planner<'p> {
    project: &'p Project,
    plan: Plan,
    blocked: Vec<String>,
}

impl<'p> Planner<'p> {
    fn new(project: &'p Project) -> Self {
        let (plan, blocked) = (Plan::default(), Vec::new());
        Self {
            project,
            plan,
            blocked,
        }
    }

    fn change(&mut self, path: &str, is_there: bool, text: String) {
        if let Some(why) = obstacle(self.project.root(), path) {
            self.blocked.push(why);
        }
        let what = if is_there { What::Update } else { What::Add };
        let path = path.to_owned();
        self.plan.steps.push(Step { path, what, text });
    }

    fn leave(&mut self, path: &str, why: &'static str) {
        let path = path.to_owned();
        self.plan.left.push(Left { path, why });
    }

    /// A file of ours alone.
    fn whole(&mut self, file: &File) -> Result<(), Refusal> {
        let Some(there) = self.project.read(&file.path)? else {
            self.change(&file.path, false, file.text.clone());
            return Ok(());
        };
        if there.replace("\r\n", "\n") == file.text {
            return Ok(());
        }
        match owner(file.sign, &there) {
            Owner::Us => self.change(&file.path, true, file.text.clone()),
            Owner::Edited => self.leave(&file.path, EDITED),
            Owner::Other if file.needed => self.blocked.push(format!(
                "{} is there already and is not Doorkey's: move it away, or merge the two by hand",
                file.path
            )),
            Owner::Other => self.leave(&file.path, ANOTHERS),
        }
        Ok(())
    }

    /// What we wrote before and is no longer one of the files.
    fn stale(&mut self, files: &[File]) -> Result<(), Refusal> {
        let api = self.project.files("api");
        let rust = api
            .iter()
            .filter(|path| path.rsplit('.').next() == Some("rs"));
        let candidates = rust.map(|path| format!("api/{path}")).chain([
            "doorkey.rs".to_owned(),
            "doorkey.next.ts".to_owned(),
            "doorkey.next.mjs".to_owned(),
        ]);
        let root = self.project.root();
        for path in candidates
            .filter(|path| files.iter().all(|file| file.path != *path))
            .filter(|path| !leads_away(root, path))
        {
            let text = self.project.read(&path)?.unwrap_or_default();
            match owner("//", &text) {
                Owner::Us => self.plan.steps.push(Step {
                    path,
                    what: What::Remove,
                    text: String::new(),
                }),
                Owner::Edited => self.leave(&path, NOT_NEEDED),
                Owner::Other => {}
            }
        }
        Ok(())
    }

    fn vercel(&mut self, wanted: &[super::rewrites::Rewrite]) -> Result<(), Refusal> {
        for other in ["vercel.ts", "vercel.mts", "vercel.js", "vercel.mjs"] {
            if self.project.has(other) {
                self.blocked.push(format!(
                    "{other} is a program, which is not edited: have it read its `rewrites` and \
                     `functions` from a vercel.json under another name, or move to vercel.json"
                ));
            }
        }
        let there = self.project.read(vercel_json::PATH)?;
        match vercel_json::merge(there.as_deref(), wanted) {
            Ok(merged) => {
                let after = merged.as_deref().or(there.as_deref()).unwrap_or_default();
                let doubts = vercel_doubts::doubts(after, wanted);
                self.plan.attention.extend(doubts);
                if let Some(text) = merged {
                    self.change(vercel_json::PATH, there.is_some(), text);
                }
            }
            Err(why) => self.blocked.push(why),
        }
        Ok(())
    }

    fn lines(
        &mut self,
        path: &str,
        add: fn(Option<&str>) -> Option<String>,
    ) -> Result<(), Refusal> {
        let there = self.project.read(path)?;
        if let Some(text) = add(there.as_deref()) {
            self.change(path, there.is_some(), text);
        }
        Ok(())
    }

    fn config(&mut self, path: &str, edit: Edit) {
        match edit {
            Edit::Done => {}
            Edit::To(text) => self.change(path, self.project.has(path), text),
            Edit::ByHand(what) => self.plan.attention.push(format!(
                "{path} is not of the form that can be edited safely; for sign-in in `next dev`, {what}"
            )),
        }
    }

    fn attention_to(&mut self, found: &Meeting, dependency: &str) {
        let attention = next_steps::attention(self.project, found, dependency);
        self.plan.attention.extend(attention);
    }

    fn finish(mut self, single: bool) -> Result<Plan, Refusal> {
        if !self.blocked.is_empty() {
            return Err(Refusal::Blocked(self.blocked));
        }
        let too_many = next_steps::too_many(self.project, single);
        self.plan.attention.extend(too_many);
        self.plan.next = next_steps::next(&self.plan);
        Ok(self.plan)
    }
}
